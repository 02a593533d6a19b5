"""Clearance: how the days of a token combine, and the supervisor that a caller who is not trained must name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from policy.caller import Assurance
from policy.clearance import Access, Clearance
from policy.grants import Denied, Grant, Need
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from tests.policy.conftest import VerdictsFor

TODAY = date(2026, 3, 2)  # as in conftest.py
YESTERDAY, TOMORROW = date(2026, 3, 1), date(2026, 3, 3)
CHECKED = Clearance(cleared_on=date(2020, 1, 1), fingerprinted_on=date(2020, 1, 2))
TRAINEE = replace(CHECKED, employed_on=date(2026, 1, 5))
SUPERVISOR = "Fox 31; supervisor: Sgt Lee 4417"


@pytest.mark.parametrize(
    ("clearance", "access", "rule"),
    [
        (Clearance(certified_until=TODAY), "FULL", None),
        (Clearance(certified_until=YESTERDAY), "NONE", "certification"),
        (Clearance(), "NONE", "training"),
        (CHECKED, "NONE", "training"),
        (replace(CHECKED, certified_until=TODAY), "FULL", None),
        (replace(CHECKED, certified_until=YESTERDAY, trained_on=TODAY), "NONE", "certification"),
        (replace(CHECKED, certified_until=TODAY, trained_on=date(2019, 1, 1)), "FULL", None),
        (replace(CHECKED, trained_on=date(2024, 3, 2)), "FULL", None),
        (replace(CHECKED, trained_on=date(2024, 3, 1)), "NONE", "certification"),
        (replace(CHECKED, trained_on=date(2018, 3, 1), recertified_on=date(2024, 3, 2)), "FULL", None),
        (replace(CHECKED, trained_on=date(2018, 3, 1), recertified_on=date(2024, 3, 1)), "NONE", "certification"),
        (replace(CHECKED, recertified_on=date(2024, 3, 2)), "FULL", None),
        (replace(CHECKED, employed_on=date(2025, 9, 3)), "SUPERVISED", "training"),
        (replace(CHECKED, employed_on=date(2025, 9, 2)), "NONE", "training"),
        (replace(CHECKED, employed_on=TODAY, trained_on=TODAY), "FULL", None),
    ],
    ids=str,
)
def test_the_access_follows_from_the_days(clearance: Clearance, access: str, rule: str | None) -> None:
    found, limit = clearance.access(TODAY)

    assert (found, limit and limit.name) == (Access[access], rule)


@pytest.mark.parametrize("name", ["cleared_on", "fingerprinted_on"])
@pytest.mark.parametrize(
    "given", ["certified_until", "employed_on", "trained_on", "recertified_on", "cleared_on", "fingerprinted_on"]
)
def test_with_any_new_day_both_checks_are_required(name: str, given: str) -> None:
    clearance = replace(CHECKED, **{given: TODAY, name: None})
    access, rule = clearance.access(TODAY)

    assert (access, rule and rule.name) == (Access.NONE, "background-check")


@pytest.mark.parametrize(
    ("employed", "train_by"),
    [
        (date(2025, 8, 31), date(2026, 2, 28)),
        (date(2025, 9, 1), date(2026, 3, 1)),
        (date(2023, 8, 31), date(2024, 2, 29)),
        (date(2025, 7, 15), date(2026, 1, 15)),
    ],
)
def test_six_months_end_on_the_same_day_or_the_months_last(employed: date, train_by: date) -> None:
    assert replace(CHECKED, employed_on=employed).train_by == train_by


def test_a_training_on_29_february_certifies_until_28_february() -> None:
    assert Clearance(trained_on=date(2024, 2, 29)).recertify_by == date(2026, 2, 28)


@pytest.mark.parametrize("role", Role, ids=lambda each: each.value)
def test_without_a_background_check_nothing_is_granted_to_any_role(verdicts_for: VerdictsFor, role: Role) -> None:
    verdicts = verdicts_for(role, clearance=Clearance(certified_until=TODAY, trained_on=TODAY), attention=SUPERVISOR)

    assert verdicts.granted == {}
    assert {(each.rule.name, each.needs) for each in verdicts.denied.values()} == {("background-check", ())}


def test_a_new_employee_is_asked_for_a_supervisor_wherever_one_helps(verdicts_for: VerdictsFor) -> None:
    usual = verdicts_for(Role.PATROL, assurance=Assurance.AAL1)
    alone = verdicts_for(Role.PATROL, assurance=Assurance.AAL1, clearance=TRAINEE)
    supervised = verdicts_for(Role.PATROL, assurance=Assurance.AAL1, clearance=TRAINEE, attention=SUPERVISOR)

    assert {each: verdict.rule for each, verdict in supervised.items()} == {each: usual[each].rule for each in usual}
    assert supervised.granted.keys() == usual.granted.keys()
    assert alone.granted == {}
    assert alone.exclusions == ()
    for record_class, verdict in usual.items():
        held = alone[record_class]
        assert isinstance(held, Denied)
        assert held.rule.name == "training"
        if isinstance(verdict, Grant):
            assert held.needs == (Need.SUPERVISOR,)
        else:
            assert held.needs == ((*verdict.needs, Need.SUPERVISOR) if verdict.needs else ())
    assert alone[RecordClass.CONVICTION].needs == (Need.AAL2, Need.SUPERVISOR)
    assert alone[RecordClass.JUVENILE].needs == ()


def test_a_supervisor_does_not_help_a_caller_without_access(verdicts_for: VerdictsFor) -> None:
    late = verdicts_for(clearance=replace(CHECKED, employed_on=date(2025, 9, 2)), attention=SUPERVISOR)

    assert {(each.rule.name, each.needs) for each in late.denied.values()} == {("training", ())}
    assert late.granted == {}


@pytest.mark.parametrize(
    ("attention", "is_named"),
    [
        (None, False),
        ("", False),
        ("Fox 31", False),
        ("supervisor", False),
        ("supervisor:", False),
        ("supervisor: 4417", False),
        ("supervisor: - ; Lee", False),
        ("supervisor: L. 4417", False),
        ("mysupervisor: Lee", False),
        ("supervisor Lee", False),
        ("supervisor: Lee", True),
        ("supervisor: Ng 4417", True),
        ("Fox 31; supervisor: Sgt Lee 4417; traffic stop", True),
        ("SUPERVISOR :Lee", True),
        ("supervisor\N{FULLWIDTH COLON}李小", True),
        ("supervisor: Đỗ", True),
    ],
)
def test_attention_names_a_supervisor_in_one_form(attention: str | None, is_named: bool) -> None:
    assert Inquiry(Purpose.C, Reason.TRAFFIC_STOP, None, attention).names_supervisor is is_named


@pytest.mark.parametrize(
    ("attention", "is_met"),
    [
        ("supervisor: Sergeant Ana Lee Parker", False),
        ("Fox; supervisor: Sergeant Ana Lee", False),
        ("Fox, traffic stop; supervisor: Sgt Lee", True),
        ("supervisor: Sgt Lee; fox, traffic stop", True),
    ],
)
def test_the_name_of_a_supervisor_does_not_meet_a_challenge(attention: str, is_met: bool) -> None:
    inquiry = Inquiry(Purpose.C, Reason.TRAFFIC_STOP, None, attention, is_challenged=True)

    assert inquiry.needs_fuller_attention is not is_met
