"""The result of one decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from policy.grants import Denied, Grant, Scope, Verdict
from policy.record_classes import RecordClass


class Verdicts(Mapping[RecordClass, Verdict]):
    """A verdict for each requested record class; KeyError for any other. It is in `granted` or in `denied`.

    `exclusions` lists the rows that every statement excludes. It depends only on the caller and the inquiry, so it
    says nothing about any record.
    """

    __slots__ = ("denied", "exclusions", "granted", "scope", "version")

    def __init__(
        self,
        granted: Mapping[RecordClass, Grant],
        denied: Mapping[RecordClass, Denied],
        scope: Scope,
        version: str,
        exclusions: tuple[Denied, ...],
    ) -> None:
        self.granted = granted
        self.denied = denied
        self.scope = scope
        self.version = version
        self.exclusions = exclusions

    def __getitem__(self, record_class: RecordClass) -> Verdict:
        return self.granted.get(record_class) or self.denied[record_class]

    def __iter__(self) -> Iterator[RecordClass]:
        return chain(self.granted, self.denied)

    def __len__(self) -> int:
        return len(self.granted) + len(self.denied)
