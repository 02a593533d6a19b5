"""Documents over the real schema: what hypothesis-graphql selects, asked with what is on file and put in many forms.

It writes one field after the other and each in one form, without variables, seldom hits upon a number that anybody has,
and does not know of @oneOf: Strawberry checks that itself and tells graphql-core nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from graphql import GraphQLSchema, get_named_type, parse, print_ast
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from tests.engine.document_generator import DocumentBuilder

ONE_OF = {"Query.vehicle", "Query.searchPersons", "Query.inquiries"}


def drafts(schema: GraphQLSchema, number: int, first: int) -> list[str]:
    """What hypothesis-graphql writes over a schema in so many tries, of a seed."""
    found: dict[str, None] = {}

    @seed(first)
    @settings(max_examples=number, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(queries(schema, custom_scalars={"Date": st.dates().map(nodes.String)}))
    def collect(draft: str) -> None:
        found[draft] = None

    collect()
    return list(found)


class Editor(DocumentBuilder):
    """Edits drafts over a schema without interfaces or unions into one document."""

    def __init__(self, schema: GraphQLSchema, random: Random, arguments: Mapping[str, Sequence[str]]) -> None:
        super().__init__(random, arguments)
        self.schema = schema

    def edit(self, drafts: Sequence[str], variables: Mapping[str, str], directives: str) -> str:
        """One document of several drafts: each alone is small."""
        body = " ".join(self.inside(*parse(draft).definitions, self.schema.query_type) for draft in drafts)
        return self.document(body, variables, directives)

    def inside(self, node: Any, parent: Any) -> str:
        """What is selected of a type."""
        return " ".join(self.wrapped(parent, self.edited(each, parent)) for each in node.selection_set.selections)

    def edited(self, node: Any, parent: Any) -> str:
        """A field. What it is asked with is mostly on file, and now and then what the draft has."""
        name = node.name.value
        coordinate = f"{parent}.{name}"
        arguments = f"({' '.join(map(print_ast, node.arguments))})" if node.arguments else ""
        if coordinate in self.arguments and (coordinate in ONE_OF or self.random.random() < 0.9):
            arguments = self.one_of(self.arguments[coordinate])
        inside = get_named_type(parent.fields[name].type)
        return self.field(name, arguments, f"{{{self.inside(node, inside)}}}" if node.selection_set else "")
