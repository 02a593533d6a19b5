"""Responses of a cluster: a part says what it lacks, and "no record" in place of a record is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench.cluster.responses import Outcome, Response, judge
from bench.cluster.run import without_entries

DATA: dict[str, Any] = {"person": {"id": "P1", "warrants": [{"number": "W1"}], "ssn": None}}


def outcome(data: object, *paths: list[object], code: str = "SOURCE_UNAVAILABLE", status: int = 200) -> Outcome:
    errors = [{"path": path, "extensions": {"code": code}} for path in paths]
    reply: dict[str, Any] = {"data": data, "extensions": {"inquiry": {"id": "7"}}} | (
        {"errors": errors} if errors else {}
    )
    return judge(status, json.dumps(reply).encode(), DATA)[0]


WITHOUT_WARRANTS = {"person": {"id": "P1", "warrants": None, "ssn": None}}
NO_WARRANTS = {"person": {"id": "P1", "warrants": [], "ssn": None}}
WARRANTS = ["person", "warrants"]


@pytest.mark.parametrize(
    ("data", "paths", "expected"),
    [
        (DATA, [], Outcome.WHOLE),
        (NO_WARRANTS, [], Outcome.WRONG),
        (WITHOUT_WARRANTS, [], Outcome.WRONG),
        ({"person": None}, [], Outcome.WRONG),
        (WITHOUT_WARRANTS, [WARRANTS], Outcome.PARTIAL),
        ({"person": None}, [["person", "id"]], Outcome.PARTIAL),
        (WITHOUT_WARRANTS, [["person", "ssn"]], Outcome.WRONG),
        (NO_WARRANTS, [WARRANTS], Outcome.WRONG),
        ({"person": {"id": "P2", "warrants": None, "ssn": None}}, [WARRANTS], Outcome.WRONG),
    ],
)
def test_a_response_is_whole_in_part_or_wrong(data: object, paths: list[list[object]], expected: Outcome) -> None:
    assert outcome(data, *paths) is expected


def test_another_error_is_wrong_and_a_refusal_is_none() -> None:
    assert outcome(WITHOUT_WARRANTS, WARRANTS, code="NEED_TO_KNOW") is Outcome.WRONG
    assert outcome(None, [], code="AUDIT_UNAVAILABLE", status=503) is Outcome.REFUSED
    assert judge(502, b"<html>", DATA)[0] is Outcome.FAILED
    assert judge(503, b"<html>", DATA)[0] is Outcome.FAILED


def test_an_answer_without_an_intent_or_a_release_is_found() -> None:
    responses = [Response(0.0, 1.0, Outcome.WHOLE, "", id) for id in ("a", "b", "c", "")]
    responses.append(Response(0.0, 1.0, Outcome.REFUSED, "AUDIT_UNAVAILABLE", ""))
    entries = [("a", "INTENT", 1), ("a", "RELEASE", 2), ("b", "INTENT", 3), ("c", "RELEASE", 4)]

    assert without_entries(responses, entries) == ["b", "c", ""]
