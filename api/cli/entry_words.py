"""Plain words for the codes in an entry: flags, outcomes, and what was searched for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from api.auth.failures import AuthFailure
from audit.entry import Entry
from policy.flags import Flag
from resolvers.search_terms import NAME, SURNAME

FLAGS: Final[Mapping[str, str]] = {
    **{flag.value: flag.meaning for flag in Flag},
    **{failure.name: f"The sign-in failed: {failure.value}." for failure in AuthFailure},
    "SLOWED": "Too many sign-ins from this address had failed, so the response was delayed.",
}
"""The meaning of each flag that an entry can have."""

ASSURANCE: Final[Mapping[str, str]] = {"aal1": "one factor", "aal2": "two factors"}
"""The meaning of each assurance level."""

OUTCOMES: Final[Mapping[str, str]] = {
    "ANSWERED": "Every source that was asked answered.",
    "PARTIAL": "A source did not answer, or returned too many rows.",
    "DENIED": "Nothing was released.",
    "BROKEN": "The server failed.",
    "ABANDONED": "The client left, or the server stopped, before the last part was sent.",
    "UNCHANGED": "A look of a subscription found what was sent before, so nothing was sent.",
    "UNAUTHENTICATED": "Nobody was signed in.",
    "PURPOSE_REQUIRED": "No purpose and reason were given.",
    "BAD_INPUT": "The request could not be executed.",
    "TOO_COMPLEX": "The request asked for too much at once.",
}
"""The meaning of each outcome of a release or a refusal."""


def with_meaning(code: str, meanings: Mapping[str, str]) -> str:
    """A code and its meaning; the code alone if it is not known today."""
    return f"{code}: {meanings[code]}" if code in meanings else code


def search_kinds(entry: Entry) -> list[str]:
    """Kinds of search terms of an entry's operation: name, plate, ssn."""
    kinds = dict.fromkeys(each.partition("=")[0] for each in entry.searched)
    return [kind for kind in kinds if kind != SURNAME or NAME not in kinds]


def few(texts: Iterable[str], most: int) -> list[str]:
    """The first texts and how many more there are. One more than `most` is shown in place of "and 1 more"."""
    listed = [*texts]
    return listed if len(listed) <= most + 1 else [*listed[:most], f"and {len(listed) - most} more"]
