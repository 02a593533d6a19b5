"""docs/engine.md, and the code blocks on it."""

from __future__ import annotations

from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "engine.md").read_text("utf-8")


def block(heading: str) -> str:
    """The code under a heading of the page, without its indentation."""
    lines = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0].splitlines()
    return "\n".join(line.removeprefix("    ") for line in lines if line.startswith("    "))
