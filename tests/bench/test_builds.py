"""Another revision is checked out beside, and found there the next time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench import builds


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A repository of two revisions in the checkout's place, and what is said of making one ready."""
    repository = tmp_path / "repository"
    monkeypatch.setattr(builds, "CHECKOUT", repository)
    monkeypatch.setattr(builds, "BUILDS", repository / "build" / "builds")
    git(tmp_path, "init", "--quiet", str(repository))
    (repository / ".gitignore").write_text("build/\n")
    (repository / builds.LOCK).write_text("")
    for text in ("before", "after"):
        (repository / "noun.py").write_text(text)
        git(repository, "add", ".")
        git(repository, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "--message", text)
    return []


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True)


def test_a_revision_is_checked_out_once_and_shares_python_if_locks_agree(said: list[str]) -> None:
    build = builds.at("HEAD~1", said.append)

    assert (build.folder / "noun.py").read_text() == "before"
    assert build.folder.name == build.title
    assert build.python == sys.executable
    assert builds.at("HEAD~1", said.append) == build
    assert said == ["checking out HEAD~1"]


def test_a_deleted_build_folder_is_checked_out_again(said: list[str]) -> None:
    build = builds.at("HEAD~1", said.append)
    subprocess.run(["rm", "-r", build.folder], check=True)

    assert (builds.at("HEAD~1", said.append).folder / "noun.py").exists()


def test_the_title_of_this_build_mentions_uncommitted_changes(said: list[str]) -> None:
    assert len(builds.this().title) == 12

    (builds.CHECKOUT / "noun.py").write_text("mine")

    assert builds.this().title.endswith(" with changes")
    assert builds.this().folder == builds.CHECKOUT


@pytest.mark.parametrize("revision", ["no-such", "--help", ""])
def test_an_unknown_revision_is_a_clear_error(said: list[str], revision: str) -> None:
    with pytest.raises(builds.NotBuilt, match="is not a revision in this repository"):
        builds.at(revision, said.append)
