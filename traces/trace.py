"""The spans of one trace as a tree, and what each step waited for. Knows no file and no picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from traces.span import Span


class Trace:
    """One tree, whatever was lost on the way.

    A span whose parent is not here stands at the top, and so does each of a ring. Several at the top are put
    under a span of our making, without an id, that lasts from the first to the last.
    """

    def __init__(self, spans: Iterable[Span]) -> None:
        """Spans of one trace, at least one, in any order; one that comes twice counts once."""
        self._by_id: dict[str, Span] = {}
        for span in sorted(spans, key=lambda span: (span.start_ns, -span.end_ns)):
            self._by_id.setdefault(span.id, span)
        self._children: dict[str, list[Span]] = defaultdict(list)
        tops = []
        for span in self._by_id.values():
            if span.parent_id in self._by_id:
                self._children[span.parent_id].append(span)
            else:
                tops.append(span)
        self.root = self._root(tops + self._rings(tops))
        self._awaited = self._waits()

    @property
    def id(self) -> str:
        return self.root.trace_id

    @property
    def spans(self) -> Sequence[Span]:
        """By start."""
        return list(self._by_id.values())

    def walk(self) -> Iterator[tuple[int, Span]]:
        """Every span below its parent, brothers by start; with its depth, the root's being 0."""
        return self._below([self.root])

    def awaited(self, span: Span) -> Sequence[Span]:
        """What ran while the span waited, the last to finish first: its children, and what is linked to it.

        A batch hangs under the step that runs them all, and is linked to the batches whose rows asked for it.
        """
        return self._awaited.get(span.id, ())

    def askers(self, span: Span) -> list[Span]:
        """Whom the span is linked to, of this trace."""
        return [self._by_id[link] for link in span.links if link in self._by_id]

    def _below(self, tops: Sequence[Span]) -> Iterator[tuple[int, Span]]:
        ahead = [(0, top) for top in tops]
        while ahead:
            depth, span = ahead.pop()
            yield depth, span
            ahead.extend((depth + 1, child) for child in reversed(self._children.get(span.id, ())))

    def _rings(self, tops: Sequence[Span]) -> list[Span]:
        """Spans that no way leads to from the top; each is taken out of its ring."""
        reached = {span.id for _, span in self._below(tops)}
        rings = [span for span in self._by_id.values() if span.id not in reached]
        for span in rings:
            self._children.pop(span.parent_id or "", None)
        return rings

    def _root(self, tops: list[Span]) -> Span:
        if len(tops) == 1:
            return tops[0]
        self._children[""] = sorted(tops, key=lambda span: span.start_ns)
        return Span(
            trace_id=tops[0].trace_id,
            id="",
            parent_id=None,
            name="(several)",
            start_ns=min(each.start_ns for each in tops),
            end_ns=max(each.end_ns for each in tops),
            is_failed=False,
            attributes={},
            links=(),
        )

    def _waits(self) -> dict[str, list[Span]]:
        awaited = {id: {child.id: child for child in children} for id, children in self._children.items()}
        for span in self._by_id.values():
            for asker in self.askers(span):
                awaited.setdefault(asker.id, {})[span.id] = span
        return {id: sorted(spans.values(), key=lambda span: span.end_ns, reverse=True) for id, spans in awaited.items()}
