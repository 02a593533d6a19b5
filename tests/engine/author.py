"""Random valid documents: aliases, merged selections, fragments named and not, conditions, variables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count
from random import Random
from typing import Any

from graphql import GraphQLField, GraphQLNamedType, GraphQLObjectType, get_named_type, is_abstract_type, is_leaf_type

from engine.blueprint import Blueprint

CONDITIONS = ["", "", "", "", "@include(if:$yes)", "@skip(if:$yes)"]
INTROSPECTION = ["__schema{queryType{name ...on __Type{kind}}}", '__type(name:"Query"){fields{name}}', "__typename"]


class Author:
    """Writes one document over a schema.

    `arguments` gives the values that a field is asked with, by its coordinate; each is as literals or variables.
    """

    def __init__(self, blueprint: Blueprint, random: Random, arguments: Mapping[str, Sequence[str]]) -> None:
        self.blueprint = blueprint
        self.random = random
        self.arguments = arguments
        self.numbers = count()
        self.fragments: list[str] = []

    def write(self, variables: Mapping[str, str], depth: int = 3) -> str:
        """An operation that declares those of the variables that it uses."""
        root = self.blueprint.graphql.query_type
        assert root is not None
        body = f"{self.selections(root, depth)} {self.one_of(['', '', '', *INTROSPECTION])}"
        text = " ".join([f"{{{body}}}", *self.fragments])
        used = [f"{name}:{kind}" for name, kind in variables.items() if re.search(rf"\{name}\b", text)]
        return f"query({' '.join(used)}){text}" if used else text

    def one_of(self, choices: Sequence[Any]) -> Any:
        return self.random.choice(choices)

    def selections(self, kind: GraphQLNamedType, depth: int) -> str:
        if is_abstract_type(kind):
            return " ".join(["__typename", *self.parts(kind, depth)])
        return " ".join(self.wrapped(kind, self.field(kind, depth)) for _ in range(self.one_of([1, 2, 3, 4])))

    def parts(self, kind: GraphQLNamedType, depth: int) -> list[str]:
        """Fields of an interface by themselves, and of what may be behind it."""
        own = [self.field(kind, depth)] if hasattr(kind, "fields") else []
        return [*own, *(f"...on {member}{{{self.selections(member, depth)}}}" for member in self.members(kind))]

    def members(self, kind: Any) -> list[GraphQLObjectType]:
        return [each for each in self.blueprint.concrete(kind) if self.one_of([True, True, False])]

    def wrapped(self, kind: GraphQLNamedType, field: str) -> str:
        how = self.one_of(["plain", "plain", "plain", "inline", "named", "twice"])
        if how == "inline":
            return f"...on {kind}{self.one_of(CONDITIONS)}{{{field}}}"
        if how == "named":
            name = f"f{next(self.numbers)}"
            self.fragments.append(f"fragment {name} on {kind}{{{field}}}")
            return f"...{name}{self.one_of(CONDITIONS)}"
        return f"{field} {field}" if how == "twice" else field

    def field(self, kind: Any, depth: int) -> str:
        names = sorted(name for name, of in kind.fields.items() if depth or is_leaf_type(get_named_type(of.type)))
        if not names:
            return "__typename"
        name = self.one_of(names)
        of: GraphQLField = kind.fields[name]
        # An alias of its own, since two fields may be merged only where they are the same.
        arguments = self.one_of(self.arguments.get(f"{kind}.{name}", [""]))
        inside = get_named_type(of.type)
        within = "" if is_leaf_type(inside) else f"{{{self.selections(inside, depth - 1)}}}"
        return f"a{next(self.numbers)}:{name}{arguments}{self.one_of(CONDITIONS)}{within}"
