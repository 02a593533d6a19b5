"""The comparison that the chaos test relies on finds every wrong part of a response."""

from __future__ import annotations

import json

import pytest

from tests.system.response_comparison import differences

COMPLETE = """{"data": {"persons": [{"id": "P1", "warrants": [{"number": "W1"}]}, {"id": "P2", "warrants": []}]},
 "errors": [{"path": ["persons", 0, "ssn"], "extensions": {"code": "NEED_TO_KNOW", "traceId": "1"}}],
 "extensions": {"inquiry": {"id": "1", "withheld": [], "exclusions": [], "sources": [
  {"name": "persons", "status": "OK", "ms": 1}, {"name": "warrants", "status": "OK", "ms": 1}]}}}"""
PARTIAL = """{"data": {"persons": [{"id": "P1", "warrants": null}, {"id": "P2", "warrants": []}]},
 "errors": [{"path": ["persons", 0, "ssn"], "extensions": {"code": "NEED_TO_KNOW", "traceId": "2"}},
  {"path": ["persons", 0, "warrants"],
   "extensions": {"code": "SOURCE_UNAVAILABLE", "source": "warrants", "traceId": "2"}}],
 "extensions": {"inquiry": {"id": "2", "withheld": [], "exclusions": [], "sources": [
  {"name": "persons", "status": "OK", "ms": 2}, {"name": "warrants", "status": "DOWN", "ms": 2}]}}}"""


def test_a_partial_response_has_no_unexplained_difference() -> None:
    assert differences(json.loads(COMPLETE), json.loads(PARTIAL)) == []


@pytest.mark.parametrize(
    ("text", "replacement"),
    [
        ('"warrants": null', '"warrants": []'),
        ('"warrants": null', '"warrants": [{"number": "W1"}]'),
        ('"warrants": []', '"warrants": null'),
        ('"id": "P2"', '"id": "P3"'),
        ('"status": "DOWN"', '"status": "EMPTY"'),
        ('"status": "OK"', '"status": "EMPTY"'),
        ('"source": "warrants"', '"source": "vehicles"'),
        ('0, "warrants"]', '0, "vehicles"]'),
        ('0, "warrants"]', '1, "warrants"]'),
        ('"withheld": []', '"withheld": [{}]'),
        ("NEED_TO_KNOW", "STEP_UP_REQUIRED"),
        ('"exclusions": []', '"exclusions": [{}]'),
    ],
)
def test_a_wrong_part_of_a_response_is_a_difference(text: str, replacement: str) -> None:
    assert text in PARTIAL
    assert differences(json.loads(COMPLETE), json.loads(PARTIAL.replace(text, replacement, 1)))
