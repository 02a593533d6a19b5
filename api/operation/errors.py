"""Every error that a client can get: its fixed sentence, its code, and what it points at. Never a value.

The contract's codes stand here and nowhere else; `docs/http.md` lists them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.operation.inquiry import NoInquiry
from api.operation.messages import GraphQLResponse, error, error_response
from engine.errors import Fault, InvalidDocument, Refused, TooComplex
from engine.plan import PlannedField
from policy.grants import Denied, Need
from policy.rules import Rule

UNAUTHENTICATED = "Sign in: a bearer token from this server's issuer is required."
PURPOSE_REQUIRED = "Add @inquiry(purpose: …, reason: …) to the operation, with a PurposeCode and a ReasonCode."
OVERLOADED = "The server is overloaded; the request was not processed. Retry."
AUDIT_UNAVAILABLE = "The journal could not be written, so no data is returned. Retry."
INTERNAL = "Internal server error; it was logged."
NEED_TO_KNOW = "You are not permitted to see this field."
NEEDS = {
    Need.CASE_NUMBER: "a case number",
    Need.AAL2: "a second factor",
    Need.ATTENTION: "a fuller reason",
}


def step_up_sentence(needs: Iterable[Need]) -> str:
    """The sentence of STEP_UP_REQUIRED; it depends on nothing but the needs."""
    return f"To see this field, add: {', '.join(NEEDS[need] for need in needs)}."


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
    if isinstance(refused, InvalidDocument) and all(fault.directive == "inquiry" for fault in refused.faults):
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
        said, code = step_up_sentence(denied.needs), "STEP_UP_REQUIRED"
    else:
        said, code = NEED_TO_KNOW, "NEED_TO_KNOW"
    return [_at(error(said, code, **about), place.locations, null) for null in place.null_paths]


def unanswered(place: PlannedField, source: str) -> list[dict[str, Any]]:
    """One error for each null that a silent source leaves."""
    said = "This source did not answer; we cannot say whether there is a record."
    return [_at(error(said, "SOURCE_UNAVAILABLE", source=source), place.locations, null) for null in place.null_paths]


def too_many(place: PlannedField) -> list[dict[str, Any]]:
    """One error for each null that too many rows leave."""
    said = "Row limit exceeded; this is not a 'no record' result. Request fewer records."
    return [_at(error(said, "TOO_COMPLEX"), place.locations, null) for null in place.null_paths]


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
