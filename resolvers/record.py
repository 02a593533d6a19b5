"""What the journal calls a record: its source and its own number. Knows nothing of rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class RecordKind:
    """A kind of record: its name, the column that numbers it, and the form of such a number."""

    name: str
    column: str
    form: str

    def id(self, number: object) -> str | None:
        """ "persons/P0000001". None for what is not of the form: no record has it, and it may be anything at all."""
        return next(iter(self.ids([number])), None)

    def ids(self, numbers: Sequence[object]) -> list[str]:
        """The same of each that is of the form."""
        matches = self._pattern.fullmatch
        return [f"{self.name}/{number}" for number in numbers if isinstance(number, str) and matches(number)]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.form)
