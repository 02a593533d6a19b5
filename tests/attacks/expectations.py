"""The expected value, error and journal denial of one guarded field under given verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from audit.entry import Denial
from policy.grants import Denied, Grant
from policy.verdicts import Verdicts
from schema.build import guarded_schema
from tests.attacks.guarded_fields import Field
from tests.attacks.planted_inquiry import LIST_LENGTHS, SHOWN_TO_OTHERS
from tests.attacks.planted_person import PLANTED_VALUES
from tests.attacks.responses import NEED_TO_KNOW, null_paths, step_up_sentence

CURSORS = {f"{kind}.cursor" for kind in guarded_schema().graphql.type_map if kind.endswith("Edge")}
MASKS = {"Person.ssn": "***-**-7002"}
OF_AN_ARREST = {"Person.biometrics", "Cycle.biometrics"}
"""Fields that a background check of an applicant finds empty: the planted set is of an arrest."""
WITH_ARRESTS = {"Pretrial.nextAppearanceOn"}
"""Fields that tell of a charge without a conviction: null for a caller who may not know of any."""


def first_denial(field: Field, verdicts: Verdicts) -> tuple[int, Denied] | None:
    """The first denied field on the path to a field: its index and the denial."""
    for depth, spec in enumerate(field.specs):
        for guard in spec.guards:
            verdict = verdicts[guard]  # type: ignore[index]
            if isinstance(verdict, Denied):
                return depth, verdict
    return None


def grant_of(field: Field, verdicts: Verdicts) -> Grant:
    """The grant of a granted field."""
    grant = verdicts[field.spec.guards[0]]  # type: ignore[index]
    assert isinstance(grant, Grant)
    return grant


def expected_place(field: Field, depth: int, denied: Denied) -> dict[str, Any]:
    """The denial as `extensions.inquiry.withheld` lists it."""
    return {
        "path": list(field.paths[depth]),
        "code": "STEP_UP_REQUIRED" if denied.needs else "NEED_TO_KNOW",
        "recordClass": denied.record_class.name,
        "rule": {"name": denied.rule.name, "citation": denied.rule.citation},
        "needs": [need.name for need in denied.needs],
    }


def expected_errors(place: dict[str, Any], data: Any) -> list[dict[str, Any]]:
    """One error for each null that a withheld place leaves in the data."""
    needs = place["needs"]
    extensions = {name: value for name, value in place.items() if name != "path" and (needs or name != "needs")}
    message = step_up_sentence(needs) if needs else NEED_TO_KNOW
    paths = null_paths(data, place["path"])
    return [{"message": message, "path": path, "extensions": extensions} for path in paths]


def expected_denial(field: Field, depth: int, denied: Denied) -> Denial:
    """The denial as journalled."""
    return Denial(
        field=field.specs[depth].coordinate,
        record_class=denied.record_class.name,
        rule=denied.rule.name,
        needs=tuple(need.name for need in denied.needs),
    )


def planted_value(field: Field) -> Any:
    """The planted value of the field; for an object, its `__typename`."""
    if field.object is None:
        return PLANTED_VALUES[field.spec.coordinate]
    value = {"__typename": field.object}
    return [value] * LIST_LENGTHS.get(field.spec.coordinate, 1) if field.is_list else value


def withheld_value(field: Field) -> Any:
    """The value of a denied field: null, or an object without anything of a record."""
    return {"__typename": field.object} if field.is_non_null else None


def expected_value(field: Field, verdicts: Verdicts) -> Any:
    """The expected value of a granted field. The planted inquiry is no caller's own."""
    grant = grant_of(field, verdicts)
    if grant.is_own_entries_only:
        return SHOWN_TO_OTHERS.get(field.spec.coordinate)
    if is_left_out(field, verdicts):
        return None
    if not verdicts.scope.sees_arrest_biometrics and field.spec.coordinate in OF_AN_ARREST:
        return []
    if grant.is_masked:
        return MASKS[field.spec.coordinate]
    if field.spec.coordinate in WITH_ARRESTS and not grant.scope.sees_arrests:
        return None
    return "a cursor" if is_cursor(field) else planted_value(field)


def is_left_out(field: Field, verdicts: Verdicts) -> bool:
    """Whether the row of a granted field is left out: the planted biometric set is of an arrest."""
    above = {spec.coordinate for spec in field.specs[:-1]}
    return not verdicts.scope.sees_arrest_biometrics and bool(OF_AN_ARREST & above)


def observed_value(field: Field, data: Any) -> Any:
    """The value of a field in a response, in the form of `expected_value`."""
    value = field.value(data)
    if is_cursor(field) and isinstance(value, str) and len(value) > 20:
        return "a cursor"
    if field.object is None or value is None:
        return value
    # Other fields of the object are cells of their own.
    objects = [{"__typename": each["__typename"]} for each in (value if field.is_list else [value])]
    return objects if field.is_list else objects[0]


def is_cursor(field: Field) -> bool:
    return field.spec.coordinate in CURSORS


def secrets(field: Field) -> Iterator[str]:
    """Texts that must occur nowhere if the field is denied."""
    if field.object is None and not is_cursor(field):
        yield from texts(planted_value(field))


def texts(value: Any) -> Iterator[str]:
    """The searchable texts of a value. Codes of one or two letters occur everywhere, so they are omitted."""
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) > 2:
        yield str(value)
