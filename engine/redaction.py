"""graphql-core's messages without what they quote of the request.

A literal or a variable may be somebody's number; a name may be one too, where the quotation marks were forgotten. So a
message says what the schema calls things and where in the document the fault is, and nothing that the caller wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphql import GraphQLSchema, is_input_object_type, is_interface_type, is_object_type

# An allow-list of openings that name only types and input fields of the schema; what comes after them is not read.
_EXPECTED = re.compile(
    r"Expected (?:a )?value of (?:non-null )?type '[\w!\[\]]+'"
    r"(?: to be provided| not to be None| to be an object| to include required field '\w+'"
    r"| not to include unknown field)?"
    r"|Within OneOf Input Object type '\w+', exactly one field must be specified"
)
_QUOTED = re.compile(r"'([^']*)'")
_NAME = re.compile(r"[_A-Za-z]\w*")
_HINT = re.compile(r" Did you mean .*")


def redact_values(message: str) -> str:
    """What a message about a literal or a variable says of the schema."""
    expected = _EXPECTED.search(message)
    return f"{expected[0]}." if expected else "This value does not fit the type that is expected here."


def redact_names(message: str, known: frozenset[str]) -> str:
    """A message about a document whose quoted names are the schema's own; every other is an ellipsis."""

    def name(quoted: re.Match[str]) -> str:
        return quoted[0] if known.issuperset(_NAME.findall(quoted[1])) else "'…'"

    return _QUOTED.sub(name, _HINT.sub("", message))


def names(schema: GraphQLSchema) -> frozenset[str]:
    """What a schema calls its types, fields, arguments and directives."""
    return frozenset(_names(schema))


def _names(schema: GraphQLSchema) -> Iterator[str]:
    for directive in schema.directives:
        yield directive.name
        yield from directive.args
    for kind in schema.type_map.values():
        yield kind.name
        if is_object_type(kind) or is_interface_type(kind):
            for name, field in kind.fields.items():
                yield name
                yield from field.args
        elif is_input_object_type(kind):
            yield from kind.fields
