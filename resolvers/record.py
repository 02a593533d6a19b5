"""What the journal calls a record: its source and its own number. Knows nothing of rows."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record: its name, the column that numbers it, and the form of such a number."""

    name: str
    column: str
    form: str

    def id(self, number: object) -> str | None:
        """ "persons/P0000001". None for what is not of the form: no record has it, and it may be anything at all."""
        return f"{self.name}/{number}" if isinstance(number, str) and re.fullmatch(self.form, number) else None
