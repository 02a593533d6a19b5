"""What a decision says, claim by claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

import pytest

from policy import decide as decision
from policy.caller import Assurance, Caller
from policy.effects import Effect
from policy.grants import Denied, Grant, Need
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Cell, Policy

NOBODY = Caller(
    user="u-1",
    name="Ana Lee",
    surname="LEE",
    ori="CA0190000",
    role=Role.PATROL,
    sworn=True,
    certified_until=date(2027, 1, 1),
    assurance=Assurance.AAL2,
    token_id="t-1",
)


def test_a_table_without_cells_denies_everything_to_everybody(ask):
    for role in Role:
        verdicts = ask(role, by=Policy(cells=()))

        assert len(verdicts) == 16
        assert all(isinstance(verdict, Denied) for verdict in verdicts.values())


def test_a_missing_cell_denies_by_default_and_leaves_its_neighbours_alone(ask, policy):
    gap = (RecordClass.WANTS, Role.PATROL)
    holed = Policy(cells=tuple(cell for cell in policy.cells if (cell.record_class, cell.role) != gap))

    verdicts = ask(Role.PATROL, by=holed)

    assert verdicts[RecordClass.WANTS] == Denied(RecordClass.WANTS, decision.DEFAULT_DENY)
    assert isinstance(verdicts[RecordClass.IDENTITY], Grant)


@pytest.mark.parametrize(
    "role", ["patrol", "PATROL", "Patrol", ["patrol"], ["patrol", "records"], None, object], ids=repr
)
def test_a_role_that_is_not_on_the_list_is_denied_everything(ask, role):
    verdicts = ask(cast(Role, role))

    assert {verdict.rule.name for verdict in verdicts.values()} == {"default-deny"}
    assert not verdicts.scope.is_stepped_up
    assert not verdicts.scope.sees_supervision


@pytest.mark.parametrize(
    "claim", ["Patrol", "PATROL", " patrol", "patrol,records", "", None, ["patrol"], {"patrol"}], ids=repr
)
def test_a_role_is_read_from_exactly_its_own_letters(claim):
    with pytest.raises(ValueError, match="is not a valid Role"):
        Role(claim)


@pytest.mark.parametrize("purpose", ["C", "", None, ["C"]], ids=repr)
def test_a_purpose_that_is_not_on_the_list_is_denied_everything(ask, purpose):
    assert {verdict.rule.name for verdict in ask(purpose=cast(Purpose, purpose)).values()} == {"default-deny"}


@pytest.mark.parametrize("reason", ["INVESTIGATION", "", None, ["INVESTIGATION"]], ids=repr)
def test_a_reason_that_is_not_on_the_list_is_denied_everything(ask, reason):
    assert {verdict.rule.name for verdict in ask(reason=cast(Reason, reason)).values()} == {"default-deny"}


def test_a_class_that_is_not_on_the_list_is_denied(ask):
    unknown = cast(RecordClass, "IDENTITY")

    assert ask(classes=[unknown])[unknown] == Denied(unknown, decision.DEFAULT_DENY)


def test_an_assurance_level_that_is_not_on_the_list_counts_as_the_lower_one(ask):
    verdict = ask(classes=[RecordClass.SEALED], assurance=cast(Assurance, "aal2"))[RecordClass.SEALED]

    assert verdict.needs == (Need.AAL2,)


def test_only_the_classes_asked_about_are_answered(ask):
    verdicts = ask(classes=[RecordClass.WANTS, RecordClass.IDENTITY, RecordClass.WANTS])

    assert list(verdicts) == [RecordClass.WANTS, RecordClass.IDENTITY]
    with pytest.raises(KeyError):
        verdicts[RecordClass.SSN]


def test_a_certification_holds_through_the_day_it_names(ask):
    last_day = ask(classes=[RecordClass.IDENTITY], certified_until=date(2026, 3, 2))
    day_after = ask(classes=[RecordClass.IDENTITY], certified_until=date(2026, 3, 1))

    assert isinstance(last_day[RecordClass.IDENTITY], Grant)
    assert day_after[RecordClass.IDENTITY].rule.name == "certification"


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({}, "certification"),
        ({"certified_until": date(2027, 1, 1)}, "purpose-refused"),
        ({"certified_until": date(2027, 1, 1), "purpose": Purpose.R}, "purpose-federal-only"),
        ({"certified_until": date(2027, 1, 1), "purpose": Purpose.J}, "purpose-not-open"),
        ({"certified_until": date(2027, 1, 1), "purpose": Purpose.C}, "concealed-carry"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_of_several_rules_that_deny_everything_the_first_is_named(ask, asked, rule):
    everything_wrong = {
        "purpose": Purpose.H,
        "reason": Reason.CCW_PERMIT,
        "certified_until": date(2020, 1, 1),
    }

    verdicts = ask(Role.PATROL, **(everything_wrong | asked))

    assert {verdict.rule.name for verdict in verdicts.values()} == {rule}


def test_a_reason_refused_for_one_class_is_named_before_its_cell(ask):
    verdicts = ask(Role.PATROL, reason=Reason.IMMIGRATION_ENFORCEMENT)

    assert verdicts[RecordClass.PROHIBITION_BASIS].rule.citation == "AB 1747; SB 54"
    assert verdicts[RecordClass.JUVENILE].rule.citation == "WIC 827"


def test_what_a_step_up_would_open_is_closed_without_hope_where_a_rule_denies_everything(ask):
    verdicts = ask(Role.PATROL, reason=Reason.CCW_PERMIT, case_number=None, assurance=Assurance.AAL1)

    assert {verdict.needs for verdict in verdicts.values()} == {()}


@pytest.mark.parametrize(
    ("case_number", "assurance", "needs"),
    [
        (None, Assurance.AAL1, (Need.CASE_NUMBER, Need.AAL2)),
        ("26-0417", Assurance.AAL1, (Need.AAL2,)),
        (None, Assurance.AAL2, (Need.CASE_NUMBER,)),
        ("", Assurance.AAL2, (Need.CASE_NUMBER,)),
        (" \t\n\u2003", Assurance.AAL2, (Need.CASE_NUMBER,)),
        (cast(str, 260417), Assurance.AAL2, (Need.CASE_NUMBER,)),
    ],
)
def test_a_denial_that_can_be_helped_names_exactly_what_is_missing(ask, case_number, assurance, needs):
    verdicts = ask(Role.PATROL, case_number=case_number, assurance=assurance)

    assert verdicts[RecordClass.CONVICTION].needs == needs
    assert verdicts[RecordClass.JUVENILE].needs == ()
    assert not verdicts.scope.is_stepped_up


def test_a_case_number_does_not_lift_a_mask(ask):
    before = ask(Role.PATROL, [RecordClass.SSN], case_number=None)
    after = ask(Role.PATROL, [RecordClass.SSN])

    assert before[RecordClass.SSN].is_masked
    assert after[RecordClass.SSN].is_masked


def test_an_officer_may_read_the_journal_of_their_own_questions_and_the_auditor_everybody_s(ask):
    own, all_ = ask(Role.PATROL)[RecordClass.AUDIT_TRAIL], ask(Role.AUDITOR)[RecordClass.AUDIT_TRAIL]

    assert (own.is_own_only, own.scope.user) == (True, "u-4417")
    assert not all_.is_own_only


def test_the_auditor_reads_the_journal_and_nothing_else(ask):
    granted = [each for each, verdict in ask(Role.AUDITOR).items() if isinstance(verdict, Grant)]

    assert granted == [RecordClass.AUDIT_TRAIL]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OUTSIDER])
def test_whoever_the_matrix_lets_in_nowhere_may_not_even_give_a_purpose(ask, role):
    verdicts = ask(role)

    assert {verdict.rule.name for verdict in verdicts.values()} == {"purpose-not-open"}


def test_the_scope_holds_whose_records_are_the_caller_s_own(ask):
    scope = ask().scope

    assert (scope.user, scope.surname, scope.ori) == ("u-4417", "LEE", "CA0190000")


def test_the_scope_is_the_same_whatever_was_asked_about(ask):
    assert ask(classes=[]).scope == ask(classes=[RecordClass.WANTS]).scope == ask().scope


def test_a_masked_address_is_not_a_confidential_one_seen(ask):
    assert ask(Role.INVESTIGATOR).scope.sees_confidential
    assert not ask(Role.RECORDS).scope.sees_confidential


def test_every_grant_of_a_decision_carries_its_scope(ask):
    verdicts = ask()

    assert all(verdict.scope is verdicts.scope for verdict in verdicts.values() if isinstance(verdict, Grant))


def excluded(verdicts):
    return [(each.record_class.value, each.rule.name, len(each.needs)) for each in verdicts.exclusions]


def test_what_the_statements_leave_out_is_said_with_what_would_help(ask):
    assert excluded(ask(Role.PATROL, case_number=None, assurance=Assurance.AAL1)) == [
        ("ARREST_ONLY", "criminal-history", 2),
        ("SEALED", "sealed-arrest", 2),
        ("JUVENILE", "juvenile-file", 0),
        ("IDENTITY", "own-record", 0),
        ("IDENTITY", "same-surname", 2),
        ("IDENTITY", "colleague", 2),
    ]


def test_nobody_reads_their_own_record_however_much_else_is_open(ask):
    assert excluded(ask(Role.COURT)) == [("IDENTITY", "own-record", 0)]


def test_an_investigator_without_a_case_is_told_that_confidential_addresses_are_left_out(ask):
    assert ("CONFIDENTIAL_ADDRESS", "confidential-address", 1) in excluded(ask(case_number=None))
    assert ("CONFIDENTIAL_ADDRESS", "confidential-address", 1) not in excluded(ask())


def test_nothing_is_left_out_where_nothing_is_read(ask):
    assert ask(reason=Reason.CCW_PERMIT).exclusions == ()
    assert ask(cast(Role, "patrol")).exclusions == ()


def test_what_is_left_out_does_not_depend_on_what_is_asked_about(ask):
    assert ask(Role.PATROL, classes=[]).exclusions == ask(Role.PATROL).exclusions


def test_two_callers_in_one_position_share_a_ruling_and_no_scope(ask):
    decision._ruling.cache_clear()

    first, second = ask(), ask()

    assert decision._ruling.cache_info().misses == 1
    assert first.scope is not second.scope


def test_two_policies_never_share_a_ruling(ask, policy):
    closed = Policy(cells=tuple(replace(cell, effect=Effect.DENY) for cell in policy.cells))

    assert isinstance(ask(by=policy)[RecordClass.IDENTITY], Grant)
    assert isinstance(ask(by=closed)[RecordClass.IDENTITY], Denied)


def test_the_rulings_that_are_kept_are_bounded(ask):
    decision._ruling.cache_clear()
    for role in Role:
        for purpose in Purpose:
            for reason in Reason:
                ask(role, classes=[], purpose=purpose, reason=reason)

    kept = decision._ruling.cache_info()
    assert kept.misses == 11 * 11 * 13
    assert kept.currsize == kept.maxsize == 1024


def test_a_verdict_carries_the_version_of_the_table_it_comes_from(ask, policy):
    assert ask().version == policy.version


def test_a_table_built_from_other_cells_has_another_version(policy):
    first, *rest = policy.cells
    changed = Policy(cells=(Cell(first.record_class, first.role, Effect.DENY, first.rule), *rest))

    assert changed.version != policy.version


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("user", ""),
        ("user", "  "),
        ("surname", ""),
        ("surname", "Lee"),
        ("surname", "O'BRIEN"),
        ("surname", "PEÑA"),
        ("surname", "LEE\n"),
        ("ori", "ca0190000"),
        ("ori", "CA019000"),
        ("ori", "CA0190000\n"),
    ],
)
def test_a_caller_whom_the_rules_about_subjects_could_not_recognise_is_refused(claim, value):
    with pytest.raises(ValueError, match="a caller's"):
        replace(NOBODY, **{claim: value})


@pytest.mark.parametrize(
    "listing", [RecordClass, Role, Purpose, Reason, Effect, Assurance], ids=lambda each: each.__name__
)
def test_every_member_of_every_list_says_what_it_means_in_one_sentence(listing):
    for member in listing:
        assert member.meaning.endswith(".")
        assert member.meaning.count(". ") == 0


def test_only_the_purposes_offered_here_are_open_to_anybody():
    assert "".join(purpose.value for purpose in Purpose if purpose.is_offered) == "CJDFXA"
