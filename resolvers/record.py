"""Record ids, as the journal writes them: the source and the record's own number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record: its name, the column of its number, and the pattern of such a number."""

    name: str
    column: str
    pattern: re.Pattern[str]

    def id(self, number: object) -> str | None:
        """ "persons/P0000001". None for text that is no number of this kind: the journal must not repeat it."""
        return next(iter(self.ids([number])), None)

    def ids(self, numbers: Sequence[object]) -> list[str]:
        """The ids of those that are numbers of this kind."""
        matches = self.pattern.fullmatch
        return [f"{self.name}/{number}" for number in numbers if isinstance(number, str) and matches(number)]
