"""Responses of a cluster, each compared with the one that was expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import orjson

from bench.results import percentile

Path = tuple[str | int, ...]
UNAVAILABLE = "SOURCE_UNAVAILABLE"


class Outcome(Enum):
    """What came of a request."""

    WHOLE = "whole"
    PARTIAL = "in part"
    REFUSED = "refused"
    FAILED = "failed"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Response:
    """due_s:      when it was to be sent, by the clock of the event loop.
    latency_ms: from then until the last byte.
    """

    due_s: float
    latency_ms: float
    outcome: Outcome
    reason: str
    inquiry_id: str


@dataclass(frozen=True, slots=True)
class Period:
    """The responses to what was due in a time."""

    requests: int
    outcomes: Counter[Outcome]
    reasons: Counter[str]
    p99_ms: float

    @classmethod
    def of(cls, responses: Iterable[Response]) -> Period:
        found = list(responses)
        latencies = sorted(each.latency_ms for each in found)
        reasons = Counter(each.reason for each in found if each.reason)
        p99_ms = percentile(latencies, 99) if latencies else 0.0
        return cls(len(found), Counter(each.outcome for each in found), reasons, p99_ms)


def judge(status: int, body: bytes, expected: Any) -> tuple[Outcome, str, str]:
    """The outcome of a response, its reason if it is not whole, and the id of its inquiry.

    A response in part may lack what a source gives, and says so at its place. Anything else that differs is wrong.
    """
    try:
        reply = orjson.loads(body)
        errors = reply.get("errors", [])
        codes = sorted({each.get("extensions", {}).get("code", "NO_CODE") for each in errors})
    except (ValueError, AttributeError):
        return Outcome.FAILED, f"status {status}", ""
    if status != 200:
        refused = status == 503 and codes
        return (Outcome.REFUSED, ",".join(codes), "") if refused else (Outcome.FAILED, f"status {status}", "")
    inquiry_id = str(reply.get("extensions", {}).get("inquiry", {}).get("id", ""))
    if not errors:
        is_right = reply.get("data") == expected
        return (Outcome.WHOLE, "", inquiry_id) if is_right else (Outcome.WRONG, "data differ", inquiry_id)
    places = [tuple(each.get("path", ())) for each in errors]
    if codes == [UNAVAILABLE] and is_part(reply.get("data"), expected, (), places):
        return Outcome.PARTIAL, UNAVAILABLE, inquiry_id
    return Outcome.WRONG, ",".join(codes), inquiry_id


def is_part(data: Any, expected: Any, at: Path, places: Sequence[Path]) -> bool:
    """Whether data are the expected ones, but for nulls at the places of errors or around them."""
    if data is None:
        return expected is None or any(place[: len(at)] == at for place in places)
    if isinstance(data, dict) and isinstance(expected, dict):
        return data.keys() == expected.keys() and all(
            is_part(data[name], expected[name], (*at, name), places) for name in data
        )
    if isinstance(data, list) and isinstance(expected, list):
        return len(data) == len(expected) and all(
            is_part(*pair, (*at, index), places) for index, pair in enumerate(zip(data, expected, strict=True))
        )
    return bool(data == expected)
