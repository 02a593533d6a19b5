"""Row types: which object types are read from the rows of which table."""

from __future__ import annotations

from engine.declarations import Edge, Embedded, Read
from engine.guarded_schema import GuardedSchema
from resolvers.catalogue import TABLES
from resolvers.table import Table


def row_types(schema: GuardedSchema) -> set[tuple[Table, str]]:
    """(table, object type) for each type whose fields are read from the table's rows."""
    tables = {id(each.layout): each for each in TABLES}
    pairs: set[tuple[Table, str]] = set()
    embedded: set[tuple[str, str]] = set()
    for (parent, name), spec in schema.fields.items():
        values = [each.name for each in schema.possible_types(schema.definition(parent, name).type)]
        declaration = spec.declaration
        if isinstance(declaration, Edge):
            layouts = [each.layout for each in declaration.fetches]
            pairs |= {(tables[id(each)], value) for each in layouts if id(each) in tables for value in values}
        elif isinstance(declaration, Read) and isinstance(declaration.read, Embedded):
            embedded |= {(parent, value) for value in values}
    while added := {(table, inner) for table, kind in pairs for outer, inner in embedded if outer == kind} - pairs:
        pairs |= added
    return pairs
