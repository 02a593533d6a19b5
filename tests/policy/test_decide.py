"""`decide()`: verdicts, scope and exclusions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest

from policy.caller import Assurance
from policy.decide import cached_decision
from policy.effects import Effect
from policy.grants import Denied, Grant, Need
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.related_subjects import RelatedSubjects
from policy.roles import Role
from policy.rules import DEFAULT_DENY
from policy.table import Policy
from policy.verdicts import Verdicts
from tests.policy.conftest import VerdictsFor


def test_an_empty_matrix_denies_every_class_to_every_role(verdicts_for: VerdictsFor) -> None:
    for role in Role:
        verdicts = verdicts_for(role, by=Policy(cells=()))

        assert len(verdicts) == 34
        assert all(isinstance(verdict, Denied) for verdict in verdicts.values())


def test_a_missing_cell_denies_by_default_and_affects_no_other(verdicts_for: VerdictsFor, policy: Policy) -> None:
    gap = (RecordClass.WANTS, Role.PATROL)
    holed = Policy(cells=tuple(cell for cell in policy.cells if (cell.record_class, cell.role) != gap))

    verdicts = verdicts_for(Role.PATROL, by=holed)

    assert verdicts[RecordClass.WANTS] == Denied(RecordClass.WANTS, DEFAULT_DENY)
    assert isinstance(verdicts[RecordClass.IDENTITY], Grant)


@pytest.mark.parametrize(
    "role", ["patrol", "PATROL", "Patrol", ["patrol"], ["patrol", "records"], None, object], ids=repr
)
def test_an_unknown_role_is_denied_every_class(verdicts_for: VerdictsFor, role: Any) -> None:
    verdicts = verdicts_for(cast(Role, role))

    assert {verdict.rule.name for verdict in verdicts.values()} == {"default-deny"}
    assert not verdicts.scope.sees_related
    assert not verdicts.scope.sees_supervision


@pytest.mark.parametrize(
    "claim", ["Patrol", "PATROL", " patrol", "patrol,records", "", None, ["patrol"], {"patrol"}], ids=repr
)
def test_a_role_is_matched_exactly(claim: Any) -> None:
    with pytest.raises(ValueError, match="is not a valid Role"):
        Role(claim)


@pytest.mark.parametrize("purpose", ["C", "", None, ["C"]], ids=repr)
def test_an_unknown_purpose_is_denied_every_class(verdicts_for: VerdictsFor, purpose: Any) -> None:
    assert {verdict.rule.name for verdict in verdicts_for(purpose=cast(Purpose, purpose)).values()} == {"default-deny"}


@pytest.mark.parametrize("reason", ["INVESTIGATION", "", None, ["INVESTIGATION"]], ids=repr)
def test_an_unknown_reason_is_denied_every_class(verdicts_for: VerdictsFor, reason: Any) -> None:
    assert {verdict.rule.name for verdict in verdicts_for(reason=cast(Reason, reason)).values()} == {"default-deny"}


def test_an_unknown_record_class_is_denied(verdicts_for: VerdictsFor) -> None:
    unknown = cast(RecordClass, "IDENTITY")

    assert verdicts_for(classes=[unknown])[unknown] == Denied(unknown, DEFAULT_DENY)


def test_an_unknown_assurance_level_counts_as_the_lower_one(verdicts_for: VerdictsFor) -> None:
    verdict = verdicts_for(classes=[RecordClass.SEALED], assurance=cast(Assurance, "aal2"))[RecordClass.SEALED]

    assert verdict.needs == (Need.AAL2,)


def test_only_requested_classes_have_a_verdict(verdicts_for: VerdictsFor) -> None:
    verdicts = verdicts_for(classes=[RecordClass.WANTS, RecordClass.IDENTITY, RecordClass.WANTS])

    assert list(verdicts) == [RecordClass.WANTS, RecordClass.IDENTITY]
    with pytest.raises(KeyError):
        verdicts[RecordClass.SSN]


def test_a_certification_is_valid_through_its_last_day(verdicts_for: VerdictsFor) -> None:
    last_day = verdicts_for(classes=[RecordClass.IDENTITY], certified_until=date(2026, 3, 2))
    day_after = verdicts_for(classes=[RecordClass.IDENTITY], certified_until=date(2026, 3, 1))

    assert isinstance(last_day[RecordClass.IDENTITY], Grant)
    assert day_after[RecordClass.IDENTITY].rule.name == "certification"


@pytest.mark.parametrize(
    ("overrides", "rule"),
    [
        ({}, "certification"),
        ({"certified_until": date(2027, 1, 1)}, "purpose-refused"),
        ({"certified_until": date(2027, 1, 1), "purpose": Purpose.R}, "purpose-federal-only"),
        ({"certified_until": date(2027, 1, 1), "purpose": Purpose.J}, "purpose-not-open"),
        ({"certified_until": date(2027, 1, 1), "purpose": Purpose.C}, "concealed-carry"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_first_general_rule_that_denies_is_reported(verdicts_for: VerdictsFor, overrides: Any, rule: str) -> None:
    everything_wrong = {
        "purpose": Purpose.H,
        "reason": Reason.CCW_PERMIT,
        "certified_until": date(2020, 1, 1),
    }

    verdicts = verdicts_for(Role.PATROL, **(everything_wrong | overrides))

    assert {verdict.rule.name for verdict in verdicts.values()} == {rule}


def test_a_reason_refused_for_a_class_comes_before_its_cell(verdicts_for: VerdictsFor) -> None:
    verdicts = verdicts_for(Role.PATROL, reason=Reason.IMMIGRATION_ENFORCEMENT)

    assert verdicts[RecordClass.PROHIBITION_BASIS].rule.citation == "AB 1747; SB 54"
    assert verdicts[RecordClass.JUVENILE].rule.citation == "WIC 827"


def test_a_general_denial_offers_no_step_up(verdicts_for: VerdictsFor) -> None:
    verdicts = verdicts_for(Role.PATROL, reason=Reason.CCW_PERMIT, case_number=None, assurance=Assurance.AAL1)

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
def test_a_step_up_denial_lists_exactly_what_is_missing(
    verdicts_for: VerdictsFor, case_number: Any, assurance: Assurance, needs: tuple[Need, ...]
) -> None:
    verdicts = verdicts_for(Role.PATROL, case_number=case_number, assurance=assurance)

    assert verdicts[RecordClass.CONVICTION].needs == needs
    assert verdicts[RecordClass.JUVENILE].needs == ()
    assert verdicts.scope.sees_related


def test_a_case_number_does_not_lift_a_mask(verdicts_for: VerdictsFor) -> None:
    before = verdicts_for(Role.PATROL, [RecordClass.SSN], case_number=None)
    after = verdicts_for(Role.PATROL, [RecordClass.SSN])

    assert before[RecordClass.SSN].is_masked
    assert after[RecordClass.SSN].is_masked


def test_an_officer_may_read_own_journal_entries_and_an_auditor_all(verdicts_for: VerdictsFor) -> None:
    own, all_ = verdicts_for(Role.PATROL)[RecordClass.AUDIT_TRAIL], verdicts_for(Role.AUDITOR)[RecordClass.AUDIT_TRAIL]

    assert (own.is_own_entries_only, own.scope.user) == (True, "u-4417")
    assert not all_.is_own_entries_only


def test_the_auditor_reads_no_record_about_the_public(verdicts_for: VerdictsFor) -> None:
    granted = [each for each, verdict in verdicts_for(Role.AUDITOR).items() if isinstance(verdict, Grant)]

    assert granted == [RecordClass.MISUSE_CASE, RecordClass.AUTHORIZATION, RecordClass.AUDIT_TRAIL]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OUTSIDER])
def test_a_role_without_any_access_has_no_purpose_open_to_it(verdicts_for: VerdictsFor, role: Any) -> None:
    verdicts = verdicts_for(role)

    assert {verdict.rule.name for verdict in verdicts.values()} == {"purpose-not-open"}


def test_the_scope_identifies_the_caller_s_own_records(verdicts_for: VerdictsFor) -> None:
    scope = verdicts_for().scope

    assert (scope.user, scope.surname, scope.ori) == ("u-4417", "LEE", "CA9190000")


def test_the_scope_does_not_depend_on_the_requested_classes(verdicts_for: VerdictsFor) -> None:
    assert verdicts_for(classes=[]).scope == verdicts_for(classes=[RecordClass.WANTS]).scope == verdicts_for().scope


def test_a_mask_does_not_show_confidential_addresses(verdicts_for: VerdictsFor) -> None:
    assert verdicts_for(Role.INVESTIGATOR).scope.sees_confidential
    assert not verdicts_for(Role.RECORDS).scope.sees_confidential


def test_every_grant_of_a_decision_carries_its_scope(verdicts_for: VerdictsFor) -> None:
    verdicts = verdicts_for()

    assert all(verdict.scope is verdicts.scope for verdict in verdicts.values() if isinstance(verdict, Grant))


def excluded(verdicts: Verdicts) -> list[tuple[str, str, int]]:
    return [(each.record_class.value, each.rule.name, len(each.needs)) for each in verdicts.exclusions]


def test_exclusions_are_reported_with_their_needs(verdicts_for: VerdictsFor) -> None:
    assert excluded(verdicts_for(Role.PATROL, case_number=None, assurance=Assurance.AAL1)) == [
        ("ARREST_ONLY", "criminal-history", 2),
        ("SEALED", "sealed-arrest", 2),
        ("JUVENILE", "juvenile-file", 0),
        ("MISSING_HISTORY", "missing-history", 0),
        ("IDENTITY", "own-record", 0),
    ]


@pytest.mark.parametrize("case_number", [None, "26-0417"])
@pytest.mark.parametrize("assurance", Assurance)
def test_a_policy_may_withhold_related_subjects_until_step_up(
    verdicts_for: VerdictsFor, policy: Policy, case_number: str | None, assurance: Assurance
) -> None:
    """Nothing else of the decision differs from that of a policy which only flags them."""
    asked: dict[str, Any] = {"case_number": case_number, "assurance": assurance}
    flagging = verdicts_for(Role.PATROL, **asked)
    withholding = verdicts_for(Role.PATROL, by=replace(policy, related_subjects=RelatedSubjects.STEP_UP), **asked)
    needs = (*((Need.CASE_NUMBER,) * (case_number is None)), *((Need.AAL2,) * (assurance is Assurance.AAL1)))

    assert (flagging.scope.sees_related, flagging.scope.related_needs) == (True, ())
    assert (withholding.scope.sees_related, withholding.scope.related_needs) == (not needs, needs)
    assert withholding.exclusions == flagging.exclusions
    assert [(each, outcome(withholding[each])) for each in RecordClass] == [
        (each, outcome(flagging[each])) for each in RecordClass
    ]


def outcome(verdict: Grant | Denied) -> tuple[object, ...]:
    if isinstance(verdict, Denied):
        return (verdict,)
    return verdict.record_class, verdict.is_masked, verdict.is_own_entries_only, verdict.rule


def test_own_records_are_excluded_even_for_the_most_permitted_role(verdicts_for: VerdictsFor) -> None:
    assert excluded(verdicts_for(Role.COURT)) == [
        ("MISSING_HISTORY", "missing-history", 0),
        ("IDENTITY", "own-record", 0),
    ]


def test_confidential_addresses_are_excluded_without_a_case(verdicts_for: VerdictsFor) -> None:
    assert ("CONFIDENTIAL_ADDRESS", "confidential-address", 1) in excluded(verdicts_for(case_number=None))
    assert ("CONFIDENTIAL_ADDRESS", "confidential-address", 1) not in excluded(verdicts_for())


def test_there_are_no_exclusions_when_everything_is_denied(verdicts_for: VerdictsFor) -> None:
    assert verdicts_for(reason=Reason.CCW_PERMIT).exclusions == ()
    assert verdicts_for(cast(Role, "patrol")).exclusions == ()


def test_exclusions_do_not_depend_on_the_requested_classes(verdicts_for: VerdictsFor) -> None:
    assert verdicts_for(Role.PATROL, classes=[]).exclusions == verdicts_for(Role.PATROL).exclusions


def test_callers_with_one_key_share_a_decision_but_no_scope(verdicts_for: VerdictsFor) -> None:
    cached_decision.cache_clear()

    first, second = verdicts_for(), verdicts_for()

    assert cached_decision.cache_info().misses == 1
    assert first.scope is not second.scope


def test_two_policies_never_share_a_decision(verdicts_for: VerdictsFor, policy: Policy) -> None:
    closed = Policy(cells=tuple(replace(cell, effect=Effect.DENY) for cell in policy.cells))

    assert isinstance(verdicts_for(by=policy)[RecordClass.IDENTITY], Grant)
    assert isinstance(verdicts_for(by=closed)[RecordClass.IDENTITY], Denied)


def test_the_decision_cache_is_bounded(verdicts_for: VerdictsFor) -> None:
    cached_decision.cache_clear()
    for role in Role:
        for purpose in Purpose:
            for reason in Reason:
                verdicts_for(role, classes=[], purpose=purpose, reason=reason)

    cache = cached_decision.cache_info()
    assert cache.misses == 11 * 11 * 14
    assert cache.currsize == cache.maxsize == 1024


def test_verdicts_carry_the_version_of_their_matrix(verdicts_for: VerdictsFor, policy: Policy) -> None:
    assert verdicts_for().version == policy.version


def test_only_six_purposes_are_offered(verdicts_for: VerdictsFor) -> None:
    rules = {purpose: verdicts_for(purpose=purpose)[RecordClass.IDENTITY].rule.name for purpose in Purpose}
    offered = [purpose.value for purpose, rule in rules.items() if rule in {"right-to-know", "purpose-not-open"}]

    assert offered == ["C", "J", "D", "F", "X", "A"]
