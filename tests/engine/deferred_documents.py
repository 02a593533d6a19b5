"""Random valid documents with deferred fragments: inside one another, overlapping, or spread twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from typing import Any

from graphql import GraphQLNamedType

from tests.engine.document_generator import CONDITIONS, DocumentGenerator

LABEL = 'label:"#"'
"""Stands for a label of its own: the text of a fragment may be in the document twice."""

DEFERS = [
    *["@defer"] * 4,
    f"@defer({LABEL})",
    f"@defer({LABEL} if:true)",
    "@defer(if:false)",
    "@defer(if:$yes)",
]


class DeferredDocumentGenerator(DocumentGenerator):
    """Generates documents over any schema, in which about one fragment in two is deferred."""

    def generate(self, variables: Mapping[str, str], depth: int = 3) -> str:
        numbers = count()
        return re.sub(LABEL, lambda _: f'label:"{next(numbers)}"', super().generate(variables, depth))

    def selections(self, kind: GraphQLNamedType, depth: int) -> str:
        return self.deferred(kind, super().selections(kind, depth))

    def wrapped(self, kind: GraphQLNamedType, field: str) -> str:
        return self.deferred(kind, super().wrapped(kind, field))

    def type_conditions(self, kind: GraphQLNamedType, depth: int) -> list[str]:
        return [self.deferred(kind, each) for each in super().type_conditions(kind, depth)]

    def deferred(self, kind: Any, selection: str) -> str:
        """A selection as it is, or in deferred fragments."""
        form = self.one_of([*["plain"] * 5, "inline", "inline", "named", "spread twice", "overlapping", "nested"])
        condition, first, second = self.one_of(CONDITIONS), self.one_of(DEFERS), self.one_of(DEFERS)
        if form == "inline":
            return f"...{condition}{first}{{{selection}}}"
        if form in {"named", "spread twice"}:
            name = f"f{next(self.numbers)}"
            self.fragments.append(f"fragment {name} on {kind}{{{selection}}}")
            spreads = [f"...{name}{first}{condition}", *([f"...{name}"] if form == "spread twice" else [])]
            self.random.shuffle(spreads)
            return " ".join(spreads)
        if form == "overlapping":
            return f"...{first}{{{selection}}} ...{second}{{__typename {selection}}}"
        if form == "nested":
            return f"...on {kind}{first}{{__typename ...{second}{{{selection}}}}}"
        return selection
