"""Redaction of graphql-core's messages: nothing that the caller wrote stays in them.

A literal or a variable may be a person's number; so may a name, if its quotation marks were forgotten. A message keeps
the schema's own names and the location in the document. On request, names stay; literals and variables never do.
"""

from __future__ import annotations

import re

from graphql import GraphQLSchema, is_input_object_type, is_interface_type, is_object_type

from engine.graphql_core import DID_YOU_MEAN, EXPECTED_VALUE, QUOTED

_NAME = re.compile(r"[_A-Za-z]\w*")


def redact_values(message: str) -> str:
    """The part of a message about a literal or a variable that names the expected type."""
    expected = EXPECTED_VALUE.search(message)
    return f"{expected[0]}." if expected else "This value does not have the expected type."


def redact_names(message: str, known: frozenset[str]) -> str:
    """A message about a document; each quoted name that is not the schema's becomes an ellipsis."""

    def name(quoted: re.Match[str]) -> str:
        return quoted[0] if known.issuperset(_NAME.findall(quoted[1])) else "'…'"

    return QUOTED.sub(name, DID_YOU_MEAN.sub("", message))


def schema_names(schema: GraphQLSchema) -> frozenset[str]:
    """The names of a schema's types, fields, arguments and directives."""
    names: set[str] = set()
    for directive in schema.directives:
        names |= {directive.name, *directive.args}
    for kind in schema.type_map.values():
        names.add(kind.name)
        if is_object_type(kind) or is_interface_type(kind) or is_input_object_type(kind):
            for name, field in kind.fields.items():
                names |= {name, *getattr(field, "args", ())}
    return frozenset(names)
