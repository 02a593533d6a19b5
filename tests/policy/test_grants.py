"""A grant is a capability: only a decision makes one, and both Python and the type checker say so."""

from __future__ import annotations

import copy
import os
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from policy.grants import Grant, Scope
from policy.record_classes import RecordClass
from policy.roles import Role

ROOT = Path(__file__).parents[2]
OTHER_ROOMS = ("api", "audit", "bench", "engine", "resolvers", "schema", "seed")

FORGERY = """
from dataclasses import replace
from policy.grants import Denied, Grant, Scope, Verdict
from policy.record_classes import RecordClass
from policy.rules import Rule

def read(grant: Grant) -> str:
    return grant.record_class.value + grant.scope.user

def honest(verdict: Verdict) -> str:
    return verdict.rule.citation if isinstance(verdict, Denied) else read(verdict)

def forged(grant: Grant, scope: Scope, denied: Denied, rule: Rule, verdict: Verdict) -> None:
    Grant()  # refused
    Grant(RecordClass.SSN, False, False, rule, scope)  # refused
    Scope()  # refused
    Scope("u", "LEE", "CA0190000", True, True, True, True, True, True, True)  # refused
    replace(grant, is_masked=False)  # refused
    replace(scope, sees_sealed=True)  # refused
    grant.is_masked = False  # refused
    scope.sees_sealed = True  # refused
    read(denied)  # refused
    read(verdict)  # refused
    read(None)  # refused
    read(RecordClass.SSN)  # refused
"""


def test_the_type_checker_refuses_every_way_to_forge_a_grant_and_no_honest_use(tmp_path):
    forgery = tmp_path / "forgery.py"
    forgery.write_text(FORGERY)
    refused = {number for number, line in enumerate(FORGERY.splitlines(), start=1) if line.endswith("# refused")}

    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            "--cache-dir",
            tmp_path / "cache",
            forgery,
        ],
        env=os.environ | {"MYPYPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    complaints = {int(number) for number in re.findall(r"(?m)^forgery\.py:(\d+): error:", checked.stdout)}
    assert (checked.returncode, checked.stderr) == (1, "")
    assert complaints == refused
    assert len(refused) == 12


@pytest.mark.parametrize("public", [Grant, Scope], ids=lambda each: each.__name__)
@pytest.mark.parametrize("arguments", [(), (RecordClass.SSN, False, False, None, None)], ids=["bare", "whole"])
def test_neither_a_grant_nor_a_scope_can_be_constructed(public, arguments):
    with pytest.raises(TypeError):
        public(*arguments)


@pytest.mark.parametrize("public", [Grant, Scope], ids=lambda each: each.__name__)
def test_no_other_module_can_derive_a_grant_or_a_scope_of_its_own(public):
    with pytest.raises(TypeError, match="Forged cannot be made outside policy"):
        type("Forged", (public,), {"__module__": __name__})


def test_a_class_derived_from_the_grants_that_are_given_is_refused_too(ask):
    given = type(ask()[RecordClass.IDENTITY])

    with pytest.raises(TypeError, match="Forged cannot be made outside policy"):
        type("Forged", (given,), {"__module__": __name__, "is_masked": False})


def test_a_grant_and_its_scope_cannot_be_changed(ask):
    grant = ask(Role.PATROL)[RecordClass.SSN]

    with pytest.raises(FrozenInstanceError):
        grant.is_masked = False
    with pytest.raises(FrozenInstanceError):
        grant.scope.sees_sealed = True
    with pytest.raises((FrozenInstanceError, TypeError)):
        grant.note = "carry this along"
    assert grant.is_masked


def test_a_grant_cannot_be_packed_up_and_carried_to_another_process(ask):
    grant = ask()[RecordClass.IDENTITY]

    with pytest.raises((FrozenInstanceError, TypeError)):
        copy.deepcopy(grant)


def test_no_other_room_names_the_classes_that_grants_are_made_of():
    makers = re.compile(r"\b_(Grant|Scope)\b")
    files = [path for room in OTHER_ROOMS for path in sorted((ROOT / room).rglob("*.py"))]

    assert files
    assert [str(path.relative_to(ROOT)) for path in files if makers.search(path.read_text())] == []
