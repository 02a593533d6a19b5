"""A trace: its spans as a tree, with the dependencies between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from traces.span import Span


class Trace:
    """One tree of spans, even if some were lost.

    A span without its parent is a top span, and so is each span of a cycle. Several top spans get an artificial root
    named "(several)", without an id, which lasts from the first to the last of them.
    """

    def __init__(self, spans: Iterable[Span]) -> None:
        """`spans` are those of one trace, at least one, in any order. Duplicates count once."""
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
        self.root = self._root(tops + self._cycles(tops))
        self._dependencies = self._find_dependencies()

    @property
    def id(self) -> str:
        return self.root.trace_id

    @property
    def spans(self) -> Sequence[Span]:
        """By start."""
        return list(self._by_id.values())

    def walk(self) -> Iterator[tuple[int, Span]]:
        """Every span with its depth: parents first, siblings by start. The root has depth 0."""
        return self._below([self.root])

    def dependencies(self, span: Span) -> Sequence[Span]:
        """The spans that this one waited for, by end, the last first: its children and the spans linked to it.

        A batch is a child of `execute`, and is linked to the batches whose rows held its keys.
        """
        return self._dependencies.get(span.id, ())

    def dependents(self, span: Span) -> list[Span]:
        """The spans of this trace that this one is linked to, such as the batches whose rows held its keys."""
        return [self._by_id[link] for link in span.links if link in self._by_id]

    def _below(self, tops: Sequence[Span]) -> Iterator[tuple[int, Span]]:
        stack = [(0, top) for top in tops]
        while stack:
            depth, span = stack.pop()
            yield depth, span
            stack.extend((depth + 1, child) for child in reversed(self._children.get(span.id, ())))

    def _cycles(self, tops: Sequence[Span]) -> list[Span]:
        """The spans that cannot be reached from the top; each is taken out of its cycle."""
        reached = {span.id for _, span in self._below(tops)}
        cycles = [span for span in self._by_id.values() if span.id not in reached]
        for span in cycles:
            self._children.pop(span.parent_id or "", None)
        return cycles

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

    def _find_dependencies(self) -> dict[str, list[Span]]:
        found = {id: {child.id: child for child in children} for id, children in self._children.items()}
        for span in self._by_id.values():
            for dependent in self.dependents(span):
                found.setdefault(dependent.id, {})[span.id] = span
        return {id: sorted(spans.values(), key=lambda span: span.end_ns, reverse=True) for id, spans in found.items()}
