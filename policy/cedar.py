"""The matrix and the general rules as Cedar policies, for readers and for a second engine.

The general rules are written here a second time, from the same lists.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from textwrap import wrap

from policy.checks import OPEN_TO
from policy.described_enum import DescribedEnum
from policy.effects import Effect
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import CRIMINAL_HISTORY, RecordClass
from policy.roles import Role
from policy.rules import (
    BACKGROUND_CHECK,
    CERTIFICATION,
    CONCEALED_CARRY,
    GANG_USE,
    IMMIGRATION,
    PURPOSE_FEDERAL_ONLY,
    PURPOSE_NOT_OPEN,
    PURPOSE_REFUSED,
    TRAINING,
    Rule,
)
from policy.table import Policy

HEAD = """\
// The need-to-know matrix {version}, and the general rules.
//
//   principal  a Caller in a Role; it has assurance ("aal1" or "aal2"), and the days of the token's clearance:
//              clearedOn, fingerprintedOn, employedOn, trainedOn, recertifiedOn; certifiedUntil, the last day of the
//              certification, is that of the token or two years after the last training; trainBy is six months after
//              employment, if the caller is not trained
//   action     read, or readMasked, or readOwn; at most one of the three is allowed
//   resource   a RecordClass
//   context    purpose, reason, hasCaseNumber, namesSupervisor, and today
//
// The rule to report is that of the first policy that forbids; if none does, that of the record class.
"""

ACTIONS = {Effect.ALLOW: "read", Effect.STEP_UP: "read", Effect.MASK: "readMasked", Effect.OWN: "readOwn"}
STEP_UP = 'context.hasCaseNumber && principal.assurance == "aal2"'
CLEARANCE = "clearedOn", "fingerprintedOn", "employedOn", "trainedOn", "recertifiedOn"
WIDTH = 110


def to_cedar(policy: Policy) -> str:
    """Cedar policies: first the prohibitions, in order of evaluation, then one permission for each effect of a row.

    A cell that denies has no policy, since Cedar denies by default.
    """
    return "\n".join([HEAD.format(version=policy.version), *_prohibitions(policy), *_permissions(policy)])


def _prohibitions(policy: Policy) -> Iterator[str]:
    history = [record_class for record_class in RecordClass if record_class in CRIMINAL_HISTORY]
    open_to = {Purpose.C: [role for role in Role if policy.has_any_access(role)]}
    open_to |= {purpose: [role for role in Role if role in roles] for purpose, roles in OPEN_TO.items()}
    refused = [purpose for purpose in Purpose if purpose not in {*open_to, Purpose.R}]
    openings = [
        f"context.purpose == {_entity(purpose)} && principal in {_set(roles)}" for purpose, roles in open_to.items()
    ]
    immigration = f"context.reason == {_entity(Reason.IMMIGRATION_ENFORCEMENT)}"
    has = {name: f"principal has {name}" for name in CLEARANCE}
    checks = " && ".join((has["clearedOn"], has["fingerprintedOn"]))
    yield _forbid(BACKGROUND_CHECK, _clause("when", " || ".join(has.values())), _clause("unless", checks))
    supervised = "principal has trainBy && context.today < principal.trainBy && context.namesSupervisor"
    yield _forbid(TRAINING, _clause("unless", "principal has certifiedUntil"), _clause("unless", supervised))
    expired = "principal has certifiedUntil && principal.certifiedUntil < context.today"
    yield _forbid(CERTIFICATION, _clause("when", expired))
    yield _forbid(PURPOSE_REFUSED, _clause("when", f"{_set(refused)}.contains(context.purpose)"))
    yield _forbid(PURPOSE_FEDERAL_ONLY, _clause("when", f"context.purpose == {_entity(Purpose.R)}"))
    yield _forbid(PURPOSE_NOT_OPEN, *(_clause("unless", opening) for opening in openings))
    yield _forbid(CONCEALED_CARRY, _clause("when", f"context.reason == {_entity(Reason.CCW_PERMIT)}"))
    yield _forbid(IMMIGRATION, _clause("when", immigration), _clause("unless", f"{_set(history)}.contains(resource)"))
    employment = f"context.purpose == {_entity(Purpose.J)} || context.reason == {_entity(Reason.EMPLOYMENT_BACKGROUND)}"
    yield _forbid(GANG_USE, _clause("when", f"resource == {_entity(RecordClass.GANG)} && ({employment})"))


def _permissions(policy: Policy) -> Iterator[str]:
    for record_class in RecordClass:
        yield f"// {record_class.value}: {record_class.meaning}"
        cells = [cell for role in Role if (cell := policy.cell(record_class, role))]
        for effect, action in ACTIONS.items():
            if roles := [cell.role for cell in cells if cell.effect is effect]:
                step_up = [_clause("when", STEP_UP)] if effect is Effect.STEP_UP else []
                yield _policy(
                    cells[0].rule,
                    f'permit (principal, action == Action::"{action}", resource == {_entity(record_class)})',
                    _clause("when", f"principal in {_set(roles)}"),
                    *step_up,
                )


def _forbid(rule: Rule, *clauses: str) -> str:
    return _policy(rule, "forbid (principal, action, resource)", *clauses)


def _policy(rule: Rule, *lines: str) -> str:
    annotations = f"@rule({json.dumps(rule.name)})", f"@citation({json.dumps(rule.citation)})"
    return "\n".join([*annotations, *lines]) + ";\n"


def _clause(word: str, condition: str) -> str:
    """A clause, on one line if it fits."""
    lines = wrap(condition, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    return f"{word} {{ {condition} }}" if len(lines) == 1 else "\n".join([f"{word} {{", *lines, "}"])


def _set(members: Iterable[DescribedEnum]) -> str:
    return f"[{', '.join(map(_entity, members))}]"


def _entity(member: DescribedEnum) -> str:
    return f'{type(member).__name__}::"{member.value}"'
