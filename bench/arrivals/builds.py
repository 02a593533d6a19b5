"""Another revision of this repository, ready to be served: checked out beside, with what its lock names.

Knows nothing of what is measured.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.arrivals.k6 import ReportProgress

CHECKOUT = Path(__file__).parents[2]
BUILDS = CHECKOUT / "build" / "load" / "builds"
LOCK = "requirements.lock"
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install")


class NotBuilt(Exception):
    """There is no such revision, or it cannot be made ready; the message says why."""


@dataclass(frozen=True, slots=True)
class Build:
    title: str
    folder: Path
    python: str


def this() -> Build:
    """What is in the checkout, committed or not."""
    changed = " with changes" if _git("status", "--porcelain", "--untracked-files=no") else ""
    return Build(f"{_git('rev-parse', '--short=12', 'HEAD')}{changed}", CHECKOUT, sys.executable)


def at(revision: str, report_progress: ReportProgress) -> Build:
    """A revision in a worktree under build/, kept for the next time. Raises NotBuilt."""
    try:
        commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except NotBuilt:
        raise NotBuilt(f"'{revision}' is no revision that git knows here; `git log --oneline` lists some.") from None
    folder = BUILDS / commit[:12]
    if not folder.exists():
        report_progress(f"checking out {revision}")
        # `make clean` takes the folders away, but not what git knows of them.
        _git("worktree", "prune")
        _git("worktree", "add", "--quiet", "--detach", str(folder), commit)
    return Build(commit[:12], folder, _python(folder, report_progress))


def _python(folder: Path, report_progress: ReportProgress) -> str:
    """Ours, if it holds the same packages; else one of its own."""
    if (folder / LOCK).read_bytes() == (CHECKOUT / LOCK).read_bytes():
        return sys.executable
    python, stamp = folder / ".venv" / "bin" / "python", folder / ".venv" / "runtime.stamp"
    if not stamp.exists():
        report_progress(f"installing what {folder.name} needs")
        _run(sys.executable, "-m", "venv", "--clear", str(folder / ".venv"))
        _run(str(python), *PIP, "--no-deps", "--require-hashes", "--requirement", str(folder / LOCK))
        stamp.touch()
    return str(python)


def _git(*words: str) -> str:
    return _run("git", "-C", str(CHECKOUT), *words)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)  # noqa: S603
    if done.returncode:
        raise NotBuilt(f"{' '.join(command)}: {done.stderr.strip()[-1_000:]}")
    return done.stdout.strip()
