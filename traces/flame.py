"""The critical paths of some traces laid on each other: how long was spent in which step, within which. Draws nothing.

A flame of all spans would count twice what ran side by side. The parts of a critical path never overlap, so here
every width is time that somebody waited.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from traces.critical_path import Segment


@dataclass(slots=True)
class Frame:
    """All steps of one name within steps of the same names."""

    name: str
    duration_ns: int = 0
    within: dict[str, Frame] = field(default_factory=dict)


def flame(path: Iterable[Segment]) -> Frame:
    """The frame that everything is within; it has no name itself."""
    whole = Frame("")
    for part in path:
        whole.duration_ns += part.duration_ns
        frame = whole
        for span in part.stack:
            frame = frame.within.setdefault(span.name, Frame(span.name))
            frame.duration_ns += part.duration_ns
    return whole
