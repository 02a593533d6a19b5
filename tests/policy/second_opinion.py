"""Decisions of Cedar's engine with the exported policies, compared with ours.

Both get the same raw facts: for example the day on which a certification ends, not whether it has ended.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import cedarpy

from policy.caller import Assurance
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
CERTIFIED_UNTIL = (TODAY, date(2026, 3, 1))
CASE_NUMBERS = (None, "26-0417")
ACTIONS = ("read", "readMasked", "readOwn")
ENUMS: tuple[type[DescribedEnum], ...] = (Role, RecordClass, Purpose, Reason)

SCHEMA = "".join(
    f"entity {each.__name__} enum [{', '.join(json.dumps(member.value) for member in each)}];\n" for each in ENUMS
) + (
    "entity Caller in [Role] { assurance: String, certifiedUntil: datetime };\n"
    f"action {', '.join(ACTIONS)} appliesTo {{ principal: [Caller], resource: [RecordClass],\n"
    "  context: { purpose: Purpose, reason: Reason, hasCaseNumber: Bool, today: datetime } };\n"
)


class Cell(NamedTuple):
    """One combination of inputs, without the two that a step-up needs."""

    role: Role
    purpose: Purpose
    reason: Reason
    record_class: RecordClass
    certified_until: date


class StepUp(NamedTuple):
    """The two inputs that a step-up needs."""

    case_number: str | None
    assurance: Assurance


CELLS = [Cell(*each) for each in product(Role, Purpose, Reason, RecordClass, CERTIFIED_UNTIL)]
STEPS = [StepUp(*each) for each in product(CASE_NUMBERS, Assurance)]

# The needs that could turn a denial into a grant, fewest first, and the step after each.
NEEDS: dict[tuple[Need, ...], Callable[[StepUp], StepUp]] = {
    (Need.CASE_NUMBER,): lambda step: step._replace(case_number=CASE_NUMBERS[1]),
    (Need.AAL2,): lambda step: step._replace(assurance=Assurance.AAL2),
    (Need.CASE_NUMBER, Need.AAL2): lambda _: StepUp(CASE_NUMBERS[1], Assurance.AAL2),
}


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
        requests = [_request(cell, step, action) for cell in cells for step in STEPS for action in ACTIONS]
        results = iter(cedarpy.is_authorized_batch(requests, self._policies, CALLERS))
        for cell in cells:
            decided = {step: [next(results) for _ in ACTIONS] for step in STEPS}
            allowed = {step: any(each.allowed for each in three) for step, three in decided.items()}
            yield cell, {step: self._outcome(cell, step, decided[step], allowed) for step in STEPS}

    def _outcome(
        self, cell: Cell, step: StepUp, results: list[cedarpy.AuthzResult], allowed: dict[StepUp, bool]
    ) -> Outcome:
        actions = tuple(action for action, result in zip(ACTIONS, results, strict=True) if result.allowed)
        # Prohibitions apply to all actions; a permission applies to one.
        result = next((each for each in results if each.allowed), results[0])
        reasons = sorted(result.diagnostics.reasons, key=lambda name: int(name.removeprefix("policy")))
        rule = self._rules[reasons[0]] if reasons else self._rows.get(cell.record_class.value)
        needs = () if actions else next((need for need, helped in NEEDS.items() if allowed[helped(step)]), ())
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
    caller = make_caller(role=cell.role, certified_until=cell.certified_until, assurance=step.assurance)
    inquiry = Inquiry(cell.purpose, cell.reason, step.case_number, attention=None)
    verdict = decide(policy, caller, inquiry, [cell.record_class], today=TODAY)[cell.record_class]
    if isinstance(verdict, Denied):
        return Outcome((), verdict.rule, verdict.needs)
    actions = {"readMasked": verdict.is_masked, "readOwn": verdict.is_own_entries_only}
    return Outcome(tuple(action for action, holds in actions.items() if holds) or ("read",), verdict.rule, ())


def _request(cell: Cell, step: StepUp, action: str) -> dict[str, Any]:
    return {
        "principal": _entity("Caller", _name(cell.role, cell.certified_until, step.assurance)),
        "action": _entity("Action", action),
        "resource": _entity("RecordClass", cell.record_class.value),
        "context": _context(cell.purpose, cell.reason, step.case_number is not None),
    }


@cache
def _context(purpose: Purpose, reason: Reason, has_case_number: bool) -> str:
    return json.dumps(
        {
            "purpose": {"__entity": _entity("Purpose", purpose.value)},
            "reason": {"__entity": _entity("Reason", reason.value)},
            "hasCaseNumber": has_case_number,
            "today": _day(TODAY),
        }
    )


def _callers() -> Iterator[dict[str, Any]]:
    for role, until, assurance in product(Role, CERTIFIED_UNTIL, Assurance):
        yield {
            "uid": _entity("Caller", _name(role, until, assurance)),
            "attrs": {"assurance": assurance.value, "certifiedUntil": _day(until)},
            "parents": [_entity("Role", role.value)],
        }


def _name(role: Role, until: date, assurance: Assurance) -> str:
    return f"{role.value} {until} {assurance.value}"


def _entity(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": name}


def _day(day: date) -> dict[str, Any]:
    return {"__extn": {"fn": "datetime", "arg": day.isoformat()}}


def _named(annotations: dict[str, str]) -> dict[str, str]:
    return {"name": annotations["rule"], "citation": annotations["citation"]}


CALLERS = cedarpy.Entities.from_json_str(json.dumps(list(_callers())), SCHEMA)
