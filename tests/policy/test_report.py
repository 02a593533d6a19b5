"""The rows and the JSON of the matrix agree with decisions."""

from __future__ import annotations

import json

from policy.effects import Effect
from policy.purposes import Purpose
from policy.record_classes import RecordClass
from policy.report import matrix_rows, to_json
from policy.roles import Role
from policy.table import Policy
from tests.policy.conftest import VerdictsFor


def test_the_rows_hold_every_cell_of_the_matrix(policy: Policy) -> None:
    rows = matrix_rows(policy)

    assert [row.record_class for row in rows] == list(RecordClass)
    assert [cell for row in rows for cell in row.cells] == list(policy.cells)


def test_the_rows_for_one_role_hold_its_column(policy: Policy) -> None:
    rows = matrix_rows(policy, Role.AUDITOR)

    assert len(rows) == 34
    assert {cell.role for row in rows for cell in row.cells} == {Role.AUDITOR}
    assert [row.record_class for row in rows if row.cells[0].effect is not Effect.DENY] == [
        RecordClass.MISUSE_CASE,
        RecordClass.AUTHORIZATION,
        RecordClass.AUDIT_TRAIL,
    ]


def test_with_a_purpose_other_roles_are_denied_by_its_rule(policy: Policy) -> None:
    for row in matrix_rows(policy, purpose=Purpose.D):
        for cell in row.cells:
            if cell.role in {Role.COURT, Role.PROSECUTOR}:
                assert cell == policy.cell(row.record_class, cell.role)
            else:
                assert (cell.effect, cell.rule.name) == (Effect.DENY, "purpose-not-open")


def test_a_refused_purpose_denies_every_cell(policy: Policy) -> None:
    cells = [cell for row in matrix_rows(policy, purpose=Purpose.H) for cell in row.cells]

    assert len(cells) == 374
    assert {(cell.effect, cell.rule.name) for cell in cells} == {(Effect.DENY, "purpose-refused")}


def test_rows_and_decisions_agree_for_every_role_and_purpose(policy: Policy, verdicts_for: VerdictsFor) -> None:
    for role in Role:
        for purpose in Purpose:
            verdicts = verdicts_for(role, purpose=purpose)
            for row in matrix_rows(policy, role, purpose):
                assert row.cells[0].rule == verdicts[row.record_class].rule


def test_the_json_holds_the_rows_and_the_version(policy: Policy) -> None:
    read = json.loads(to_json(policy, matrix_rows(policy, Role.PATROL)))

    assert read["version"] == policy.version
    assert len(read["recordClasses"]) == 34
    assert read["recordClasses"][7] == {
        "recordClass": "CONVICTION",
        "meaning": "A conviction, its sentence, and custody.",
        "rule": {"name": "criminal-history", "citation": "PC 11105; DOM 47030.5"},
        "roles": {
            "patrol": {
                "effect": "S",
                "rule": {"name": "criminal-history", "citation": "PC 11105; DOM 47030.5"},
            }
        },
    }
