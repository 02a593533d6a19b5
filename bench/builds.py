"""Builds of other revisions: a worktree under build/ with the packages of its lock."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.processes import ReportProgress
from seed.world import FORMAT

CHECKOUT = Path(__file__).parents[1]
BUILDS = CHECKOUT / "build" / "load" / "builds"
LOCK = "requirements.lock"
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install")

SAY_FORMAT = "from seed.world import FORMAT; print(FORMAT)"
WRITE_WORLD = "import pathlib, sys; from seed.world import write; write(pathlib.Path(sys.argv[1]), int(sys.argv[2]), 1)"
TABLES = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"


class NotBuilt(Exception):
    """A revision that does not exist or cannot be installed; the message says why."""


@dataclass(frozen=True, slots=True)
class Build:
    title: str
    folder: Path
    python: str


def this() -> Build:
    """The build of this checkout, with uncommitted changes."""
    changed = " with changes" if _git("status", "--porcelain", "--untracked-files=no") else ""
    return Build(f"{_git('rev-parse', '--short=12', 'HEAD')}{changed}", CHECKOUT, sys.executable)


def at(revision: str, report_progress: ReportProgress) -> Build:
    """The build of a revision, in a worktree under build/ that later runs reuse. Raises NotBuilt."""
    try:
        commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except NotBuilt:
        raise NotBuilt(f"'{revision}' is not a revision in this repository; `git log --oneline` lists some.") from None
    folder = BUILDS / commit[:12]
    if not folder.exists():
        report_progress(f"checking out {revision}")
        # `make clean` deletes the folders, but git still lists the worktrees.
        _git("worktree", "prune")
        _git("worktree", "add", "--quiet", "--detach", str(folder), commit)
    return Build(commit[:12], folder, _python(folder, report_progress))


def own_world(build: Build, world: Path, people: int, report_progress: ReportProgress) -> Path | None:
    """The same world in the format of the build, written once; None if it can read this one. Raises NotBuilt.

    The build's own seed makes the files. Rows of this world take the place of its rows in each table whose columns all
    are in this world too, as far as they fit, so that the same is asked about the same people. Tables of names stay.
    """
    if int(_run(build.python, "-c", SAY_FORMAT, folder=build.folder)) == FORMAT:
        return None
    folder = build.folder / "build" / "bench" / f"data-{people}"
    stamp = folder / "rows.stamp"
    if not stamp.exists():
        report_progress(f"writing a world of {people:,} people at {build.title}")
        shutil.rmtree(folder, ignore_errors=True)
        _run(build.python, "-c", WRITE_WORLD, str(folder), f"{people}", folder=build.folder)
        for file in folder.glob("*.db"):
            _copy_rows(world / file.name, file)
        stamp.touch()
    return folder


def _copy_rows(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("ATTACH ? AS source", [str(source)])
        for (table,) in connection.execute(TABLES).fetchall():
            names, known = (
                [row[1] for row in connection.execute(f"PRAGMA {schema}.table_info({table})")]
                for schema in ("main", "source")
            )
            if set(names) <= set(known):
                columns = ", ".join(names)
                select = f"SELECT {columns} FROM source.{table}"  # noqa: S608 - names of a build of ours
                connection.execute(f"DELETE FROM main.{table}")  # noqa: S608
                connection.execute(f"INSERT OR IGNORE INTO main.{table} ({columns}) {select}")
        connection.commit()


def _python(folder: Path, report_progress: ReportProgress) -> str:
    """This Python if the locks are equal; else a new environment."""
    if (folder / LOCK).read_bytes() == (CHECKOUT / LOCK).read_bytes():
        return sys.executable
    python, stamp = folder / ".venv" / "bin" / "python", folder / ".venv" / "runtime.stamp"
    if not stamp.exists():
        report_progress(f"installing what {folder.name} needs")
        _run(sys.executable, "-m", "venv", "--clear", str(folder / ".venv"))
        _run(str(python), *PIP, "--no-deps", "--require-hashes", "--requirement", str(folder / LOCK))
        stamp.touch()
    return str(python)


def _git(*arguments: str) -> str:
    return _run("git", "-C", str(CHECKOUT), *arguments)


def _run(*command: str, folder: Path | None = None) -> str:
    """Output of a command, with `folder` as its working directory, from which `python -c` imports. Raises NotBuilt."""
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, cwd=folder
    )
    if done.returncode:
        raise NotBuilt(f"{' '.join(command)}: {done.stderr.strip()[-1_000:]}")
    return done.stdout.strip()
