"""The policy archive: policies by version, and no other text under a version."""

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
    """An older policy, that denies social security numbers to all roles."""
    path = tmp_path / "older.txt"
    lines = MATRIX.read_text("utf-8").splitlines(keepends=True)
    denied = f"SSN{'  D' * 11}  social-security local policy\n"
    path.write_text("".join(denied if "SSN " in line else line for line in lines))
    return Policy.load(path)


def test_a_stored_policy_is_read_back_by_its_version(folder: Path, older: Policy) -> None:
    current = Policy.load()
    for policy in (current, older):
        PolicyArchive(folder).store(policy)
    archive = PolicyArchive(folder)

    assert current.version != older.version
    for policy in (current, older):
        restored = archive.get(policy.version)
        assert restored is not None
        assert (restored.version, restored.cells) == (policy.version, policy.cells)


def test_a_stored_policy_is_not_written_again(folder: Path) -> None:
    policy = Policy.load()
    PolicyArchive(folder).store(policy)
    (file,) = folder.iterdir()
    before = file.stat().st_ino

    PolicyArchive(folder).store(policy)

    assert [each.stat().st_ino for each in folder.iterdir()] == [before]


def test_a_changed_policy_text_is_none_until_its_policy_is_stored_again(folder: Path) -> None:
    policy = Policy.load()
    PolicyArchive(folder).store(policy)
    (file,) = folder.iterdir()
    file.write_text(file.read_text().replace("audit-trail", "audit-trial"))

    assert PolicyArchive(folder).get(policy.version) is None

    PolicyArchive(folder).store(policy)
    assert PolicyArchive(folder).get(policy.version) is not None


def test_a_policy_that_cannot_be_parsed_is_none(folder: Path) -> None:
    policy = Policy.load()
    PolicyArchive(folder).store(policy)
    (file,) = folder.iterdir()
    file.write_text(to_text(policy).replace("SUPERVISION ", "TRAVEL "))

    assert PolicyArchive(folder).get(policy.version) is None


@pytest.mark.parametrize("version", ["", "0" * 12, "../older", "../../etc/passwd", "0" * 64, "\x00"])
def test_a_version_cannot_name_a_file_outside_the_folder(folder: Path, older: Policy, version: str) -> None:
    PolicyArchive(folder).store(older)

    assert PolicyArchive(folder).get(version) is None


def test_a_policy_that_cannot_be_stored_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "policies").write_text("a file")

    with pytest.raises(PolicyError, match="policies: the policy cannot be stored for the journal: "):
        PolicyArchive(tmp_path / "policies").store(Policy.load())
