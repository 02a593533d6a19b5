"""Expected denials, and the parts of a response, the statements and the journal that tests compare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from audit.entry import Denial, Entry, Kind
from tests.harness import Response, World

CASE_NUMBER_AND_AAL2 = ("CASE_NUMBER", "AAL2")

# The rule of each record class, as clients see it: a second opinion, by hand.
RULES = {
    "IDENTITY": ("right-to-know", "11 CCR 703"),
    "WANTS": ("right-to-know", "11 CCR 703"),
    "PROTECTIVE_ORDER": ("protective-orders", "Fam. C. 6380"),
    "PROTECTED_PARTY": ("protected-party", "local policy"),
    "DMV_RECORD": ("dmv-record", "VC 1808"),
    "DMV_ADDRESS": ("dmv-address", "13 CCR 350.03"),
    "CONVICTION": ("criminal-history", "PC 11105; DOM 47030.5"),
    "SUPERVISION": ("supervision", "local policy"),
    "SSN": ("social-security", "local policy"),
    "PROHIBITION_BASIS": ("prohibition-basis", "local policy"),
}

NEED_TO_KNOW = "You are not permitted to see this field."
FULLER_REASON = "a fuller reason, of three different words with three letters or more each, in attention"
SUPERVISOR = "the name of your supervisor in attention, such as `supervisor: Lee 4417`"
NEEDS = {
    "CASE_NUMBER": "a case number",
    "AAL2": "a second factor",
    "ATTENTION": FULLER_REASON,
    "SUPERVISOR": SUPERVISOR,
}


def step_up_sentence(needs: Iterable[str]) -> str:
    """The error message of a step-up with these needs."""
    return f"To see this field, add: {', '.join(NEEDS[need] for need in needs)}."


def denial(path: str, record_class: str, *needs: str, rule: tuple[str, str] | None = None) -> dict[str, Any]:
    """The expected error for one null, without location and trace id: the path is `persons.0.ssn`."""
    message = step_up_sentence(needs) if needs else NEED_TO_KNOW
    extensions = _denial(record_class, needs, rule)
    if not needs:
        del extensions["needs"]
    steps = [int(step) if step.isdigit() else step for step in path.split(".")]
    return {"message": message, "path": steps, "extensions": extensions}


def withheld(path: str, record_class: str, *needs: str, rule: tuple[str, str] | None = None) -> dict[str, Any]:
    """The expected place in `extensions.inquiry.withheld`: the path is `persons.@.ssn`."""
    return {"path": path.split("."), **_denial(record_class, needs, rule)}


def _denial(record_class: str, needs: tuple[str, ...], rule: tuple[str, str] | None) -> dict[str, Any]:
    name, citation = rule or RULES[record_class]
    return {
        "code": "STEP_UP_REQUIRED" if needs else "NEED_TO_KNOW",
        "recordClass": record_class,
        "rule": {"name": name, "citation": citation},
        "needs": list(needs),
    }


def null_paths(data: Any, path: Sequence[str]) -> list[list[str | int]]:
    """The paths of all nulls at a path that has "@" for every index."""
    if not path:
        return [[]] if data is None else []
    if data is None:
        return []
    steps: Iterable[str | int] = range(len(data)) if path[0] == "@" else [path[0]]
    return [[step, *rest] for step in steps for rest in null_paths(data[step], path[1:])]


def journalled_denial(field: str, record_class: str, *needs: str, rule: str | None = None) -> Denial:
    """The same denial as journalled."""
    return Denial(field=field, record_class=record_class, rule=rule or RULES[record_class][0], needs=needs)


def errors(response: Response) -> list[dict[str, Any]]:
    """The errors of a response, without location and trace id."""
    return [
        {
            "message": error["message"],
            **({"path": error["path"]} if "path" in error else {}),
            "extensions": {name: value for name, value in error["extensions"].items() if name != "traceId"},
        }
        for error in response.errors
    ]


def normalized_body(response: Response) -> bytes:
    """The body with inquiry id, trace ids and milliseconds replaced by constants."""
    return normalized(response.http.content)


def normalized(content: bytes) -> bytes:
    """The bytes of a body, or of a part of one, with what is random replaced by constants."""
    text = re.sub(rb'"id":"[0-9a-f]{32}"', b'"id":"-"', content)
    text = re.sub(rb'"traceId":"[0-9a-f]{32}"', b'"traceId":"-"', text)
    return re.sub(rb'"ms":\d+', b'"ms":0', text)


def names_in_statements(world: World) -> set[str]:
    """Every name in the statements of the last operation, except in ORDER BY."""
    found: set[str] = set()
    for text in world.statements:
        found.update(re.findall(r"\w+", re.sub(r"ORDER BY [^()]*", "", text)))
    return found


def names_in_cells(world: World) -> set[str]:
    """Every name in the cells of the rows that the last operation read, and so not those in conditions alone."""
    return {name for text in world.statements for name in re.findall(r"\w+", text.partition(" AS cells")[0])}


def sources_queried(world: World) -> set[str]:
    """The sources that the last operation queried."""
    return {name for name, _ in world.log}


def last_release(world: World) -> Entry:
    """The last entry, which must be a release."""
    entry = world.journal_entries()[-1]
    assert entry.kind is Kind.RELEASE
    return entry


def journal_text(entries: Iterable[Entry]) -> str:
    """The entries as text."""
    return orjson.dumps([entry.to_bytes().decode() for entry in entries]).decode()


def is_refused_by_the_journal(response: Response) -> bool:
    """Whether the response is a 503 with the fixed message of the journal, Retry-After, and no data."""
    return (
        response.status == 503
        and response.body.keys() == {"errors"}
        and [error["message"] for error in response.errors]
        == ["The journal could not be written, so no data is returned. Retry."]
        and response.codes == ["AUDIT_UNAVAILABLE"]
        and response.http.headers["retry-after"].isdigit()
    )
