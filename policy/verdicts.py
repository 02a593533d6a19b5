"""The result of one decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy.grants import Denied, Scope, Verdict
from policy.record_classes import RecordClass


class Verdicts(Mapping[RecordClass, Verdict]):
    """A verdict for each requested record class; KeyError for any other.

    `exclusions` lists the rows that every statement excludes. It depends only on the caller and the inquiry, so it
    says nothing about any record.
    """

    __slots__ = ("_by_class", "exclusions", "scope", "version")

    def __init__(
        self, by_class: dict[RecordClass, Verdict], scope: Scope, version: str, exclusions: tuple[Denied, ...]
    ) -> None:
        self._by_class = by_class
        self.scope = scope
        self.version = version
        self.exclusions = exclusions

    def __getitem__(self, record_class: RecordClass) -> Verdict:
        return self._by_class[record_class]

    def __iter__(self) -> Iterator[RecordClass]:
        return iter(self._by_class)

    def __len__(self) -> int:
        return len(self._by_class)
