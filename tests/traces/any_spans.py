"""Spans without a file, and any spans at all, for tests. Knows nothing of what is made of them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from traces.span import Span


def span(id: str, start: int, end: int, parent: str | None = None, links: Sequence[str] = ()) -> Span:
    return Span("00", id, parent, id, start, end, is_failed=False, attributes={}, links=tuple(links))


NAMES = [f"{number:02x}" for number in range(12)]


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """Any at all: parents that are not there, or later, or in rings; links anywhere; children longer than parents."""
    ids = st.sampled_from(NAMES)
    some = draw(
        st.lists(
            st.tuples(ids, st.none() | ids, st.integers(0, 30), st.integers(0, 30), st.lists(ids, max_size=3)),
            min_size=1,
            max_size=14,
        )
    )
    return [span(id, start, start + length, parent, links) for id, parent, start, length, links in some]
