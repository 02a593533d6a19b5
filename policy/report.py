"""The matrix as rows, JSON or text, for the `policy` command and the archive."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from policy.checks import class_refusal, general_refusal
from policy.effects import Effect
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.rules import Rule
from policy.table import RELATED_SUBJECTS, Cell, Policy


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One record class, with a cell for each role in the order of `Role`. `rule` is that of the matrix."""

    record_class: RecordClass
    cells: tuple[Cell, ...]
    rule: Rule


def matrix_rows(policy: Policy, role: Role | None = None, purpose: Purpose | None = None) -> list[MatrixRow]:
    """The rows of the matrix, for all roles or one; with a purpose, after the general rules.

    With a purpose, the caller is assumed to be cleared and certified, and the reason to be INVESTIGATION.
    """
    rows = []
    for record_class in RecordClass:
        cells = [cell for each in Role if role in {None, each} and (cell := policy.cell(record_class, each))]
        shown = tuple(cell if purpose is None else _after_general_rules(policy, cell, purpose) for cell in cells)
        rows.append(MatrixRow(record_class, shown, cells[0].rule))
    return rows


def _after_general_rules(policy: Policy, cell: Cell, purpose: Purpose) -> Cell:
    has_any_access, reason = policy.has_any_access(cell.role), Reason.INVESTIGATION
    rule = general_refusal(cell.role, has_any_access, purpose, reason, clearance_refusal=None)
    rule = rule or class_refusal(cell.record_class, purpose, reason)
    return replace(cell, effect=Effect.DENY, rule=rule) if rule else cell


def to_json(policy: Policy, rows: Iterable[MatrixRow]) -> str:
    """The rows as JSON, with the version of the policy."""
    return json.dumps(
        {
            "version": policy.version,
            "relatedSubjects": policy.related_subjects.value,
            "recordClasses": [
                {
                    "recordClass": row.record_class.value,
                    "meaning": row.record_class.meaning,
                    "rule": asdict(row.rule),
                    "roles": {
                        cell.role.value: {"effect": cell.effect.value, "rule": asdict(cell.rule)} for cell in row.cells
                    },
                }
                for row in rows
            ],
        },
        indent=2,
    )


def to_text(policy: Policy) -> str:
    """The whole matrix in the format that `Policy.load` reads."""
    rows = [
        [line.record_class.value, *(cell.effect.value for cell in line.cells), line.rule.name, line.rule.citation]
        for line in matrix_rows(policy)
    ]
    heading = ["record_class", *(role.value for role in Role), "rule", "citation"]
    table = "".join(f"{'  '.join(row)}\n" for row in [heading, *rows])
    return f"{RELATED_SUBJECTS} {policy.related_subjects.value}\n{table}"
