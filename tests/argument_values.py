"""Values of GraphQL arguments for tests: what fits a type, what lies at its edges, and each as a literal.

Everything is derived from the schema. A new scalar raises KeyError here until it has its values.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any, NamedTuple

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

# Of each text some argument accepts one, so that it is not only refused but searched for.
KNOWN = (
    "P0000001 CA9194200 ANSWERED 26-0417 NV 1NT Castellanaro Å Camry demo-records 1NTK011 999-11-7001"
    " persons/P0000001 Z0000001 1HGCR2F88KZ000002 warrants/W000000001 192016000008 C000000013"
    " W000000001 H000000002 M000000018 U000000020 A00000013 000013DM0 OWN_RECORD 0123456789abcdef0123456789ABCDEF"
).split()
ODD = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\n\t\x7f\x9b",
        "\ue000",
        "\ufffe",
        "\U0010ffff",
        "\u202eabc",
        "👩\u200d👧",
        "ẞß",
        "ﬃ",
        "İı",
    ),
    *("\uff21\uff22\uff11", "\u0663", '"', "'", "%", "_", "\\", "-", "{}", "' OR 1=1 --"),
    *("x" * 64, "x" * 65, "X" * 100, "x" * 101, "a\u0301" * 90, "é" * 5_000),
)
TEXTS = (*KNOWN, *ODD)
INTS = (0, 1, -1, 20, 100, 101, 1900, 9999, 2**31 - 1, -(2**31))
DATES = ("0001-01-01", "0001-12-31", "1900-02-28", "2000-02-29", "9998-01-01", "9999-12-31")
TIMES = ("T00:00:00", "T23:59:59.999999", "T24:00:00", "T23:59:60", "T00:00:00.1234567")
ZONES = ("", "Z", "-23:59", "+23:59", "+24:00", "-00:00:30")

REPRESENTATIONS = (
    {"__typename": "Person", "id": "P0000001"},
    {"__typename": "Warrant", "number": "w-000000001"},
    {"__typename": "Accident", "number": 192016000008},
    *({"__typename": "Person", "id": text} for text in ODD),
    *({"__typename": name, "id": "P0000001"} for name in ("Query", "_Any", "person", "", None, [], {})),
    {"__typename": "Person"},
    {"id": "P0000001"},
    {"__typename": "Person", "id": "P0000001", "ssn": "999-11-7001"},
    {"__typename": "Person", "number": "P0000001"},
)

EDGES: dict[str, tuple[Any, ...]] = {
    "_Any": REPRESENTATIONS,
    "Boolean": (True, False),
    "Date": DATES,
    "DateTime": (*map("".join, product((DATES[0], DATES[-1]), TIMES, ZONES)), *DATES),
    "ID": TEXTS,
    "Int": INTS,
    "String": TEXTS,
}
"""By scalar: values of the right form, up to its edges. A rule of the field may still refuse them."""

WRONG = (
    *(
        "\ud800",
        "a\udfff",
        "2026-02-30",
        "1900-02-29",
        "10000-01-01",
        "-001-01-01",
        "+02024-01-01",
        "0000-01-01",
        "2026-1-1",
    ),
    *("20260101", "2026-W01-1", "2026-01-01T00:00:00[UTC]", "2026-01-01 24:00:01Z", "null", "records", "c"),
    *(2**31, 2**53, 2**63, 2**64, 10**99, -(2**31) - 1, -0.0, 1.0, 1.5, 5e-324, 1e308),
    *(None, True, [], {}, [[]], {"a": 1}, {"name": {"surname": []}}),
)
"""Values that few arguments accept."""

FITTING: dict[str, Values] = {
    name: st.sampled_from(values)
    | {
        "Boolean": st.booleans(),
        "Date": st.dates().map(str),
        "DateTime": st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
        "Int": st.integers(-(2**31), 2**31 - 1),
    }.get(name, st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    for name, values in EDGES.items()
}
JSON: Values = st.recursive(
    st.sampled_from([each for each in WRONG if not isinstance(each, list | dict)]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "surname"]), inner, max_size=3),
    max_leaves=6,
)


def edges(kind: GraphQLInputType) -> Values:
    """Values at the edges of a type: most fit it, and one in some has another type or form within."""
    return st.one_of(*[_values(kind, fitting)] * 5, _values(kind, edges), JSON)


def fitting(kind: GraphQLInputType) -> Values:
    """Values that fit a type, up to its edges."""
    return _values(kind, fitting)


def _values(kind: GraphQLInputType, inner: Callable[[GraphQLInputType], Values]) -> Values:
    if is_non_null_type(kind):
        return _values(kind.of_type, inner)
    if is_list_type(kind):
        return st.lists(inner(kind.of_type), max_size=4) | inner(kind.of_type)
    if is_enum_type(kind):
        return st.sampled_from(sorted(kind.values))
    if is_input_object_type(kind):
        fields = {name: inner(field.type) for name, field in kind.fields.items()}
        if is_one_of(kind):
            return st.one_of(*(st.fixed_dictionaries({name: values}) for name, values in fields.items()))
        required = {name: fields.pop(name) for name in list(fields) if is_required_input_field(kind.fields[name])}
        # Few of the others at once: of many values one is nearly always refused.
        others = st.sets(st.sampled_from(sorted(fields)), max_size=2) if fields else st.just(set())
        return others.flatmap(
            lambda names: st.fixed_dictionaries({**required, **{name: fields[name] for name in names}})
        )
    return FITTING[kind.name]


def is_one_of(kind: GraphQLInputObjectType) -> bool:
    """Whether an input object takes exactly one of its fields: Strawberry checks that itself."""
    return bool(kind.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].is_one_of)


def edges_of(kind: GraphQLInputType, one_in: int = 1) -> list[Any]:
    """The values at the edges of a type, and then those of no type; of both one in so many."""
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        inner = edges_of(kind.of_type, one_in)
        return [*([each] for each in inner), inner[:2] * 501, *inner]
    if is_enum_type(kind):
        return [*[*kind.values, *map(str.lower, kind.values)][::one_in], *WRONG[::one_in]]
    return [*EDGES.get(kind.name, ())[::one_in], *WRONG[::one_in]]


class Place(NamedTuple):
    """A place for a value in an argument, at any depth. `put` makes the argument with a value at this place."""

    name: str
    kind: GraphQLInputType
    put: Callable[[Any], Any]


# What an input needs, where the schema does not say so.
NEEDED: dict[str, Any] = {
    "MissingPersonSearch": {"lastSeenState": "CA"},
    "String": "Castellanaro",
    "ID": "P0000001",
    "PlateKey": {"number": "1NTK009"},
    "ReportedPlateKey": {"number": "1NTK009"},
    "VehicleSearch": {"make": "TOYT"},
    "InquirySearch": {"record": "P0000001"},
}


def needed(kind: GraphQLInputType) -> Any:
    """The shortest value that a type accepts."""
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        return []
    if not is_input_object_type(kind):
        return NEEDED.get(kind.name, edges_of(kind)[0])
    names = [name for name, field in kind.fields.items() if is_required_input_field(field)]
    if is_one_of(kind):
        names = [*kind.fields][:1]
    return {name: needed(kind.fields[name].type) for name in names} | NEEDED.get(kind.name, {})


def places(kind: GraphQLInputType, given: Mapping[str, Any] | None = None) -> Iterator[Place]:
    """The argument as a whole, and each input field in it, beside the fields that are given or else needed."""
    kind = get_nullable_type(kind)
    yield Place("", kind, lambda value: value)
    if not is_input_object_type(kind):
        return
    for name, field in kind.fields.items():
        beside = dict(needed(kind)) if given is None else dict(given)
        if is_one_of(kind):
            if given and name not in given:
                continue
            beside = {}
        for place in places(field.type, (given or {}).get(name)):
            yield Place(place.name or name, place.kind, partial(_put_beside, beside, name, place))


def _put_beside(beside: Mapping[str, Any], name: str, place: Place, value: Any) -> dict[str, Any]:
    return {**beside, name: place.put(value)}


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
