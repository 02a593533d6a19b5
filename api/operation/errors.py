"""Every error that a client can get: its fixed sentence, its code, and what it points at. Never a value.

The contract's codes stand here and nowhere else; `docs/http.md` lists them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.operation.inquiry import NoInquiry
from api.operation.messages import GraphQLResponse, error, error_response
from engine.errors import BadDocument, Fault, Refused, TooComplex
from engine.plan import PlannedField
from policy.grants import Denied
from policy.rules import Rule

UNAUTHENTICATED = "Sign in: this server needs a bearer token of its issuer."
PURPOSE_REQUIRED = "Say why you ask: @inquiry(purpose: …, reason: …) on the operation, each one of the schema's codes."
OVERLOADED = "Too much is asked at this moment, so this was not looked at. Try again."
AUDIT_UNAVAILABLE = "The journal could not be written, so nothing is released. Try again."
INTERNAL = "Something went wrong on our side; it was logged."


def rule_of(rule: Rule) -> dict[str, str]:
    """A rule as clients see it."""
    return {"name": rule.name, "citation": rule.citation}


def unauthenticated() -> GraphQLResponse:
    """401, with the same words whatever was wrong."""
    return error_response(401, UNAUTHENTICATED, "UNAUTHENTICATED", {"WWW-Authenticate": 'Bearer realm="needtoknow"'})


def audit_unavailable() -> GraphQLResponse:
    """503: no journal, no data."""
    return error_response(503, AUDIT_UNAVAILABLE, "AUDIT_UNAVAILABLE", {"Retry-After": "1"})


def overloaded() -> GraphQLResponse:
    """503: there is no place, whoever asks and whatever for."""
    return error_response(503, OVERLOADED, "OVERLOADED", {"Retry-After": "1"})


def code_of(refused: Refused) -> str:
    """The code of a request that cannot be run."""
    if isinstance(refused, NoInquiry):
        return "PURPOSE_REQUIRED"
    if isinstance(refused, TooComplex):
        return "TOO_COMPLEX"
    if isinstance(refused, BadDocument) and all(fault.directive == "inquiry" for fault in refused.faults):
        return "PURPOSE_REQUIRED"
    return "BAD_INPUT"


def not_run(code: str, faults: Iterable[Fault]) -> GraphQLResponse:
    """400: a well-formed request that cannot be run."""
    errors = []
    for fault in faults:
        said = error(PURPOSE_REQUIRED if code == "PURPOSE_REQUIRED" else fault.message, code)
        errors.append(_at(said, fault.locations))
    return GraphQLResponse({"errors": errors}, 400)


def withheld(place: PlannedField, denied: Denied) -> list[dict[str, Any]]:
    """One error for each null that a denial leaves, however many rows there are, and if there are none."""
    about: dict[str, Any] = {"recordClass": denied.record_class.value, "rule": rule_of(denied.rule)}
    if denied.needs:
        about["needs"] = [need.value for need in denied.needs]
        said, code = "More is needed to see this.", "STEP_UP_REQUIRED"
    else:
        said, code = "You may not know this.", "NEED_TO_KNOW"
    return [_at(error(said, code, **about), place.locations, null) for null in place.nulls]


def unanswered(place: PlannedField, source: str) -> list[dict[str, Any]]:
    """One error for each null that a silent source leaves."""
    said = "The source did not answer. This is not an answer of no record."
    return [_at(error(said, "SOURCE_UNAVAILABLE", source=source), place.locations, null) for null in place.nulls]


def too_many(place: PlannedField) -> list[dict[str, Any]]:
    """One error for each null that too many rows leave."""
    said = "This is more than one question may have, and not an answer of no record: ask for less."
    return [_at(error(said, "TOO_COMPLEX"), place.locations, null) for null in place.nulls]


def broken(path: Iterable[str | int] | None) -> dict[str, Any]:
    """A field that failed in a way that we did not foresee."""
    return _at(error(INTERNAL, "INTERNAL"), (), tuple("@" if isinstance(key, int) else key for key in path or ()))


def _at(
    said: dict[str, Any], locations: Iterable[tuple[int, int]], path: tuple[str, ...] | None = None
) -> dict[str, Any]:
    where = [{"line": line, "column": column} for line, column in locations]
    return {
        "message": said["message"],
        **({"locations": where} if where else {}),
        **({"path": list(path)} if path else {}),
        "extensions": said["extensions"],
    }
