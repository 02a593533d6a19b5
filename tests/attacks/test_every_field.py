"""Every guarded field, asked for by every role, without and with a step-up: the answer is what the policy says.

The fields come from the schema, so a new one is tried as soon as it is there, and fails until something is planted that
it would show.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from api.demo import DEMO_CALLERS
from audit.entry import Denial, Entry, Kind
from engine.declare import Read
from policy.caller import Assurance, Caller
from policy.decide import decide
from policy.grants import Denied, Grant
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from policy.verdicts import Verdicts
from resolvers.names import letters
from schema.build import blueprint
from tests.attacks.cells import Field, guarded_fields
from tests.attacks.planted import ANSWERS, plant
from tests.attacks.shapes import errors, names_read, same_for_all
from tests.conftest import Answer, World


def kind_of(field: Field) -> str:
    """The type that a field is of."""
    return field.site.coordinate.partition(".")[0]


FIELDS = guarded_fields()
KINDS = sorted({kind_of(field) for field in FIELDS})
CASE = "26-0417"
INQUIRY = "@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: $case)"
CURSORS = {"PersonEdge.cursor", "VehicleEdge.cursor"}
MASKS = {"Person.ssn": "***-**-7002"}


@dataclass(frozen=True, slots=True)
class Position:
    """A caller as the policy sees one: a role, and stepped up or not."""

    role: Role
    is_stepped_up: bool

    def __str__(self) -> str:
        return f"{self.role.value}, {'aal2 with a case' if self.is_stepped_up else 'aal1 without a case'}"

    @property
    def case(self) -> str | None:
        return CASE if self.is_stepped_up else None

    def verdicts(self) -> Verdicts:
        """What the policy says, asked without any application."""
        who = DEMO_CALLERS[self.role]
        caller = Caller(
            user=who.user,
            name=who.name,
            surname=letters(who.name.split()[-1]),
            ori=who.ori,
            role=self.role,
            sworn=who.sworn,
            certified_until=date.max,
            assurance=Assurance.AAL2 if self.is_stepped_up else Assurance.AAL1,
            token_id="of no token",
        )
        why = Inquiry(Purpose.C, Reason.INVESTIGATION, self.case, None)
        return decide(Policy.load(), caller, why, RecordClass, today=date(2026, 1, 1))


POSITIONS = [Position(role, is_stepped_up) for role in Role for is_stepped_up in (False, True)]


def first_denial(field: Field, verdicts: Verdicts) -> tuple[int, Denied] | None:
    """Where on the way to a field the policy stops the caller, and why."""
    for place, site in enumerate(field.sites):
        for guard in site.guards:
            verdict = verdicts[guard]  # type: ignore[index]
            if isinstance(verdict, Denied):
                return place, verdict
    return None


def error_of(field: Field, place: int, denied: Denied) -> dict[str, Any]:
    about: dict[str, Any] = {
        "code": "STEP_UP_REQUIRED" if denied.needs else "NEED_TO_KNOW",
        "recordClass": denied.record_class.name,
        "rule": {"name": denied.rule.name, "citation": denied.rule.citation},
    }
    if denied.needs:
        about["needs"] = [need.name for need in denied.needs]
    said = "More is needed to see this." if denied.needs else "You may not know this."
    return {"message": said, "path": list(field.paths[place]), "extensions": about}


def planted(field: Field) -> Any:
    """What the field holds, by what was planted; of an object, that it is there."""
    if field.object is None:
        return ANSWERS[field.site.coordinate]
    there = {"__typename": field.object}
    return [there] if field.is_list else there


def texts(value: Any) -> Iterator[str]:
    """The words of a value that can be searched for: codes of one or two letters would be found anywhere."""
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) > 2:
        yield str(value)


def batches(field: Field, granted: int) -> int:
    """How many statements the part of the way that is granted takes: one for each edge that leads to something."""
    edges = field.edges[:granted]
    # A page of hits is open, and not asked for if nothing on it is granted.
    if edges and not field.sites[0].guards and len(edges) == 1:
        return 0
    return sum(edges)


def hidden_columns(field: Field, place: int) -> set[str]:
    """The columns that a denial at this place keeps from being read."""
    return {
        column for site in field.sites[place:] if isinstance(site.declared, Read) for column in site.declared.columns
    }


def expected_of(field: Field, verdicts: Verdicts) -> dict[str, Any]:
    """All that one cell is to show."""
    stopped = first_denial(field, verdicts)
    if stopped:
        place, denied = stopped
        return {
            "value": None,
            "errors": [error_of(field, place, denied)],
            "statements": batches(field, place),
            "columns": set(),
            "secrets": [],
        }
    grant = verdicts[field.site.guards[0]]  # type: ignore[index]
    assert isinstance(grant, Grant)
    value = MASKS[field.site.coordinate] if grant.is_masked else "a cursor" if is_cursor(field) else planted(field)
    return {"value": value, "errors": [], "statements": batches(field, len(field.sites))}


def is_cursor(field: Field) -> bool:
    return field.site.coordinate in CURSORS


def shown_by(field: Field, reply: Answer, world: World, verdicts: Verdicts) -> dict[str, Any]:
    """The same of what the application did."""
    value = field.value(reply.data)
    shown = {
        "value": "a cursor" if is_cursor(field) and isinstance(value, str) and len(value) > 20 else value,
        "errors": errors(reply),
        "statements": len(world.statements),
    }
    if stopped := first_denial(field, verdicts):
        secrets = () if is_cursor(field) else texts(planted(field) if field.object is None else None)
        shown["columns"] = hidden_columns(field, stopped[0]) & names_read(world)
        shown["secrets"] = [secret for secret in secrets if secret in same_for_all(reply).decode()]
    return shown


def journal_of(field: Field, verdicts: Verdicts) -> tuple[tuple[Denial, ...], bool, bool]:
    """What the journal is to hold of one cell: the denials; is the field among the released, or among the masked?"""
    if stopped := first_denial(field, verdicts):
        place, denied = stopped
        denial = Denial(
            field=field.sites[place].coordinate,
            record_class=denied.record_class.name,
            rule=denied.rule.name,
            needs=tuple(need.name for need in denied.needs),
        )
        return (denial,), False, False
    grant = verdicts[field.site.guards[0]]  # type: ignore[index]
    return (), not grant.is_masked, grant.is_masked  # type: ignore[union-attr]


def journalled_of(field: Field, entry: Entry) -> tuple[tuple[Denial, ...], bool, bool]:
    coordinate = field.site.coordinate
    return entry.denied, coordinate in entry.released, coordinate in entry.masked


@pytest.mark.parametrize("kind", KINDS)
async def test_every_guarded_field_answers_every_caller_as_the_policy_says(world: World, kind: str) -> None:
    """One application and one document a field, so that the plan made for the first caller serves all the others."""
    fields = [field for field in FIELDS if kind_of(field) == kind]
    plant(world.folder)
    callers = [
        (position, position.verdicts(), world.token(position.role, aal=2 if position.is_stepped_up else 1))
        for position in POSITIONS
    ]
    wrong: dict[str, tuple[Any, Any]] = {}
    told: list[tuple[Any, ...]] = []
    for field in fields:
        document = f"query($case: String) {INQUIRY} {{ {field.query} }}"
        for position, verdicts, token in callers:
            reply = await world.ask(document, token=token, variables={"case": position.case})
            shown, expected = shown_by(field, reply, world, verdicts), expected_of(field, verdicts)
            if shown != expected:
                wrong[f"{field.site.coordinate} for {position}"] = shown, expected
            told.append((position.role.value, *journal_of(field, verdicts)))

    assert wrong == {}
    released = [entry for entry in world.journal() if entry.kind is Kind.RELEASE]
    cells = [field for field in fields for _ in callers]
    assert [(entry.role, *journalled_of(field, entry)) for field, entry in zip(cells, released, strict=True)] == told


def test_no_guarded_field_and_no_position_is_left_out() -> None:
    guarded = {site.coordinate for site in blueprint().sites.values() if site.guards}

    assert sorted(field.site.coordinate for field in FIELDS) == sorted(guarded)
    assert len(POSITIONS) == 2 * len(Role) == 22
    assert len(FIELDS) * len(POSITIONS) == len(guarded) * 22 > 2_500


def test_every_leaf_has_something_planted_that_it_would_show() -> None:
    leaves = {field.site.coordinate for field in FIELDS if field.object is None}

    assert ANSWERS.keys() | CURSORS == leaves
    assert [name for name, value in ANSWERS.items() if value in (None, [], "")] == []


def test_the_policy_denies_masks_and_grants_among_these_cells() -> None:
    """Or the walk above would compare nothing with nothing."""
    verdicts = [position.verdicts() for position in POSITIONS]
    outcomes = [first_denial(field, each) for each in verdicts for field in FIELDS]
    refused = [denied for _, denied in filter(None, outcomes)]

    assert outcomes.count(None) > 1_500
    assert len([denied for denied in refused if denied.needs]) > 50
    assert len([denied for denied in refused if not denied.needs]) > 700
