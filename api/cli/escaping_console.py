"""Console of rich that escapes control characters in every text, and writes only its own."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from reports.control_characters import escape_lines


class EscapingConsole(Console):
    """Console whose renderables cannot control the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else escape_lines(text), style, control)
