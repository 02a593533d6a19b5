"""`needtoknow policy` and `needtoknow schema`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from policy.cedar import to_cedar
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import MATRIX, Policy
from tests.command_line import Run

SNAPSHOT = Path(__file__).parents[2] / "schema" / "schema.graphql"


def test_the_whole_matrix_is_printed_into_a_pipe(run: Run) -> None:
    result = run("policy")

    assert (result.status, result.err) == (0, "")
    heading, *_ = (line for line in result.out.splitlines() if "record class" in line)
    assert [role.value for role in Role if role.value in heading] == [role.value for role in Role]
    for record_class in RecordClass:
        (row,) = (line for line in result.out.splitlines() if f" {record_class.value} " in line)
        cells = [Policy.load().cell(record_class, role) for role in Role]
        assert [word.strip() for word in row.split("│")[2:-2]] == [cell and cell.effect.value for cell in cells]


def test_one_column_shows_the_deciding_rule_for_a_purpose(run: Run) -> None:
    result = run("policy", "--as", "patrol", "--purpose", "J")

    (row,) = (line for line in result.out.splitlines() if " IDENTITY " in line)
    _, _, effect, rule, _ = (word.strip() for word in row.split("│"))
    assert (effect, rule) == ("D", "purpose-not-open (local policy)")


def test_json_has_the_matrix_and_its_version(run: Run) -> None:
    result = run("policy", "--as", "auditor", "--json")

    (lines, version) = (json.loads(result.out)[name] for name in ("recordClasses", "version"))
    assert version == Policy.load().version
    assert [line["recordClass"] for line in lines] == [record_class.value for record_class in RecordClass]
    assert {role for line in lines for role in line["roles"]} == {"auditor"}


def test_cedar_policies_are_printed(run: Run) -> None:
    result = run("policy", "--cedar")

    assert (result.status, result.err) == (0, "")
    assert result.out == to_cedar(Policy.load())


def test_the_configured_policy_is_the_one_shown(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "matrix.txt"
    file.write_text(re.sub(r"^SSN +M", "SSN D", MATRIX.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    monkeypatch.setenv("NEEDTOKNOW_POLICY", str(file))
    version = Policy.load(file).version
    document = b'query @inquiry(purpose: C, reason: TRAFFIC_STOP) { person(id: "P0000001") { ssn } }'

    shown = json.loads(run("policy", "--json").out)["version"]
    explained = json.loads(run("explain", "--json", "--as", "patrol", "-", stdin=document).out)
    file.write_text("nonsense")
    wrong = run("policy")

    assert shown == version != Policy.load().version
    assert [each["rule"]["name"] for each in explained["withheld"]] == ["social-security"]
    assert (wrong.status, wrong.err.count("\n")) == (1, 1)
    assert f"{file}:1: " in wrong.err


def test_the_schema_is_the_one_in_the_repository(run: Run) -> None:
    result = run("schema")

    assert (result.status, result.err) == (0, "")
    assert result.out == SNAPSHOT.read_text(encoding="utf-8")
