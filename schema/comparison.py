"""Comparison of two schemas: what breaks clients, and which fields need less of their caller than before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from graphql import (
    DirectiveNode,
    EnumValueNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
    is_non_null_type,
)

NEED_TO_KNOW, SEMANTIC_NON_NULL = "needToKnow", "semanticNonNull"


class InvalidSchema(Exception):
    """A text that is no schema. The message says what is wrong, and where."""


class DifferenceKind(StrEnum):
    """How a difference matters, the gravest first."""

    LOOSENED = "loosened"
    """A field that no longer needs a record class that it needed. It may need another one instead."""
    BREAKING = "breaking"
    """An operation that was valid may not be, or gives another type."""
    DANGEROUS = "dangerous"
    """An operation stays valid, and a client may meet what it does not expect."""
    TIGHTENED = "tightened"
    """A field that needs a record class more: some callers get null."""

    @property
    def is_refused(self) -> bool:
        """Whether a release must not have such a difference by mistake."""
        return self in {DifferenceKind.LOOSENED, DifferenceKind.BREAKING}


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """One difference, in a sentence."""

    kind: DifferenceKind
    description: str


def compare(old: str, new: str) -> list[SchemaDifference]:
    """How a schema differs from an older one, both as SDL; the gravest differences first.

    Raises: InvalidSchema if one of them is no schema.
    """
    before, after = read_schema(old), read_schema(new)
    found = [
        *_guard_differences(before, after),
        *_nullability_differences(before, after),
        *(SchemaDifference(DifferenceKind.BREAKING, each.description) for each in find_breaking_changes(before, after)),
        *(
            SchemaDifference(DifferenceKind.DANGEROUS, each.description)
            for each in find_dangerous_changes(before, after)
        ),
    ]
    order = list(DifferenceKind)
    return sorted(found, key=lambda each: (order.index(each.kind), each.description))


def read_schema(text: str) -> GraphQLSchema:
    """The schema of an SDL text. Raises: InvalidSchema."""
    try:
        schema = build_schema(text)
    except GraphQLError as error:
        at = "".join(f" at line {each.line}, column {each.column}" for each in (error.locations or ())[:1])
        raise InvalidSchema(f"{error.message.rstrip('.')}{at}.") from None
    except TypeError as error:
        # Of several errors that it finds, each stands in a paragraph of its own.
        raise InvalidSchema(str(error).partition("\n")[0]) from None
    except RecursionError:
        raise InvalidSchema("It is nested too deep.") from None
    if schema.query_type is None:
        raise InvalidSchema("It has no type Query.")
    return schema


def _guard_differences(before: GraphQLSchema, after: GraphQLSchema) -> Iterator[SchemaDifference]:
    """Fields of both schemas whose record classes differ. One that is gone breaks clients and shows nothing."""
    needed, needs = guards(before), guards(after)
    for coordinate in needed.keys() & needs.keys():
        was, now = needed[coordinate], needs[coordinate]
        if was != now:
            kind = DifferenceKind.LOOSENED if was - now else DifferenceKind.TIGHTENED
            yield SchemaDifference(kind, f"{coordinate} needed {_names(was)} and needs {_names(now)}.")


def _nullability_differences(before: GraphQLSchema, after: GraphQLSchema) -> Iterator[SchemaDifference]:
    """Fields that a client may have taken for non-null, because their null had an error."""
    were, are = _semantic_non_null(before), _semantic_non_null(after)
    for coordinate in were.keys() & are.keys():
        if were[coordinate] and not are[coordinate]:
            yield SchemaDifference(DifferenceKind.BREAKING, f"{coordinate} may be null without an error.")


def _semantic_non_null(schema: GraphQLSchema) -> dict[str, bool]:
    """Whether each field is non-null, or null with an error alone; by its coordinate."""
    return {
        f"{kind.name}.{name}": is_non_null_type(field.type)
        or any(each.name.value == SEMANTIC_NON_NULL for each in field.ast_node.directives or ())
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        for name, field in kind.fields.items()
        if field.ast_node is not None
    }


def guards(schema: GraphQLSchema) -> dict[str, frozenset[str]]:
    """The record classes that each field needs, by its coordinate: its own labels, or those of its type."""
    found = {}
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and kind.ast_node is not None:
            of_type = _labels(kind.ast_node.directives)
            for name, field in kind.fields.items():
                own = _labels(field.ast_node.directives) if field.ast_node is not None else frozenset()
                found[f"{kind.name}.{name}"] = own or of_type
    return found


def _labels(directives: tuple[DirectiveNode, ...] | None) -> frozenset[str]:
    return frozenset(
        argument.value.value
        for directive in directives or ()
        if directive.name.value == NEED_TO_KNOW
        for argument in directive.arguments or ()
        if argument.name.value == "of" and isinstance(argument.value, EnumValueNode)
    )


def _names(classes: frozenset[str]) -> str:
    return " and ".join(sorted(classes)) or "nothing"
