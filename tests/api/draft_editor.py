"""Random documents over the real schema: drafts of hypothesis-graphql, edited to find records and to vary in form.

The drafts have one form, no variables, and rarely an id that exists. They do not respect @oneOf either, because
Strawberry checks it itself and graphql-core does not know of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    get_named_type,
    is_input_object_type,
    is_union_type,
    parse,
    print_ast,
)
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from tests.engine.document_generator import DocumentBuilder

SCALARS = {"Date": st.dates().map(nodes.String), "_Any": st.just(nodes.Object([]))}
SEEDED = {"Query._entities", "Query.inquiries"}
"""Fields whose arguments in a draft are of no use."""


def write_drafts(schema: GraphQLSchema, number: int, first: int) -> list[str]:
    """The distinct documents that hypothesis-graphql writes in `number` tries with a seed."""
    found: dict[str, None] = {}
    assert schema.query_type is not None
    roots = [name for name in schema.query_type.fields if name != "_service"]  # it takes no alias

    @seed(first)
    @settings(max_examples=number, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(queries(schema, fields=roots, custom_scalars=SCALARS))
    def collect(draft: str) -> None:
        found[draft] = None

    collect()
    return list(found)


class DraftEditor(DocumentBuilder):
    """Combines drafts over a schema into one document. No field is of an interface."""

    def __init__(self, schema: GraphQLSchema, random: Random, arguments: Mapping[str, Sequence[str]]) -> None:
        super().__init__(random, arguments)
        self.schema = schema

    def combine(self, drafts: Sequence[str], variables: Mapping[str, str], directives: str) -> str:
        """One document of several drafts; a draft alone is small."""
        body = " ".join(self.selection(*parse(draft).definitions, self.schema.query_type) for draft in drafts)
        return self.document(body, variables, directives)

    def selection(self, node: Any, parent: Any) -> str:
        """The text of a selection set."""
        return " ".join(self.part(each, parent) for each in node.selection_set.selections)

    def part(self, node: Any, parent: Any) -> str:
        """The text of a field, or of a fragment on a member of a union."""
        if isinstance(node, InlineFragmentNode):
            assert node.type_condition is not None
            member = self.schema.type_map[node.type_condition.name.value]
            return f"...on {member}{{{self.selection(node, member)}}}"
        return "__typename" if is_union_type(parent) else self.wrapped(parent, self.field_text(node, parent))

    def field_text(self, node: Any, parent: Any) -> str:
        """The text of a field. Its arguments are mostly seeded values, sometimes those of the draft."""
        name = node.name.value
        coordinate = f"{parent}.{name}"
        arguments = f"({' '.join(map(print_ast, node.arguments))})" if node.arguments else ""
        if coordinate in self.arguments and (
            _takes_one_of(parent.fields[name]) or coordinate in SEEDED or self.random.random() < 0.9
        ):
            arguments = self.one_of(self.arguments[coordinate])
        inside = get_named_type(parent.fields[name].type)
        return self.field(name, arguments, f"{{{self.selection(node, inside)}}}" if node.selection_set else "")


def _takes_one_of(field: GraphQLField) -> bool:
    kinds = (get_named_type(each.type) for each in field.args.values())
    return any(is_input_object_type(each) and each.is_one_of for each in kinds)
