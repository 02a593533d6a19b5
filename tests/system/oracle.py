"""Whether an answer may be what it is, held against the answer to the same question while nothing was wrong.

In whole it is the same, byte for byte, but for the ids of that one answer. In part it is the same but for nulls, each
with its error and a source that did not answer. Whoever has no number at that source has nothing there, and that may be
said. Knows nothing of what is asked, or of why a source does not answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any

import orjson

Body = dict[str, Any]
Nowhere = Set[tuple[str, str]]
"""People by id, each with a field that leads to a source where they have no number."""

UNANSWERED = {"TIMEOUT", "DOWN"}


def statuses(body: Body) -> dict[str, str]:
    """How each source fared."""
    return {each["name"]: each["status"] for each in body["extensions"]["inquiry"]["sources"]}


def codes(body: Body) -> set[str]:
    return {error["extensions"]["code"] for error in body.get("errors", ())}


def wrong(quiet: Body, body: Body, nowhere: Nowhere) -> list[str]:
    """What is wrong with an answer; nothing if it may be so."""
    errors = [_without_trace(error) for error in body.get("errors", ())]
    unanswered = [error for error in errors if error["extensions"]["code"] == "SOURCE_UNAVAILABLE"]
    return [
        *_wrong_data(quiet, body, [error["path"] for error in unanswered], nowhere),
        *_wrong_statuses(statuses(quiet), statuses(body), {error["extensions"]["source"] for error in unanswered}),
        *_unless(
            [error for error in errors if error not in unanswered]
            == [_without_trace(error) for error in quiet.get("errors", ())],
            "its other errors are others",
        ),
        *_unless(
            body["extensions"]["inquiry"]["exclusions"] == quiet["extensions"]["inquiry"]["exclusions"],
            "its exclusions are others",
        ),
    ]


def _wrong_data(quiet: Body, body: Body, paths: Sequence[Sequence[str]], nowhere: Nowhere) -> Iterator[str]:
    expected = orjson.loads(orjson.dumps(quiet["data"]))
    for path in paths:
        if not _cut(expected, path, nowhere):
            yield f"nothing stands at {path}, which is said to be unanswered"
    yield from _unless(orjson.dumps(expected) == orjson.dumps(body["data"]), "its data are others")


def _cut(value: Any, path: Sequence[str], nowhere: Nowhere) -> int:
    """Put null wherever a path leads, "@" being every place of a list; how often."""
    if value is None:
        return 0
    step, *rest = path
    places = range(len(value)) if step == "@" else [step]
    if rest:
        return sum(_cut(value[place], rest, nowhere) for place in places)
    if isinstance(value, dict) and (value.get("id"), step) in nowhere:
        return 0
    for place in places:
        value[place] = None
    return len(places)


def _wrong_statuses(quiet: dict[str, str], now: dict[str, str], missed: set[str]) -> Iterator[str]:
    silent = {name for name, status in now.items() if status in UNANSWERED}
    yield from _unless(silent == missed, f"{silent} did not answer, and the errors speak of {missed}")
    for name in quiet.keys() - silent:
        # What led to it may be what did not answer.
        may_be = {quiet[name], "NOT_ASKED"} if silent else {quiet[name]}
        yield from _unless(now[name] in may_be, f"{name} is {now[name]}, and was {quiet[name]}")


def _without_trace(error: dict[str, Any]) -> dict[str, Any]:
    return {**error, "extensions": {key: said for key, said in error["extensions"].items() if key != "traceId"}}


def _unless(holds: bool, otherwise: str) -> list[str]:
    return [] if holds else [otherwise]
