"""Spans for tests: one by hand, and a hypothesis strategy of any spans."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from traces.span import Span


def span(id: str, start: int, end: int, parent: str | None = None, links: Sequence[str] = ()) -> Span:
    return Span("00", id, parent, id, start, end, is_failed=False, attributes={}, links=tuple(links))


NAMES = [f"{number:02x}" for number in range(12)]


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """Any spans: missing, later or cyclic parents; links to any span; children longer than their parents."""
    ids = st.sampled_from(NAMES)
    drawn = draw(
        st.lists(
            st.tuples(ids, st.none() | ids, st.integers(0, 30), st.integers(0, 30), st.lists(ids, max_size=3)),
            min_size=1,
            max_size=14,
        )
    )
    return [span(id, start, start + length, parent, links) for id, parent, start, length, links in drawn]
