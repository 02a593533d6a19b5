"""Column checks: the values that each column of a source may hold, derived from the fields that read it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from graphql import GraphQLField, GraphQLID, GraphQLString, get_named_type, is_leaf_type, is_list_type

from engine.declarations import Column, Computed, ListColumn, Read
from engine.guarded_schema import FieldSpec
from engine.leaves import leaf_completer
from engine.lenient_json import read_list
from resolvers.catalogue import TABLES
from resolvers.numbers.number_format import CROSS_REFERENCES
from schema.build import guarded_schema
from schema.row_types import row_types
from sources.record_check import Check, Checks


@cache
def column_checks() -> Checks:
    """The checks of each column, by table and column."""
    schema, found = guarded_schema(), defaultdict[str, dict[str, tuple[Check, ...]]](dict)
    for table, kind in row_types(schema):
        for (parent, name), spec in schema.fields.items():
            if parent == kind:
                definition = schema.definition(parent, name)
                for column, check in _checks(spec, definition):
                    found[table.name][column] = (*found[table.name].get(column, ()), check)
    for each in TABLES:
        forms = {name: form.pattern for name, form in CROSS_REFERENCES.items() if name in each.columns}
        if each.record is not None:
            forms[each.record.column] = each.record.pattern
        for name, pattern in forms.items():
            found[each.name][name] = (*found[each.name].get(name, ()), partial(_check_form, pattern))
    return found


def _check_form(pattern: re.Pattern[str], number: Any) -> None:
    """A number of another form is found by nobody who asks for it."""
    if not isinstance(number, str) or not pattern.fullmatch(number):
        raise ValueError


def _checks(spec: FieldSpec, definition: GraphQLField) -> Iterator[tuple[str, Check]]:
    declaration, kind = spec.declaration, get_named_type(definition.type)
    if not isinstance(declaration, Read) or len(declaration.columns) != 1:
        return
    read, (column,) = declaration.read, declaration.columns
    complete = leaf_completer(kind, is_nullable=True) if is_leaf_type(kind) else None
    if isinstance(read, Column) and complete is not None:
        if kind not in {GraphQLString, GraphQLID}:  # any text is one
            yield column, complete
    elif isinstance(read, Computed) and complete is not None:
        compute = read.compute
        yield column, lambda value: complete(compute(value))
    elif isinstance(read, ListColumn) and is_list_type(definition.type):
        yield column, lambda value: _check_list(value, complete)


def _check_list(text: Any, complete: Check | None) -> None:
    items = read_list(text)
    if items is not None and not isinstance(items, list):
        raise TypeError
    for each in items or ():
        if complete is not None:
            complete(each)
