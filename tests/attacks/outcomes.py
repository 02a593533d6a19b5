"""What one guarded field comes to under some verdicts: value, error and journal. Knows no application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from audit.entry import Denial
from policy.grants import Denied, Grant
from policy.verdicts import Verdicts
from tests.attacks.cells import Field
from tests.attacks.inquiries import HOW_MANY, NOTHING
from tests.attacks.planted import ANSWERS
from tests.attacks.shapes import NEED_TO_KNOW, step_up_sentence

CURSORS = {"PersonEdge.cursor", "VehicleEdge.cursor", "InquiryEdge.cursor"}
MASKS = {"Person.ssn": "***-**-7002"}


def first_denial(field: Field, verdicts: Verdicts) -> tuple[int, Denied] | None:
    """Where on the way to a field the policy stops the caller, and why."""
    for place, site in enumerate(field.sites):
        for guard in site.guards:
            verdict = verdicts[guard]  # type: ignore[index]
            if isinstance(verdict, Denied):
                return place, verdict
    return None


def grant_of(field: Field, verdicts: Verdicts) -> Grant:
    """Of a field that is granted."""
    grant = verdicts[field.site.guards[0]]  # type: ignore[index]
    assert isinstance(grant, Grant)
    return grant


def error_of(field: Field, place: int, denied: Denied) -> dict[str, Any]:
    about: dict[str, Any] = {
        "code": "STEP_UP_REQUIRED" if denied.needs else "NEED_TO_KNOW",
        "recordClass": denied.record_class.name,
        "rule": {"name": denied.rule.name, "citation": denied.rule.citation},
    }
    if denied.needs:
        about["needs"] = [need.name for need in denied.needs]
    said = step_up_sentence(about["needs"]) if denied.needs else NEED_TO_KNOW
    return {"message": said, "path": list(field.paths[place]), "extensions": about}


def denial_of(field: Field, place: int, denied: Denied) -> Denial:
    """The same for the journal."""
    return Denial(
        field=field.sites[place].coordinate,
        record_class=denied.record_class.name,
        rule=denied.rule.name,
        needs=tuple(need.name for need in denied.needs),
    )


def planted(field: Field) -> Any:
    """What the field holds, by what was planted; of objects, that they are there."""
    if field.object is None:
        return ANSWERS[field.site.coordinate]
    there = {"__typename": field.object}
    return [there] * HOW_MANY.get(field.site.coordinate, 1) if field.is_list else there


def answer_of(field: Field, verdicts: Verdicts) -> Any:
    """What a field that is granted shows. The planted inquiry is nobody's own."""
    grant = grant_of(field, verdicts)
    if grant.is_own_only:
        return NOTHING.get(field.site.coordinate)
    if grant.is_masked:
        return MASKS[field.site.coordinate]
    return "a cursor" if is_cursor(field) else planted(field)


def shown(field: Field, data: Any) -> Any:
    """What an answer shows of a field, in the words of `answer_of`."""
    value = field.value(data)
    if is_cursor(field) and isinstance(value, str) and len(value) > 20:
        return "a cursor"
    if field.object is None or value is None:
        return value
    # Whatever else was asked of it stands in cells of its own.
    there = [{"__typename": each["__typename"]} for each in (value if field.is_list else [value])]
    return there if field.is_list else there[0]


def is_cursor(field: Field) -> bool:
    return field.site.coordinate in CURSORS


def secrets(field: Field) -> Iterator[str]:
    """What must not be found anywhere where the field is denied."""
    if field.object is None and not is_cursor(field):
        yield from texts(planted(field))


def texts(value: Any) -> Iterator[str]:
    """The words of a value that can be searched for: codes of one or two letters would be found anywhere."""
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) > 2:
        yield str(value)
