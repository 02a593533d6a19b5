"""Comparison of a response during faults with the response to the same request without faults.

A complete response is equal, byte for byte, except the ids of that one response. A partial response is equal except for
nulls, each with an error that names a source that failed. A person without a number at that source has no
records there, which a response may say even then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any

import orjson

Body = dict[str, Any]
WithoutNumber = Set[tuple[str, str]]
"""People by id, each with a field that leads to a source where they have no number."""

UNAVAILABLE = {"TIMEOUT", "DOWN"}


def statuses(body: Body) -> dict[str, str]:
    """The status of each source."""
    return {each["name"]: each["status"] for each in body["extensions"]["inquiry"]["sources"]}


def codes(body: Body) -> set[str]:
    return {error["extensions"]["code"] for error in body.get("errors", ())}


def differences(expected: Body, body: Body, without_number: WithoutNumber) -> list[str]:
    """The differences that faults do not explain; none if the response is right."""
    errors = [_without_trace(error) for error in body.get("errors", ())]
    failed = [error for error in errors if error["extensions"]["code"] == "SOURCE_UNAVAILABLE"]
    return [
        *_data_differences(expected, body, [error["path"] for error in failed], without_number),
        *_status_differences(statuses(expected), statuses(body), {error["extensions"]["source"] for error in failed}),
        *_unless(
            [error for error in errors if error not in failed]
            == [_without_trace(error) for error in expected.get("errors", ())],
            "other errors differ",
        ),
        *_unless(
            body["extensions"]["inquiry"]["exclusions"] == expected["extensions"]["inquiry"]["exclusions"],
            "exclusions differ",
        ),
    ]


def _data_differences(
    expected: Body, body: Body, paths: Sequence[Sequence[str]], without_number: WithoutNumber
) -> Iterator[str]:
    data = orjson.loads(orjson.dumps(expected["data"]))
    for path in paths:
        if not _set_null(data, path, without_number):
            yield f"there is no value at {path}, whose source is reported as unavailable"
    yield from _unless(orjson.dumps(data) == orjson.dumps(body["data"]), "data differ")


def _set_null(value: Any, path: Sequence[str], without_number: WithoutNumber) -> int:
    """Put null at a path, for every index if it has "@". Returns the number of nulls."""
    if value is None:
        return 0
    step, *rest = path
    keys = range(len(value)) if step == "@" else [step]
    if rest:
        return sum(_set_null(value[key], rest, without_number) for key in keys)
    if isinstance(value, dict) and (value.get("id"), step) in without_number:
        return 0
    for key in keys:
        value[key] = None
    return len(keys)


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
