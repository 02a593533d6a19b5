"""Fixtures: a grant as the policy gives it, and plain SQL over any source file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policy.decide import decide
from policy.grants import Grant
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from tests.callers import make_caller

MakeGrant = Callable[..., Grant]
Rows = list[tuple[Any, ...]]
SelectRows = Callable[..., Rows]


@pytest.fixture(scope="session")
def grant() -> MakeGrant:
    """The grant of a stepped-up investigator for one class. Keywords replace `is_masked` or fields of its scope."""
    caller = make_caller(user="u-1", surname="NOBODY", ori="CA0000000", role=Role.INVESTIGATOR)
    inquiry = Inquiry(Purpose.C, Reason.INVESTIGATION, "26-0417", None)
    verdicts = decide(Policy.load(), caller, inquiry, RecordClass, today=date(2026, 3, 2))

    def grant(of: RecordClass = RecordClass.IDENTITY, *, is_masked: bool = False, **scope: Any) -> Grant:
        given = verdicts[of]
        assert isinstance(given, Grant)
        return replace(given, is_masked=is_masked, scope=replace(given.scope, **scope))

    return grant


@pytest.fixture(scope="session")
def rows(seeded: Path) -> Iterator[SelectRows]:
    """Rows of plain SQL over a source's file."""
    files: dict[str, sqlite3.Connection] = {}

    def rows(source: str, sql: str, *values: Any) -> Rows:
        if source not in files:
            files[source] = sqlite3.connect(f"{(seeded / f'{source}.db').as_uri()}?mode=ro", uri=True)
        return files[source].execute(sql, values).fetchall()

    yield rows
    for file in files.values():
        file.close()
