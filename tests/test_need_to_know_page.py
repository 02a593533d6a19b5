"""docs/need-to-know.md shows the responses of the application."""

from __future__ import annotations

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


async def test_the_side_by_side_page_holds_the_applications_responses() -> None:
    spec = importlib.util.spec_from_file_location("need_to_know", DOCS / "need_to_know.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)

    assert (DOCS / "need-to-know.md").read_text("utf-8") == await writer.page(), "rewrite it with: make docs"
