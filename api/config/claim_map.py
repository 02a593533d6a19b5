"""Claim map: where an issuer's tokens have each claim about the caller, and what the issuer's values mean.

A path is the name of a claim, or a JSON Pointer (RFC 6901) to a nested one: `/realm_access/roles`. A value that is not
mapped means nothing: alone it is refused, and in a list it is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

PROTOCOL_CLAIMS = ("iss", "aud", "exp", "iat", "nbf")
"""They are read by these names alone, so that no map can loosen their checks."""

POINTER = re.compile(r"(/([^/~]|~[01])+)+")

ABSENT = object()
UNMAPPED = object()
"""A value of no type that a claim may have."""


class InvalidClaimMap(ValueError):
    """A path or a list of values that cannot be used. The message completes the sentence "The setting must …"."""


@dataclass(frozen=True, slots=True)
class ClaimPath:
    """Path of one claim: the names that lead to it, and our value by the issuer's value, if it has other values."""

    path: tuple[str, ...]
    values: Mapping[str, str | bool] | None = None

    def __str__(self) -> str:
        if len(self.path) == 1 and not self.path[0].startswith("/"):
            return self.path[0]
        return "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in self.path)

    def find(self, payload: Mapping[str, Any]) -> Any:
        """The issuer's value, or ABSENT."""
        value: Any = payload
        for name in self.path:
            if not isinstance(value, dict) or name not in value:
                return ABSENT
            value = value[name]
        return value

    def read(self, payload: Mapping[str, Any]) -> Any:
        """Our value, ABSENT, or UNMAPPED. The values of a list must map to exactly one value of ours."""
        value = self.find(payload)
        if self.values is None or value is ABSENT:
            return value
        texts = value if isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            return UNMAPPED
        mapped = {self.values[text] for text in texts if text in self.values}
        return mapped.pop() if len(mapped) == 1 else UNMAPPED


@dataclass(frozen=True, slots=True)
class ClaimMap:
    """The path of each claim about the caller, by our name of it."""

    paths: Mapping[str, ClaimPath]

    def read(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The claims of a token by our names. A claim of the same name at another path is not among them."""
        claims = {name: payload[name] for name in PROTOCOL_CLAIMS if name in payload}
        for name, path in self.paths.items():
            value = path.read(payload)
            if value is not ABSENT:
                claims[name] = value
        return claims


def parse_path(text: str) -> tuple[str, ...]:
    """The names that lead to a claim. Raises: InvalidClaimMap."""
    if not text.startswith("/"):
        path: tuple[str, ...] = (text,)
    elif POINTER.fullmatch(text):
        path = tuple(name.replace("~1", "/").replace("~0", "~") for name in text[1:].split("/"))
    else:
        raise InvalidClaimMap("be the name of a claim, or a path such as /realm_access/roles")
    if path[0] in PROTOCOL_CLAIMS:
        raise InvalidClaimMap(f"not be {path[0]}, which says nothing about the caller")
    return path


def parse_values(entries: Collection[str], ours: Mapping[str, str | bool]) -> Mapping[str, str | bool] | None:
    """Our value by the issuer's, from entries such as "Patrol Officers=patrol"; None if there are none.

    An entry without = is a value that issuer and server write alike. Raises: InvalidClaimMap.
    """
    values: dict[str, str | bool] = {}
    for number, entry in enumerate(entries, start=1):
        theirs, _, name = map(str.strip, entry.rpartition("="))
        if name not in ours:
            raise InvalidClaimMap(f"say VALUE={'|'.join(ours)} in entry {number}")
        if values.setdefault(theirs or name, ours[name]) != ours[name]:
            raise InvalidClaimMap(f"give each value one meaning; entry {number} has another")
    return values or None
