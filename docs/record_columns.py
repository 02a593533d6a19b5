"""The tables of columns in docs/your-own-records.md, from the declarations of all sources.

python docs/record_columns.py          # prints the page
make docs                              # rewrites it
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import GraphQLEnumType, get_named_type, is_list_type
from sqlalchemy import CheckConstraint, Column, Integer, Table
from strawberry.schema.schema_converter import GraphQLCoreConverter

from engine.declarations import Read
from resolvers.catalogue import BUILT_IN
from resolvers.codes import Code
from resolvers.numbers import number_format
from resolvers.numbers.number_format import CROSS_REFERENCES, NumberFormat
from resolvers.numbers.vin import STORED_VIN
from resolvers.source_spec import SourceSpec
from resolvers.subject_columns import FOLDS
from schema.build import guarded_schema
from schema.row_types import row_types

PAGE = Path(__file__).with_name("your-own-records.md")
MARK = re.compile(r"(<!-- columns -->\n).*?(<!-- end of columns -->\n)", re.DOTALL)
LONGEST = 80

FORMS = {each.pattern: each.described for each in vars(number_format).values() if isinstance(each, NumberFormat)}
FORMS[STORED_VIN] = "a VIN"
KINDS = {
    "Date": "date: `1990-05-17`, `1990-05-00`",
    "Cents": "whole US cents",
    "Int": "whole number",
    "Boolean": "0 or 1",
    "String": "text",
    "ID": "text",
}
TYPED = {
    "ssn": "`NNN-NN-NNNN`",
    "license_number": "A to Z and digits, as `Z0000001`",
    "owner_license": "A to Z and digits, as `Z0000001`",
    **dict.fromkeys(("license_state", "owner_license_state", "plate_state"), "two letters, as `CA`"),
    "plate": "text in any spelling",
    "serial": "text in any spelling",
}
"""Forms in which callers ask for numbers that no pattern declares for the column."""


def page() -> str:
    """The page, with its tables made anew."""
    return MARK.sub(lambda found: found[1] + "\n".join(sections()) + found[2], PAGE.read_text("utf-8"))


def sections() -> Iterator[str]:
    """A heading and a table for each table of the built-in sources."""
    shown = forms_of_fields()
    for spec in BUILT_IN:
        for table in spec.metadata.sorted_tables:
            yield f"\n#### `{spec.name}`: table `{table.name}`\n"
            yield "| column | form | may be null |\n|---|---|---|"
            for column in table.columns:
                null = "yes" if column.nullable else "no"
                yield f"| `{column.name}` | {_form(spec, table, column, shown)} | {null} |"
    yield ""


def forms_of_fields() -> dict[tuple[str, str], str]:
    """The form that the fields of the schema show, by table and column."""
    schema, found = guarded_schema(), dict[tuple[str, str], str]()
    for table, kind in sorted((table.name, kind) for table, kind in row_types(schema)):
        for (parent, name), spec in schema.fields.items():
            read = spec.declaration
            if parent == kind and isinstance(read, Read) and len(read.columns) == 1:
                type_: Any = schema.graphql.type_map[parent].fields[name].type  # type: ignore[attr-defined]
                named = get_named_type(type_)
                form = _codes(named) if isinstance(named, GraphQLEnumType) else KINDS.get(named.name)
                if form is not None:
                    form = f"JSON array, each item {form}" if is_list_type(type_) else form
                    found.setdefault((table, read.columns[0]), form)
    return found


def _codes(named: GraphQLEnumType) -> str | None:
    """The codes of an enum as they are stored, or if they are many the file that has them."""
    table = named.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].wrapped_cls
    if not issubclass(table, Code):
        return None
    codes = ", ".join(f"`{each.value}`" for each in table)
    file = f"`{table.__module__.replace('.', '/')}.py`"
    return f"one of {codes}" if len(codes) <= LONGEST else f"a code of `{table.__name__}` in {file}"


def _form(spec: SourceSpec, table: Table, column: Column[Any], shown: dict[tuple[str, str], str]) -> str:
    name = str(column.name)
    kinds = [each.record for each in spec.tables if each.stored is table and each.record and each.record.column == name]
    if name in FOLDS:
        form = "[whom the record is about](#whom-a-record-is-about)"
    elif kinds or name in CROSS_REFERENCES:
        form = FORMS[kinds[0].pattern if kinds else CROSS_REFERENCES[name].pattern]
    elif name in TYPED:
        form = TYPED[name]
    elif column.foreign_keys:
        (reference,) = column.foreign_keys
        form = f"the `{reference.target_fullname}` that it belongs to"
    elif any(isinstance(each, CheckConstraint) for each in column.constraints):
        form = "0 or 1"
    else:
        form = shown.get((table.name, name), "whole number" if isinstance(column.type, Integer) else "text")
    return f"{form}{'; unique' if column.primary_key else ''}{'; *key*' if column in _key_columns(spec) else ''}"


def _key_columns(spec: SourceSpec) -> set[Any]:
    """The stored columns by which rows are looked up, also through a join."""
    columns = {id(each.layout): each.stored.c for each in spec.tables}
    shown = ((columns[id(each.layout)], key) for each in spec.fetches for key in each.key_columns)
    return {stored for columns, key in shown if key in columns for stored in columns[key].base_columns}


if __name__ == "__main__":
    print(page(), end="")
