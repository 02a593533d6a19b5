"""The matrix for people: what each role may know, as data that a command can print or pass on.

Knows nothing of terminals.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from policy.checks import refusal_of_all
from policy.effects import Effect
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.rules import Rule
from policy.table import Cell, Policy


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One record class, with a cell for each role in the order of `Role`; `rule` is the matrix's own."""

    record_class: RecordClass
    cells: tuple[Cell, ...]
    rule: Rule


def report(policy: Policy, role: Role | None = None, purpose: Purpose | None = None) -> list[MatrixRow]:
    """The matrix: all of it or one role's column, as it is written or as it stands for one purpose.

    For a purpose, the caller is taken to be certified and the reason to be one that nobody refuses.
    """
    roles = list(Role) if role is None else [role]
    refusals = {each: _refusal(policy, each, purpose) for each in roles if purpose is not None}
    lines = []
    for record_class in RecordClass:
        cells = [cell for each in roles if (cell := policy.cell(record_class, each))]
        lines.append(
            MatrixRow(record_class, tuple(_under(refusals.get(cell.role), cell) for cell in cells), cells[0].rule)
        )
    return lines


def to_json(policy: Policy, lines: Iterable[MatrixRow]) -> str:
    """The same lines for a machine, with the version of the policy they come from."""
    return json.dumps(
        {
            "version": policy.version,
            "recordClasses": [
                {
                    "recordClass": line.record_class.value,
                    "meaning": line.record_class.meaning,
                    "rule": _rule(line.rule),
                    "roles": {
                        cell.role.value: {"effect": cell.effect.value, "rule": _rule(cell.rule)} for cell in line.cells
                    },
                }
                for line in lines
            ],
        },
        indent=2,
    )


def to_text(policy: Policy) -> str:
    """The same table in the form that `Policy.load` reads, for keeping it longer than its file stands."""
    rows = [
        [line.record_class.value, *(cell.effect.value for cell in line.cells), line.rule.name, line.rule.citation]
        for line in report(policy)
    ]
    heading = ["record_class", *(role.value for role in Role), "rule", "citation"]
    return "".join(f"{'  '.join(row)}\n" for row in [heading, *rows])


def _refusal(policy: Policy, role: Role, purpose: Purpose) -> Rule | None:
    return refusal_of_all(role, policy.lets_in(role), purpose, Reason.INVESTIGATION, is_certified=True)


def _under(refusal: Rule | None, cell: Cell) -> Cell:
    return replace(cell, effect=Effect.DENY, rule=refusal) if refusal else cell


def _rule(rule: Rule) -> dict[str, str]:
    return {"name": rule.name, "citation": rule.citation}
