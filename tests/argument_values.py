"""Values of GraphQL arguments for tests: what fits a type, what lies at its edges, and each as a literal.

Everything is derived from the schema. A new scalar raises KeyError here until it has its values.
"""

from __future__ import annotations

import json
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from strawberry.schema.schema_converter import GraphQLCoreConverter

Values = SearchStrategy[Any]

INTS = (
    st.sampled_from([0, 1, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**53, 2**63, 2**64, 10**99]) | st.integers()
)
FLOATS = st.sampled_from([0.0, -0.0, 1.0, 1.5, 5e-324, 1e308, -1e308]) | st.floats(
    allow_nan=False, allow_infinity=False
)

TEXTS = (
    st.sampled_from(["", " ", "\0", "a\0b", "\n\t\x7f\x9b", "\ud800", "a\udfff", "\ue000", "\ufffe", "\U0010ffff"])
    | st.sampled_from(["\u202eabc", "👩‍👩‍👧‍👦", "ẞß", "ﬃ", "İı", "\uff21\uff22\uff11", "\u0663"])
    | st.sampled_from([("x", 65), ("x", 101), ("\u0301", 300), ("é", 5_000)]).map(
        lambda repeated: repeated[0] * repeated[1]
    )
    | st.sampled_from(['"', "'", "%", "_", "\\", "-", "{}", "' OR 1=1 --", "AND", "$1", ":user", "persons/", "null"])
    | st.text(st.characters(exclude_categories=[]), max_size=20)
)

YEARS = st.sampled_from(
    ["0000", "0001", "0002", "1900", "1970", "2000", "2024", "9998", "9999", "10000", "-001", "+002024"]
)
DAYS = st.sampled_from(["-01-01", "-12-31", "-02-29", "-02-30", "-00-10", "-06-31", "-1-1", "0101", "-W01-1", ""])
DATES = st.tuples(YEARS, DAYS).map("".join) | st.dates().map(str) | TEXTS

TIMES = st.sampled_from(
    ["T00:00:00", "T23:59:59.999999", "T23:59:60", "T24:00:00", "T12", " 12:00", "T12:00:00.1234567", ""]
)
ZONES = st.sampled_from(["", "Z", "+00:00", "-23:59", "+23:59", "+24:00", "-00:00:30", "+14", "[UTC]"])
INSTANTS = st.tuples(DATES, TIMES, ZONES).map("".join) | st.datetimes().map(lambda at: at.isoformat() + "Z") | TEXTS

EDGES: dict[str, Values] = {
    "Boolean": st.booleans(),
    "Date": DATES,
    "DateTime": INSTANTS,
    "Float": FLOATS | INTS,
    "ID": TEXTS | INTS,
    "Int": INTS,
    "String": TEXTS,
}

JSON: Values = st.recursive(
    st.none() | st.booleans() | INTS | FLOATS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "surname", "__typename", ""]), inner, max_size=3)
    ),
    max_leaves=6,
)


def edges(kind: GraphQLInputType) -> Values:
    """Values at the edges of a type, right or not; one in some is of another type."""
    return st.one_of(*[_edges(kind)] * 5, JSON)


def _edges(kind: GraphQLInputType) -> Values:
    if is_non_null_type(kind):
        return _edges(kind.of_type)
    if is_list_type(kind):
        return st.lists(edges(kind.of_type), max_size=4) | edges(kind.of_type)
    if is_enum_type(kind):
        names = st.sampled_from(sorted(kind.values))
        return names | names | names.map(str.lower) | TEXTS
    if is_input_object_type(kind):
        fields = {name: edges(field.type) for name, field in kind.fields.items()}
        if is_one_of(kind):
            return st.one_of(*(st.fixed_dictionaries({name: values}) for name, values in fields.items()))
        required = {name: fields.pop(name) for name in list(fields) if is_required_input_field(kind.fields[name])}
        return st.fixed_dictionaries(required, optional=fields)
    return EDGES[kind.name]


def is_one_of(kind: GraphQLInputObjectType) -> bool:
    """Whether an input object takes exactly one of its fields: Strawberry checks that itself."""
    return bool(kind.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].is_one_of)


def literal(value: Any, kind: GraphQLInputType | None = None) -> str:
    """A value as a GraphQL literal. Names of an enum are written without quotes where the type is known."""
    kind = get_nullable_type(kind) if kind is not None else None
    if isinstance(value, dict):
        fields = kind.fields if is_input_object_type(kind) else {}
        members = (
            f"{name}: {literal(each, fields[name].type if name in fields else None)}" for name, each in value.items()
        )
        return "{" + ", ".join(members) + "}"
    item = kind.of_type if is_list_type(kind) else kind
    if isinstance(value, list):
        return "[" + ", ".join(literal(each, item) for each in value) + "]"
    if isinstance(value, str) and is_enum_type(item) and value.isidentifier():
        return value
    return json.dumps(value)
