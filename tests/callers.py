"""Callers of tests that need no token."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from policy.caller import Assurance, Caller
from policy.roles import Role

CALLER = Caller(
    user="u-4417",
    name="Ana Lee",
    surname="LEE",
    ori="CA9190000",
    role=Role.PATROL,
    sworn=True,
    certified_until=date(2027, 1, 1),
    assurance=Assurance.AAL2,
    token_id="t-1",
)


def make_caller(**fields: Any) -> Caller:
    """`CALLER` with some fields replaced."""
    return replace(CALLER, **fields)
