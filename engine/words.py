"""graphql-core's messages without the values that they quote.

An allow-list: the openings that name only types and fields of the schema are kept, all else becomes one fixed sentence.
"""

from __future__ import annotations

import re

_OPENINGS = re.compile(
    r"Expected a? ?value of (?:non-null )?type '[\w!\[\]]+'"
    r"(?: to be provided| not to be None| to be an object| to include required field '\w+'| not to include unknown field)?"
    r"|Within OneOf Input Object type '\w+', exactly one field must be specified"
)


def without_values(message: str) -> str:
    """What a message says of the schema, and nothing that it says of the input."""
    opening = _OPENINGS.match(message)
    return f"{opening[0]}." if opening else "This value does not fit the type that is expected here."
