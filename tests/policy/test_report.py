"""The matrix for people says what a decision would."""

from __future__ import annotations

import json

from policy.effects import Effect
from policy.purposes import Purpose
from policy.record_classes import RecordClass
from policy.report import report, to_json
from policy.roles import Role


def test_the_whole_report_is_the_whole_table(policy):
    lines = report(policy)

    assert [line.record_class for line in lines] == list(RecordClass)
    assert [cell for line in lines for cell in line.cells] == list(policy.cells)


def test_one_role_s_report_is_its_column(policy):
    lines = report(policy, Role.AUDITOR)

    assert len(lines) == 16
    assert {cell.role for line in lines for cell in line.cells} == {Role.AUDITOR}
    assert [line.record_class for line in lines if line.cells[0].effect is not Effect.DENY] == [RecordClass.AUDIT_TRAIL]


def test_for_a_purpose_every_role_that_may_not_use_it_is_denied_by_name(policy):
    for line in report(policy, purpose=Purpose.D):
        for cell in line.cells:
            if cell.role in {Role.COURT, Role.PROSECUTOR}:
                assert cell == policy.cell(line.record_class, cell.role)
            else:
                assert (cell.effect, cell.rule.name) == (Effect.DENY, "purpose-not-open")


def test_a_refused_purpose_is_denied_throughout(policy):
    cells = [cell for line in report(policy, purpose=Purpose.H) for cell in line.cells]

    assert len(cells) == 176
    assert {(cell.effect, cell.rule.name) for cell in cells} == {(Effect.DENY, "purpose-refused")}


def test_the_report_and_the_decision_agree_for_every_role_and_purpose(policy, ask):
    for role in Role:
        for purpose in Purpose:
            verdicts = ask(role, purpose=purpose)
            for line in report(policy, role, purpose):
                assert line.cells[0].rule == verdicts[line.record_class].rule


def test_a_machine_reads_the_same_lines_with_their_version(policy):
    read = json.loads(to_json(policy, report(policy, Role.PATROL)))

    assert read["version"] == policy.version
    assert len(read["recordClasses"]) == 16
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
