"""Builds of other revisions are checked out once, and used again the next time."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bench import builds
from seed.world import FORMAT

SEED = """
import sqlite3
FORMAT = -1
def write(folder, people, rng):
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "persons.db") as file:
        file.executescript("CREATE TABLE person (name, born); CREATE TABLE name_sound (sound)")
        file.execute("INSERT INTO person VALUES ('THEIRS', 1900)")
        file.execute("INSERT INTO name_sound VALUES ('TRS')")
"""


@pytest.fixture
def progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A repository of two revisions in place of the checkout, and the progress reports of a build."""
    repository = tmp_path / "repository"
    monkeypatch.setattr(builds, "CHECKOUT", repository)
    monkeypatch.setattr(builds, "BUILDS", repository / "build" / "builds")
    git(tmp_path, "init", "--quiet", str(repository))
    (repository / ".gitignore").write_text("build/\n")
    (repository / builds.LOCK).write_text("")
    for text in ("before", "after"):
        (repository / "module.py").write_text(text)
        commit(repository, text)
    return []


def commit(repository: Path, message: str) -> None:
    git(repository, "add", ".")
    git(repository, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "--message", message)


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True)


def test_a_revision_is_checked_out_once_and_shares_python_if_locks_agree(progress: list[str]) -> None:
    build = builds.at("HEAD~1", progress.append)

    assert (build.folder / "module.py").read_text() == "before"
    assert build.folder.name == build.title
    assert build.python == sys.executable
    assert builds.at("HEAD~1", progress.append) == build
    assert progress == ["checking out HEAD~1"]


def test_a_deleted_build_folder_is_checked_out_again(progress: list[str]) -> None:
    build = builds.at("HEAD~1", progress.append)
    subprocess.run(["rm", "-r", build.folder], check=True)

    assert (builds.at("HEAD~1", progress.append).folder / "module.py").exists()


def test_the_title_of_this_build_mentions_uncommitted_changes(progress: list[str]) -> None:
    assert len(builds.this().title) == 12

    (builds.CHECKOUT / "module.py").write_text("mine")

    assert builds.this().title.endswith(" with changes")
    assert builds.this().folder == builds.CHECKOUT


def test_a_build_of_another_format_gets_the_same_rows_in_files_of_its_own(progress: list[str], tmp_path: Path) -> None:
    seed = builds.CHECKOUT / "seed"
    seed.mkdir()
    (seed / "__init__.py").touch()
    (seed / "world.py").write_text(SEED)
    commit(builds.CHECKOUT, "another format")
    with sqlite3.connect(tmp_path / "persons.db") as file:
        file.execute("CREATE TABLE person (row_id, born, name)")
        file.execute("INSERT INTO person VALUES (1, 1992, 'OURS')")
    build = builds.at("HEAD", progress.append)

    world = builds.own_world(build, tmp_path, 7, progress.append)

    assert world is not None
    with sqlite3.connect(world / "persons.db") as file:
        assert file.execute("SELECT * FROM person").fetchall() == [("OURS", 1992)]
        assert file.execute("SELECT * FROM name_sound").fetchall() == [("TRS",)]
    (build.folder / "seed" / "world.py").write_text(f"FORMAT = {FORMAT}")
    assert builds.own_world(build, tmp_path, 7, progress.append) is None


@pytest.mark.parametrize("revision", ["no-such", "--help", ""])
def test_an_unknown_revision_is_a_clear_error(progress: list[str], revision: str) -> None:
    with pytest.raises(builds.NotBuilt, match="is not a revision in this repository"):
        builds.at(revision, progress.append)
