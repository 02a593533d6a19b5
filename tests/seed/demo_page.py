"""The tables of docs/demo-world.md."""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "demo-world.md").read_text()


def table(*headings: str) -> dict[str, list[str]]:
    """The rows of the table with these first headings: the cells by id."""
    after = PAGE.split(f"| {' | '.join(headings)} |", 1)[1].split("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in after.strip().splitlines() if line.startswith("| `")]
    return {id.strip("`"): cells for id, *cells in rows}


def numbers(cell: str) -> list[str]:
    """The texts in backticks."""
    return re.findall(r"`([^`]+)`", cell)


IDENTITIES, RULES = table("id", "name"), table("id", "shows")
