"""Decisions of Cedar's engine with the exported policies, compared with ours.

Both get the same raw facts: for example the day on which a certification ends, not whether it has ended.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import product
from operator import attrgetter
from typing import Any, NamedTuple

import cedarpy

from policy.caller import Assurance
from policy.clearance import Clearance
from policy.decide import decide
from policy.described_enum import DescribedEnum
from policy.grants import Denied, Need
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.rules import Rule
from policy.table import Policy
from tests.callers import make_caller

TODAY = date(2026, 3, 2)
CASE_NUMBERS = (None, "26-0417")
SUPERVISORS = (None, "supervisor: Sgt Lee")
CERTIFIED, EXPIRED = (Clearance(certified_until=day) for day in (TODAY, date(2026, 3, 1)))
CHECKED = Clearance(cleared_on=date(2020, 1, 1), fingerprinted_on=date(2020, 1, 2))
TRAINEES = tuple(replace(CHECKED, employed_on=date(2025, 9, day)) for day in (3, 2))
"""Employed less than six months ago, and six months ago."""
OTHER_CLEARANCES = (
    EXPIRED,
    *TRAINEES,
    CHECKED,
    *(replace(CHECKED, trained_on=date(2024, 3, day)) for day in (2, 1)),
    replace(CHECKED, trained_on=date(2020, 3, 2), recertified_on=date(2024, 3, 2)),
    replace(CHECKED, trained_on=date(2020, 3, 2), certified_until=TODAY),
    replace(CHECKED, trained_on=TODAY, cleared_on=None),
    replace(CHECKED, certified_until=TODAY, fingerprinted_on=None),
    Clearance(employed_on=TODAY),
    Clearance(trained_on=TODAY, certified_until=TODAY),
)
CLEARANCES = (CERTIFIED, *OTHER_CLEARANCES)
ACTIONS = ("read", "readMasked", "readOwn")
DAYS: dict[str, Callable[[Clearance], date | None]] = {
    "clearedOn": attrgetter("cleared_on"),
    "fingerprintedOn": attrgetter("fingerprinted_on"),
    "employedOn": attrgetter("employed_on"),
    "trainedOn": attrgetter("trained_on"),
    "recertifiedOn": attrgetter("recertified_on"),
    "certifiedUntil": attrgetter("recertify_by"),
    "trainBy": attrgetter("train_by"),
}
"""Attributes of a caller in Cedar, which cannot add months to a day."""
ENUMS: tuple[type[DescribedEnum], ...] = (Role, RecordClass, Purpose, Reason)

SCHEMA = "".join(
    f"entity {each.__name__} enum [{', '.join(json.dumps(member.value) for member in each)}];\n" for each in ENUMS
) + (
    f"entity Caller in [Role] {{ assurance: String, {', '.join(f'{each}?: datetime' for each in DAYS)} }};\n"
    f"action {', '.join(ACTIONS)} appliesTo {{ principal: [Caller], resource: [RecordClass],\n"
    "  context: { purpose: Purpose, reason: Reason, hasCaseNumber: Bool,\n"
    "  namesSupervisor: Bool, today: datetime } };\n"
)


class Cell(NamedTuple):
    """One combination of inputs, without the two that a step-up needs."""

    role: Role
    purpose: Purpose
    reason: Reason
    record_class: RecordClass
    clearance: Clearance


class StepUp(NamedTuple):
    """The inputs that can turn a denial into a grant."""

    case_number: str | None
    assurance: Assurance
    attention: str | None = None


# A clearance is decided before purpose and reason, so the others are compared with some of each.
CELLS = [Cell(*each) for each in product(Role, Purpose, Reason, RecordClass, (CERTIFIED,))]
CELLS += [
    Cell(*each)
    for each in product(Role, (Purpose.C, Purpose.F, Purpose.H), (Reason.INVESTIGATION,), RecordClass, OTHER_CLEARANCES)
]
STEPS = [StepUp(*each) for each in product(CASE_NUMBERS, Assurance)]
SUPERVISED_STEPS = [StepUp(*each) for each in product(CASE_NUMBERS, Assurance, SUPERVISORS)]


def _supervised(helped: Callable[[StepUp], StepUp]) -> Callable[[StepUp], StepUp]:
    return lambda step: helped(step)._replace(attention=SUPERVISORS[1])


# The needs that could turn a denial into a grant, fewest first, and the step after each.
NEEDS: dict[tuple[Need, ...], Callable[[StepUp], StepUp]] = {
    (Need.CASE_NUMBER,): lambda step: step._replace(case_number=CASE_NUMBERS[1]),
    (Need.AAL2,): lambda step: step._replace(assurance=Assurance.AAL2),
    (Need.CASE_NUMBER, Need.AAL2): lambda step: step._replace(case_number=CASE_NUMBERS[1], assurance=Assurance.AAL2),
}
NEEDS_OF_TRAINEES = {
    **NEEDS,
    (Need.SUPERVISOR,): lambda step: step._replace(attention=SUPERVISORS[1]),
    **{(*needs, Need.SUPERVISOR): _supervised(helped) for needs, helped in NEEDS.items()},
}


def steps_of(cell: Cell) -> list[StepUp]:
    """The steps that are compared for a cell: a supervisor matters to a caller who is not trained."""
    return STEPS if cell.clearance.recertify_by else SUPERVISED_STEPS


DECISIONS = sum(len(steps_of(cell)) for cell in CELLS)


class Outcome(NamedTuple):
    """A decision in common terms. `errors` are those of Cedar; there must be none."""

    allowed: tuple[str, ...]
    rule: Rule | None
    needs: tuple[Need, ...]
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    cell: Cell
    step: StepUp
    ours: Outcome
    cedar: Outcome


class SecondOpinion:
    """Cedar with one set of policies, parsed once."""

    def __init__(self, policies: str) -> None:
        self._policies = cedarpy.PolicySet.from_str(policies)
        written = json.loads(cedarpy.policies_to_json_str(policies))["staticPolicies"]
        self._rules = {name: Rule(**_named(each["annotations"])) for name, each in written.items()}
        self._rows = {
            each["resource"]["entity"]["id"]: self._rules[name]
            for name, each in written.items()
            if each["resource"]["op"] == "=="
        }

    def outcomes(self, cells: Iterable[Cell]) -> Iterator[tuple[Cell, dict[StepUp, Outcome]]]:
        """Cedar's outcome for each cell and step."""
        cells = list(cells)
        requests = [_request(cell, step, action) for cell in cells for step in steps_of(cell) for action in ACTIONS]
        results = iter(cedarpy.is_authorized_batch(requests, self._policies, CALLERS))
        for cell in cells:
            decided = {step: [next(results) for _ in ACTIONS] for step in steps_of(cell)}
            allowed = {step: any(each.allowed for each in three) for step, three in decided.items()}
            yield cell, {step: self._outcome(cell, step, decided[step], allowed) for step in decided}

    def _outcome(
        self, cell: Cell, step: StepUp, results: list[cedarpy.AuthzResult], allowed: dict[StepUp, bool]
    ) -> Outcome:
        actions = tuple(action for action, result in zip(ACTIONS, results, strict=True) if result.allowed)
        # Prohibitions apply to all actions; a permission applies to one.
        result = next((each for each in results if each.allowed), results[0])
        reasons = sorted(result.diagnostics.reasons, key=lambda name: int(name.removeprefix("policy")))
        rule = self._rules[reasons[0]] if reasons else self._rows.get(cell.record_class.value)
        ways = NEEDS if cell.clearance.recertify_by else NEEDS_OF_TRAINEES
        needs = () if actions else next((need for need, helped in ways.items() if allowed[helped(step)]), ())
        return Outcome(actions, rule, needs, tuple(error for each in results for error in each.diagnostics.errors))


def differences(policy: Policy, cedar: SecondOpinion, cells: Iterable[Cell]) -> list[Difference]:
    """The differences between our decisions and Cedar's."""
    return [
        Difference(cell, step, ours, theirs)
        for cell, steps in cedar.outcomes(cells)
        for step, theirs in steps.items()
        if theirs != (ours := _ours(policy, cell, step))
    ]


def _ours(policy: Policy, cell: Cell, step: StepUp) -> Outcome:
    caller = make_caller(role=cell.role, clearance=cell.clearance, assurance=step.assurance)
    inquiry = Inquiry(cell.purpose, cell.reason, step.case_number, step.attention)
    verdict = decide(policy, caller, inquiry, [cell.record_class], today=TODAY)[cell.record_class]
    if isinstance(verdict, Denied):
        return Outcome((), verdict.rule, verdict.needs)
    actions = {"readMasked": verdict.is_masked, "readOwn": verdict.is_own_entries_only}
    return Outcome(tuple(action for action, holds in actions.items() if holds) or ("read",), verdict.rule, ())


def _request(cell: Cell, step: StepUp, action: str) -> dict[str, Any]:
    return {
        "principal": _entity("Caller", _name(cell.role, cell.clearance, step.assurance)),
        "action": _entity("Action", action),
        "resource": _entity("RecordClass", cell.record_class.value),
        "context": _context(cell.purpose, cell.reason, step.case_number is not None, step.attention is not None),
    }


@cache
def _context(purpose: Purpose, reason: Reason, has_case_number: bool, names_supervisor: bool) -> str:
    return json.dumps(
        {
            "purpose": {"__entity": _entity("Purpose", purpose.value)},
            "reason": {"__entity": _entity("Reason", reason.value)},
            "hasCaseNumber": has_case_number,
            "namesSupervisor": names_supervisor,
            "today": _day(TODAY),
        }
    )


def _callers() -> Iterator[dict[str, Any]]:
    for role, clearance, assurance in product(Role, CLEARANCES, Assurance):
        days = {name: _day(day) for name, of in DAYS.items() if (day := of(clearance))}
        yield {
            "uid": _entity("Caller", _name(role, clearance, assurance)),
            "attrs": {"assurance": assurance.value, **days},
            "parents": [_entity("Role", role.value)],
        }


def _name(role: Role, clearance: Clearance, assurance: Assurance) -> str:
    return f"{role.value} {CLEARANCES.index(clearance)} {assurance.value}"


def _entity(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": name}


def _day(day: date) -> dict[str, Any]:
    return {"__extn": {"fn": "datetime", "arg": day.isoformat()}}


def _named(annotations: dict[str, str]) -> dict[str, str]:
    return {"name": annotations["rule"], "citation": annotations["citation"]}


CALLERS = cedarpy.Entities.from_json_str(json.dumps(list(_callers())), SCHEMA)
