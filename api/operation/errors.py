"""Error codes and messages of the API: each code has one fixed message, which never contains a value.

`docs/http.md` lists the codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphql import GraphQLError

from api.documents.trusted_documents import DocumentIdNotSupported, DocumentIdRequired, DocumentNotFound
from api.operation.messages import GraphQLResponse, error, error_response
from engine.errors import Fault, Refused, TooComplex
from engine.missing_nulls import Place, Reason
from policy.grants import Denied, Need

UNAUTHENTICATED = "Sign in: a bearer token from this server's issuer is required."
PURPOSE_REQUIRED = "Add @inquiry(purpose: …, reason: …) to the operation, with a PurposeCode and a ReasonCode."
INQUIRY_TEXT = "Give caseNumber and attention 1 to 64 printable characters, not only spaces, or leave them out."
OVERLOADED = "The server is overloaded; the request was not processed. Retry."
AUDIT_UNAVAILABLE = "The journal could not be written, so no data is returned. Retry."
INTERNAL = "Internal server error; it was logged."
NEED_TO_KNOW = "You are not permitted to see this field."
SOURCE_UNAVAILABLE = "This source did not answer; we cannot say whether there is a record."
RECORD_FAULT = "The record has a value here that is not known, so it cannot be shown. Ask the agency that holds it."
ROW_LIMIT_EXCEEDED = "Row limit exceeded; this is not a 'no record' result. Request fewer records."
FULLER_REASON = "a fuller reason, of three different words with three letters or more each, in attention"
SIZE_LIMIT_EXCEEDED = "Size limit exceeded; this is not a 'no record' result. Request fewer records or fields."
FRAGMENT_LIMIT_EXCEEDED = (
    "Too many objects have deferred fragments; this is not a 'no record' result. "
    "Request fewer records, or send the request without @defer."
)
ERRORS_LIMIT_EXCEEDED = (
    "Size limit exceeded by the errors of nulls, so no data is returned; this is not a 'no record' result. "
    'Request fewer records or fields, or send the request with extensions {"withheld": "aside"}.'
)
WITHHELD_EXTENSION = 'Set `withheld` in the extensions of the request to "aside", or leave it out.'
SUPERVISOR = "the name of your supervisor in attention, such as `supervisor: Lee 4417`"
NEEDS = {
    Need.CASE_NUMBER: "a case number",
    Need.AAL2: "a second factor",
    Need.ATTENTION: FULLER_REASON,
    Need.SUPERVISOR: SUPERVISOR,
}
REFUSALS: dict[type[Refused], str] = {
    TooComplex: "TOO_COMPLEX",
    DocumentIdNotSupported: "PERSISTED_QUERY_NOT_SUPPORTED",
    DocumentNotFound: "PERSISTED_QUERY_NOT_FOUND",
    DocumentIdRequired: "PERSISTED_QUERY_ID_REQUIRED",
}


def too_much_data(path: Iterable[str | int]) -> dict[str, Any]:
    """A deferred fragment with which the reply would exceed its size."""
    return error(SIZE_LIMIT_EXCEEDED, "TOO_COMPLEX", path=path)


def too_many_fragments() -> dict[str, Any]:
    """The error of a response whose deferred fragments stand in too many objects."""
    return error(FRAGMENT_LIMIT_EXCEEDED, "TOO_COMPLEX")


def unauthenticated() -> GraphQLResponse:
    """401; the same response for every fault of a token."""
    return error_response(401, UNAUTHENTICATED, "UNAUTHENTICATED", {"WWW-Authenticate": 'Bearer realm="needtoknow"'})


def audit_unavailable() -> GraphQLResponse:
    """503: without the journal no data is returned."""
    return error_response(503, AUDIT_UNAVAILABLE, "AUDIT_UNAVAILABLE", {"Retry-After": "1"})


def overloaded() -> GraphQLResponse:
    """503: rejected by admission control before anything of the request was looked at."""
    return error_response(503, OVERLOADED, "OVERLOADED", {"Retry-After": "1"})


def refusal_code(refused: Refused) -> str:
    """The code of a request that cannot be executed."""
    for kind, code in REFUSALS.items():
        if isinstance(refused, kind):
            return code
    return "PURPOSE_REQUIRED" if all(fault.directive == "inquiry" for fault in refused.faults) else "BAD_INPUT"


def refused_response(code: str, faults: Iterable[Fault]) -> GraphQLResponse:
    """400: a well-formed request that cannot be executed."""

    def message(fault: Fault) -> str:
        return PURPOSE_REQUIRED if code == "PURPOSE_REQUIRED" and fault.message != INQUIRY_TEXT else fault.message

    return GraphQLResponse({"errors": [error(message(each), code, each.locations) for each in faults]}, 400)


def missing(place: Place) -> dict[str, Any]:
    """The error of each null at a place, without its path."""
    message, code, about = _missing(place)
    return error(message, code, place.planned.locations, **about)


def _missing(place: Place) -> tuple[str, str, dict[str, Any]]:
    match place.reason:
        case Reason.DENIED:
            denied: Denied = place.detail
            return denial_message(denied), denial_code(denied), denial(denied)
        case Reason.INVALID:
            return place.detail, "BAD_INPUT", {}
        case Reason.FAILED:
            return SOURCE_UNAVAILABLE, "SOURCE_UNAVAILABLE", {"source": place.detail}
        case Reason.ROW_LIMIT:
            return ROW_LIMIT_EXCEEDED, "TOO_COMPLEX", {}
        case Reason.SIZE_LIMIT:
            return SIZE_LIMIT_EXCEEDED, "TOO_COMPLEX", {}


def related_subject(fault: GraphQLError, denied: Denied) -> dict[str, Any]:
    """The error of a record that is withheld because of its subject; its path leads to the record's own place."""
    locations = [(each.line, each.column) for each in fault.locations or ()]
    return error(denial_message(denied), denial_code(denied), locations, fault.path or (), **denial(denied))


def too_many_errors() -> dict[str, Any]:
    """The only error of a reply whose errors would exceed its size."""
    return error(ERRORS_LIMIT_EXCEEDED, "TOO_COMPLEX")


def internal(path: Iterable[str | int]) -> dict[str, Any]:
    """The error of a field that raised an unexpected exception."""
    return error(INTERNAL, "INTERNAL", path=path)


def denial_code(denied: Denied) -> str:
    """The code of a denial: does anything lift it?"""
    return "STEP_UP_REQUIRED" if denied.needs else "NEED_TO_KNOW"


def denial_message(denied: Denied) -> str:
    """The sentence of a denial, with what it needs."""
    if not denied.needs:
        return NEED_TO_KNOW
    return f"To see this field, add: {', '.join(NEEDS[need] for need in denied.needs)}."


def invalid_representation(
    sentence: str, locations: tuple[tuple[int, int], ...], path: Iterable[str | int]
) -> dict[str, Any]:
    """The error of an entity whose representation cannot be read."""
    return error(sentence, "BAD_INPUT", locations, path)


def record_fault(path: Iterable[str | int], source: str) -> dict[str, Any]:
    """The error of a field whose row has a value that cannot be read or does not fit. The source's, not ours."""
    return error(RECORD_FAULT, "RECORD_FAULT", path=path, source=source)


def denial(denied: Denied, *, always_needs: bool = False) -> dict[str, Any]:
    """A denial as clients see it: record class, rule, and what would lift it."""
    needs = [need.value for need in denied.needs]
    return {
        "recordClass": denied.record_class.value,
        "rule": {"name": denied.rule.name, "citation": denied.rule.citation},
        **({"needs": needs} if needs or always_needs else {}),
    }
