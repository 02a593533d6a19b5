"""Callers of tests that need no token."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from policy.caller import Assurance, Caller
from policy.clearance import Clearance
from policy.roles import Role

CALLER = Caller(
    user="u-4417",
    name="Ana Lee",
    surname="LEE",
    ori="CA9190000",
    role=Role.PATROL,
    sworn=True,
    clearance=Clearance(certified_until=date(2027, 1, 1)),
    assurance=Assurance.AAL2,
    token_id="t-1",
)


def make_caller(*, certified_until: date | None = None, **fields: Any) -> Caller:
    """`CALLER` with some fields replaced."""
    if certified_until:
        fields["clearance"] = Clearance(certified_until=certified_until)
    return replace(CALLER, **fields)
