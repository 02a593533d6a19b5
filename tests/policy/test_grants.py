"""Grants are capabilities: only a decision makes one, as enforced by Python and mypy."""

from __future__ import annotations

import copy
import os
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

from policy.grants import Grant, Scope
from policy.record_classes import RecordClass
from policy.roles import Role
from tests.policy.conftest import VerdictsFor

ROOT = Path(__file__).parents[2]
OTHER_PACKAGES = (
    "api", "audit", "bench", "engine", "reports", "resolvers", "schema", "seed", "sources", "telemetry", "traces",
)  # fmt: skip

FORGERY = """
from dataclasses import replace
from policy.grants import Denied, Grant, Scope, Verdict
from policy.record_classes import RecordClass
from policy.rules import Rule

def read(grant: Grant) -> str:
    return grant.record_class.value + grant.scope.user

def legitimate(verdict: Verdict) -> str:
    return verdict.rule.citation if isinstance(verdict, Denied) else read(verdict)

def forged(grant: Grant, scope: Scope, denied: Denied, rule: Rule, verdict: Verdict) -> None:
    Grant()  # refused
    Grant(RecordClass.SSN, False, False, rule, scope)  # refused
    Scope()  # refused
    Scope("u", "LEE", "CA9190000", True, True, True, True, True, True, True)  # refused
    replace(grant, is_masked=False)  # refused
    replace(scope, sees_sealed=True)  # refused
    grant.is_masked = False  # refused
    scope.sees_sealed = True  # refused
    read(denied)  # refused
    read(verdict)  # refused
    read(None)  # refused
    read(RecordClass.SSN)  # refused
"""


def test_mypy_rejects_every_forged_grant_and_no_legitimate_use(tmp_path: Path) -> None:
    forgery = tmp_path / "forgery.py"
    forgery.write_text(FORGERY)
    refused = {number for number, line in enumerate(FORGERY.splitlines(), start=1) if line.endswith("# refused")}

    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", tmp_path / "cache", forgery],
        env=os.environ | {"MYPYPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    errors = {int(number) for number in re.findall(r"(?m)^forgery\.py:(\d+): error:", checked.stdout)}
    assert (checked.returncode, checked.stderr) == (1, "")
    assert errors == refused
    assert len(refused) == 12


@pytest.mark.parametrize("public", [Grant, Scope], ids=lambda each: each.__name__)
@pytest.mark.parametrize("arguments", [(), (RecordClass.SSN, False, False, None, None)], ids=["bare", "whole"])
def test_neither_a_grant_nor_a_scope_can_be_constructed(public: Any, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        public(*arguments)


@pytest.mark.parametrize("public", [Grant, Scope], ids=lambda each: each.__name__)
def test_no_other_module_can_subclass_grant_or_scope(public: Any) -> None:
    with pytest.raises(TypeError, match="Forged cannot be defined outside policy"):
        type("Forged", (public,), {"__module__": __name__})


def test_the_concrete_grant_class_cannot_be_subclassed_either(verdicts_for: VerdictsFor) -> None:
    concrete = type(verdicts_for()[RecordClass.IDENTITY])

    with pytest.raises(TypeError, match="Forged cannot be defined outside policy"):
        type("Forged", (concrete,), {"__module__": __name__, "is_masked": False})


def test_a_grant_and_its_scope_cannot_be_changed(verdicts_for: VerdictsFor) -> None:
    grant = verdicts_for(Role.PATROL)[RecordClass.SSN]

    with pytest.raises(FrozenInstanceError):
        grant.is_masked = False
    with pytest.raises(FrozenInstanceError):
        grant.scope.sees_sealed = True
    with pytest.raises((FrozenInstanceError, TypeError)):
        grant.extra = "an attribute"
    assert grant.is_masked


def test_a_grant_cannot_be_copied(verdicts_for: VerdictsFor) -> None:
    grant = verdicts_for()[RecordClass.IDENTITY]

    with pytest.raises((FrozenInstanceError, TypeError)):
        copy.deepcopy(grant)


def test_no_other_package_names_the_concrete_grant_classes() -> None:
    concrete = re.compile(r"\b_(Grant|Scope)\b")
    files = [path for package in OTHER_PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]

    assert files
    assert [str(path.relative_to(ROOT)) for path in files if concrete.search(path.read_text())] == []
