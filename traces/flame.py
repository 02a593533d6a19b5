"""Flame data: the critical paths of some traces, added up by step.

A flame graph of all spans would count steps that ran side by side twice. The segments of a critical path never overlap,
so every width is time that the response waited.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from traces.critical_path import Segment


@dataclass(slots=True)
class Frame:
    """All steps of one name, whose ancestors have the same names too."""

    name: str
    duration_ns: int = 0
    children: dict[str, Frame] = field(default_factory=dict)


def flame(path: Iterable[Segment]) -> Frame:
    """The root frame, which has no name."""
    root = Frame("")
    for segment in path:
        root.duration_ns += segment.duration_ns
        frame = root
        for span in segment.stack:
            frame = frame.children.setdefault(span.name, Frame(span.name))
            frame.duration_ns += segment.duration_ns
    return root
