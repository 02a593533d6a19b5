"""`needtoknow policy` and `needtoknow schema`: what may be known and what can be asked, on stdout."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from policy.cedar import to_cedar
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import MATRIX, Policy
from tests.cli.conftest import Run

SNAPSHOT = Path(__file__).parents[2] / "schema" / "schema.graphql"


def test_the_whole_matrix_is_printed_even_into_a_pipe(run: Run) -> None:
    ended = run("policy")

    assert (ended.status, ended.err) == (0, "")
    heading, *_ = (line for line in ended.out.splitlines() if "record class" in line)
    assert [role.value for role in Role if role.value in heading] == [role.value for role in Role]
    for record_class in RecordClass:
        (row,) = (line for line in ended.out.splitlines() if f" {record_class.value} " in line)
        cells = [Policy.load().cell(record_class, role) for role in Role]
        assert [word.strip() for word in row.split("│")[2:-2]] == [cell and cell.effect.value for cell in cells]


def test_one_column_shows_the_rule_that_decides_it_for_a_purpose(run: Run) -> None:
    ended = run("policy", "--as", "patrol", "--purpose", "J")

    (row,) = (line for line in ended.out.splitlines() if " IDENTITY " in line)
    _, _, effect, rule, _ = (word.strip() for word in row.split("│"))
    assert (effect, rule) == ("D", "purpose-not-open (local policy)")


def test_programs_get_the_matrix_as_json(run: Run) -> None:
    ended = run("policy", "--as", "auditor", "--json")

    (lines, version) = (json.loads(ended.out)[name] for name in ("recordClasses", "version"))
    assert version == Policy.load().version
    assert [line["recordClass"] for line in lines] == [record_class.value for record_class in RecordClass]
    assert {role for line in lines for role in line["roles"]} == {"auditor"}


def test_another_engine_gets_the_rules_as_cedar_policies(run: Run) -> None:
    ended = run("policy", "--cedar")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out == to_cedar(Policy.load())


def test_the_policy_that_is_shown_is_the_one_that_is_set(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "matrix.txt"
    file.write_text(re.sub(r"^SSN +M", "SSN D", MATRIX.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    monkeypatch.setenv("NEEDTOKNOW_POLICY", str(file))
    version = Policy.load(file).version
    question = b'query @inquiry(purpose: C, reason: TRAFFIC_STOP) { person(id: "P0000001") { ssn } }'

    shown = json.loads(run("policy", "--json").out)["version"]
    explained = json.loads(run("explain", "--json", "--as", "patrol", "-", stdin=question).out)
    file.write_text("nonsense")
    wrong = run("policy")

    assert shown == version != Policy.load().version
    assert [each["extensions"]["rule"]["name"] for each in explained["withheld"]] == ["social-security"]
    assert (wrong.status, wrong.err.count("\n")) == (1, 1)
    assert f"{file}:1: " in wrong.err


def test_the_schema_is_the_one_in_the_repository(run: Run) -> None:
    ended = run("schema")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out == SNAPSHOT.read_text(encoding="utf-8")
