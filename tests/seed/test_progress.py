"""Progress bar of `needtoknow seed`."""

from __future__ import annotations

import io
import re

from rich.console import Console

from seed.progress import progress_bar
from seed.world import Progress


def test_the_bar_shows_people_and_rate() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None)
    with progress_bar(console) as progress:
        progress(Progress(4_000, 10_000))
        progress(Progress(10_000, 10_000, "Making indexes"))

    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "10000/10000" in text
    assert re.search(r"[1-9][\d,]* people/s", text)
    assert "Making indexes" in text


def test_a_rejected_world_shows_no_bar() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None)
    with progress_bar(console):
        pass

    assert isinstance(console.file, io.StringIO)
    assert "people" not in console.file.getvalue()
