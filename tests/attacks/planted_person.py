"""A person for whom every guarded field has a value, in the rows of `tests/attacks/planted/`.

She is the restrained party of the demonstration with more records: a warrant, and a history with one conviction, which
every caller with access to any history may see.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from resolvers.catalogue import NAMES
from resolvers.columns import DEMONSTRATION
from tests.attacks.planted.rows import Planted
from tests.attacks.planted_inquiry import SHOWN_TO_AUDITOR
from tests.file_renewal import renewed

PLANTED: dict[str, Planted] = {name: import_module(f"tests.attacks.planted.{name}").PLANTED for name in NAMES}
"""By source."""

# The value of each leaf for a caller with full access. Cursors differ each time.
PLANTED_VALUES: dict[str, Any] = {
    **{field: value for planted in PLANTED.values() for field, value in planted.values.items()},
    **SHOWN_TO_AUDITOR,
}


def plant_person(folder: Path) -> None:
    """Write the planted values into the data folder, as rows of a demonstration person."""
    for source, planted in PLANTED.items():
        with renewed(folder / f"{source}.db") as file:
            for table, condition, row in planted.changed:
                assignments = ", ".join(f"{name} = :{name}" for name in row)
                file.execute(f"UPDATE {table} SET {assignments} WHERE {condition}", row)
            for table, columns in planted.added:
                has_mark = file.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", (table, DEMONSTRATION))
                row = {**columns, DEMONSTRATION: 1} if has_mark.fetchone() else columns
                names = ", ".join(row)
                file.execute(f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(row)})", row)
