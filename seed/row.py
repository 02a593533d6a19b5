"""Row of a source, as the synthetic world writes it."""

from __future__ import annotations

from typing import Any

Columns = dict[str, Any]
Row = tuple[str, Columns]
"""A table, and the value of each of its columns."""
