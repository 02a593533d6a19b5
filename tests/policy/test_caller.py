"""The caller's fields, and the descriptions of the policy's enums."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policy.caller import Assurance
from policy.clearance import Access
from policy.effects import Effect
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from tests.callers import CALLER


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
        ("ori", "CA919000"),
        ("ori", "CA9190000\n"),
    ],
)
def test_a_caller_that_no_subject_rule_could_match_is_rejected(claim: Any, value: str) -> None:
    with pytest.raises(ValueError, match="a caller's"):
        replace(CALLER, **{claim: value})


@pytest.mark.parametrize(
    "listing", [RecordClass, Role, Purpose, Reason, Effect, Assurance, Access], ids=lambda each: each.__name__
)
def test_every_enum_member_is_described_in_one_sentence(listing: Any) -> None:
    for member in listing:
        assert member.meaning.endswith(".")
        assert member.meaning.count(". ") == 0
