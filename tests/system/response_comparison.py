"""Comparison of a response during faults with the response to the same request without faults.

A complete response is equal, byte for byte, except the ids of that one response. A partial response is equal except for
nulls, each with an error of its own that names a source that failed. A person without a number at that source has no
error: nothing was asked about them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

Body = dict[str, Any]

UNAVAILABLE = {"TIMEOUT", "DOWN"}


def statuses(body: Body) -> dict[str, str]:
    """The status of each source."""
    return {each["name"]: each["status"] for each in body["extensions"]["inquiry"]["sources"]}


def codes(body: Body) -> set[str]:
    return {error["extensions"]["code"] for error in body.get("errors", ())}


def differences(expected: Body, body: Body) -> list[str]:
    """The differences that faults do not explain; none if the response is right."""
    errors = [_without_trace(error) for error in body.get("errors", ())]
    failed = [error for error in errors if error["extensions"]["code"] == "SOURCE_UNAVAILABLE"]
    others = [_without_trace(error) for error in expected.get("errors", ()) if _has_place(body["data"], error["path"])]
    inquiry, expected_inquiry = body["extensions"]["inquiry"], expected["extensions"]["inquiry"]
    return [
        *_data_differences(expected, body, [error["path"] for error in failed]),
        *_status_differences(statuses(expected), statuses(body), {error["extensions"]["source"] for error in failed}),
        *_unless([error for error in errors if error not in failed] == others, "other errors differ"),
        *_unless(inquiry["withheld"] == expected_inquiry["withheld"], "withheld places differ"),
        *_unless(inquiry["exclusions"] == expected_inquiry["exclusions"], "exclusions differ"),
    ]


def _data_differences(expected: Body, body: Body, paths: Sequence[Sequence[str | int]]) -> Iterator[str]:
    data = orjson.loads(orjson.dumps(expected["data"]))
    for path in paths:
        if _has_place(data, path):
            _at(data, path[:-1])[path[-1]] = None
        else:
            yield f"there is no place at {path}, whose source is reported as unavailable"
    yield from _unless(orjson.dumps(data) == orjson.dumps(body["data"]), "data differ")


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        value = value[step]
    return value


def _has_place(data: Any, path: Sequence[str | int]) -> bool:
    """Whether the object or the list that a path ends in is there."""
    for step in path[:-1]:
        if data is None:
            return False
        data = data[step]
    return data is not None


def _status_differences(expected: dict[str, str], found: dict[str, str], failed: set[str]) -> Iterator[str]:
    unavailable = {name for name, status in found.items() if status in UNAVAILABLE}
    yield from _unless(unavailable == failed, f"{unavailable} are unavailable, and the errors name {failed}")
    for name in expected.keys() - unavailable:
        # The source whose rows hold this one's keys may be unavailable.
        possible = {expected[name], "NOT_ASKED"} if unavailable else {expected[name]}
        yield from _unless(found[name] in possible, f"{name} is {found[name]}, not {expected[name]}")


def _without_trace(error: dict[str, Any]) -> dict[str, Any]:
    return {**error, "extensions": {key: value for key, value in error["extensions"].items() if key != "traceId"}}


def _unless(holds: bool, difference: str) -> list[str]:
    return [] if holds else [difference]
