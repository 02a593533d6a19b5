"""The policies that were in force: found again by their version, and by no other text in their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.policy_archive import PolicyArchive
from policy.errors import PolicyError
from policy.report import to_text
from policy.table import MATRIX, Policy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "policies"


@pytest.fixture
def older(tmp_path: Path) -> Policy:
    """A policy of another day: patrol might see no social security number at all."""
    path = tmp_path / "older.txt"
    lines = MATRIX.read_text("utf-8").splitlines(keepends=True)
    denied = f"SSN{'  D' * 11}  social-security local policy\n"
    path.write_text("".join(denied if "SSN " in line else line for line in lines))
    return Policy.load(path)


def test_a_policy_that_was_kept_is_found_by_its_version_and_says_the_same(folder: Path, older: Policy) -> None:
    today = Policy.load()
    for policy in (today, older):
        PolicyArchive(folder).store(policy)
    found = PolicyArchive(folder)

    assert today.version != older.version
    for policy in (today, older):
        again = found.get(policy.version)
        assert again is not None
        assert (again.version, again.cells) == (policy.version, policy.cells)


def test_one_that_is_there_is_not_written_again(folder: Path) -> None:
    policy = Policy.load()
    PolicyArchive(folder).store(policy)
    (file,) = folder.iterdir()
    before = file.stat().st_ino

    PolicyArchive(folder).store(policy)

    assert [each.stat().st_ino for each in folder.iterdir()] == [before]


def test_a_text_that_was_changed_is_none_and_is_mended_when_its_policy_is_in_force(folder: Path) -> None:
    policy = Policy.load()
    PolicyArchive(folder).store(policy)
    (file,) = folder.iterdir()
    file.write_text(file.read_text().replace("audit-trail", "audit-trial"))

    assert PolicyArchive(folder).get(policy.version) is None

    PolicyArchive(folder).store(policy)
    assert PolicyArchive(folder).get(policy.version) is not None


def test_a_policy_that_this_program_cannot_read_is_none(folder: Path) -> None:
    policy = Policy.load()
    PolicyArchive(folder).store(policy)
    (file,) = folder.iterdir()
    file.write_text(to_text(policy).replace("SUPERVISION ", "TRAVEL "))

    assert PolicyArchive(folder).get(policy.version) is None


@pytest.mark.parametrize("version", ["", "0" * 12, "../older", "../../etc/passwd", "0" * 64, "\x00"])
def test_a_version_that_leads_elsewhere_leads_nowhere(folder: Path, older: Policy, version: str) -> None:
    PolicyArchive(folder).store(older)

    assert PolicyArchive(folder).get(version) is None


def test_where_it_cannot_be_kept_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "policies").write_text("a file")

    with pytest.raises(PolicyError, match="policies: the policy cannot be stored for the journal: "):
        PolicyArchive(tmp_path / "policies").store(Policy.load())
