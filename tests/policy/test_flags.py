"""Flags that are known before any record is read."""

from __future__ import annotations

import pytest

from policy.flags import Flag, flags_of
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.name)
@pytest.mark.parametrize("case", ["26-1", None, " - "])
def test_a_reason_with_a_case_is_flagged_without_a_case_number(reason: Reason, case: str | None) -> None:
    lacks = reason.name in {"INVESTIGATION", "WARRANT_SERVICE", "COURT_PROCEEDING"} and case != "26-1"

    assert flags_of(Inquiry(Purpose.C, reason, case, None)) == ({Flag.NO_CASE} if lacks else set())


def test_an_inquiry_that_names_a_supervisor_is_flagged() -> None:
    assert flags_of(Inquiry(Purpose.C, Reason.BOOKING, None, "supervisor: Lee")) == {Flag.SUPERVISED}
