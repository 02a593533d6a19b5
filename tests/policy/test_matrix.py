"""Every decision against a hand-written copy of the matrix and the rules.

The copy shares nothing with the code but the names of the enums.
"""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest

from policy.caller import Assurance
from policy.effects import Effect
from policy.grants import Denied, Verdict
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from tests.policy.conftest import VerdictsFor

ROLES = "patrol dispatcher investigator records supervision prosecutor court jail auditor admin outsider".split()

MATRIX = {
    "IDENTITY": ("A A A A A A A A D D D", "11 CCR 703"),
    "WANTS": ("A A A A A A A A D D D", "11 CCR 703"),
    "PROTECTIVE_ORDER": ("A A A A A A A A D D D", "Fam. C. 6380"),
    "PROTECTED_PARTY": ("S S S A D S A D D D D", "local policy"),
    "DMV_RECORD": ("A A A A A A A A D D D", "VC 1808"),
    "DMV_ADDRESS": ("A A A A A A A S D D D", "13 CCR 350.03"),
    "CONFIDENTIAL_ADDRESS": ("M M S M M M M M D D D", "VC 1808.4"),
    "CONVICTION": ("S S A A A A A A D D D", "PC 11105; DOM 47030.5"),
    "ARREST_ONLY": ("S D A A A A A S D D D", "PC 11105"),
    "SEALED": ("S D S A S A A D D D D", "PC 851.92"),
    "JUVENILE": ("D D S D S A A D D D D", "WIC 827"),
    "SUPERVISION": ("A A A A A A A A D D D", "local policy"),
    "SSN": ("M M S A M M M M D D D", "local policy"),
    "FIREARM_PROHIBITION": ("A A A A A A A A D D D", "18 USC 922"),
    "PROHIBITION_BASIS": ("D D S D D S A D D D D", "local policy"),
    "MISSING_PERSON": ("A A A A A S S A D D D", "PC 14201"),
    "MISSING_DETAIL": ("D D S A D S D D D D D", "PC 14201"),
    "MISSING_HISTORY": ("D D S A D D D D D D D", "PC 14201"),
    "PROPERTY": ("A A A A A A A A D D D", "PC 11108; VC 10500"),
    "FIREARM_STATUS": ("A A A A A A A A D D D", "PC 11108"),
    "FIREARM_OWNERSHIP": ("A A A A A S S D D D D", "PC 11106"),
    "VIOLENT_PERSON": ("A A A A A A A A D D D", "local policy"),
    "GANG": ("S D S S S S D S D D D", "PC 186.34; 11 CCR 757.2"),
    "ACCIDENT": ("A D A A D A S D D D D", "VC 20012"),
    "ACCIDENT_PARTY": ("S D A A D S S D D D D", "VC 20012; VC 16005"),
    "BIOMETRIC": ("S D A A A A S A D D D", "local policy"),
    "PRETRIAL": ("S S A A A A A A D D D", "PC 11075; PC 11105"),
    "REHABILITATION": ("D D D A A S A S D D D", "local policy"),
    "FOREIGN_ORDER": ("A A A A A S S A D D D", "Fam. C. 6404"),
    "MESSAGE": ("A A A A A A A A D D D", "local policy"),
    "HIT_CONFIRMATION": ("A A A A A A A A D D D", "local policy"),
    "MISUSE_CASE": ("D D D D D D D D A D D", "local policy"),
    "AUTHORIZATION": ("D D D A D D D D A D D", "local policy"),
    "AUDIT_TRAIL": ("O O O O O O O O A D D", "11 CCR 707"),
}

OPEN_TO = {
    "C": "patrol dispatcher investigator records supervision prosecutor court jail auditor",
    "J": "records",
    "D": "court prosecutor",
    "F": "records investigator",
    "X": "records supervision",
    "A": "records",
}

HISTORY = {"CONVICTION", "ARREST_ONLY", "SEALED", "JUVENILE", "SUPERVISION"}

GENERAL_RULES = {
    "background-check",
    "training",
    "certification",
    "purpose-refused",
    "purpose-federal-only",
    "purpose-not-open",
    "concealed-carry",
    "immigration",
    "gang-use",
}

Outcome = tuple[str, str, list[str]]  # released, masked, own or denied; the rule; the needs

CERTIFIED, EXPIRED = date(2026, 3, 2), date(2026, 3, 1)  # today is 2 March


def letter(record_class: str, role: str) -> str:
    return MATRIX[record_class][0].split()[ROLES.index(role)]


def refusal(role: str, purpose: str, reason: str, certified: bool) -> str | None:
    """The general rule that denies, or None."""
    if not certified:
        return "certification"
    if purpose == "R":
        return "purpose-federal-only"
    if purpose in "HISV":
        return "purpose-refused"
    if role not in OPEN_TO[purpose].split():
        return "purpose-not-open"
    return "concealed-carry" if reason == "CCW_PERMIT" else None


def expected(record_class: str, role: str, purpose: str, reason: str, needs: list[str]) -> Outcome:
    """The outcome if no general rule denies."""
    if reason == "IMMIGRATION_ENFORCEMENT" and record_class not in HISTORY:
        return "denied", "immigration", []
    if record_class == "GANG" and (purpose == "J" or reason == "EMPLOYMENT_BACKGROUND"):
        return "denied", "gang-use", []
    citation = MATRIX[record_class][1]
    match letter(record_class, role):
        case "S" if needs:
            return "denied", citation, needs
        case "S" | "A":
            return "released", citation, []
        case "M":
            return "masked", citation, []
        case "O":
            return "own", citation, []
        case _:
            return "denied", citation, []


def outcome(verdict: Verdict) -> Outcome:
    if isinstance(verdict, Denied):
        rule = verdict.rule.name if verdict.rule.name in GENERAL_RULES else verdict.rule.citation
        return "denied", rule, [need.value for need in verdict.needs]
    how = "masked" if verdict.is_masked else "own" if verdict.is_own_entries_only else "released"
    return how, verdict.rule.citation, []


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_every_verdict_equals_that_of_the_hand_written_copy(verdicts_for: VerdictsFor, role: Any) -> None:
    compared = 0
    for purpose, reason, assurance, certified_until, case_number in product(
        Purpose, Reason, Assurance, (CERTIFIED, EXPIRED), ("26-0417", None)
    ):
        verdicts = verdicts_for(
            role,
            purpose=purpose,
            reason=reason,
            assurance=assurance,
            certified_until=certified_until,
            case_number=case_number,
        )
        needs = ["CASE_NUMBER"] * (case_number is None) + ["AAL2"] * (assurance is Assurance.AAL1)
        refused = refusal(role.value, purpose.value, reason.value, certified_until is CERTIFIED)
        expected_outcomes = {
            name: ("denied", refused, []) if refused else expected(name, role.value, purpose.value, reason.value, needs)
            for name in MATRIX
        }

        assert {each.value: outcome(verdict) for each, verdict in verdicts.items()} == expected_outcomes
        scope, sees = verdicts.scope, {name for name, (how, *_) in expected_outcomes.items() if how == "released"}
        assert scope.sees_related == (not refused)
        assert scope.sees_live == (not refused and reason is not Reason.TRAINING)
        assert scope.related_needs == ()
        assert scope.sees_convictions == ("CONVICTION" in sees)
        assert scope.sees_arrests == ("ARREST_ONLY" in sees)
        assert scope.sees_supervision == ("SUPERVISION" in sees)
        assert scope.sees_sealed == ("SEALED" in sees)
        assert scope.sees_juvenile == ("JUVENILE" in sees)
        assert scope.sees_confidential == ("CONFIDENTIAL_ADDRESS" in sees)
        assert scope.sees_foreign_orders == ("FOREIGN_ORDER" in sees)
        assert scope.sees_missing_history == ("MISSING_HISTORY" in sees)
        assert scope.sees_arrest_biometrics == ("BIOMETRIC" in sees and purpose is not Purpose.J)
        compared += len(verdicts)

    # classes, purposes, reasons, assurance levels, certified or not, case number or not
    assert compared == 34 * 11 * 14 * 2 * 2 * 2 == 41_888


def test_the_hand_written_copy_is_complete() -> None:
    assert list(MATRIX) == [each.value for each in RecordClass]
    assert [each.value for each in Role] == ROLES
    assert "".join(each.value for each in Purpose) == "CJDFXAHISVR"
    assert len(Reason) == 14


def test_every_cell_of_the_matrix_equals_the_hand_written_copy(policy: Policy) -> None:
    letters = {(cell.record_class.value, cell.role.value): cell.effect.value for cell in policy.cells}

    assert len(policy.cells) == 34 * 11
    assert letters == {(name, role): letter(name, role) for name in MATRIX for role in ROLES}


def test_each_letter_occurs_as_often_as_in_the_published_matrix(policy: Policy) -> None:
    letters = [cell.effect for cell in policy.cells]

    assert {effect.value: letters.count(effect) for effect in Effect} == {"A": 158, "M": 13, "S": 43, "D": 152, "O": 8}
