"""Faults of a server's environment, caused from outside its process."""

from __future__ import annotations

import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from resolvers.catalogue import NAMES
from sources.fault_profile import BUILTIN

QUIET, FLAPPING = (BUILTIN[name].read_text(encoding="utf-8") for name in ("quiet", "flapping"))
# No delays and no faults.
UNCHANGED = "seed = 1\n"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. It is active while its `during` context is entered.

    sources: the sources that it affects.
    shows:   its visible effect: (source, status), or the error code of a refusal.
    """

    kind: str
    during: Callable[[], AbstractContextManager[None]]
    sources: tuple[str, ...] = ()
    shows: tuple[str, str] | str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment of a server: data folder, fault profile, process id, and an unused copy of the sources."""

    data: Path
    spare: Path
    profile: Path
    pid: int

    def missing(self, source: str) -> Fault:
        """The file is moved away, and back."""

        @contextmanager
        def during() -> Iterator[None]:
            path = self._path(source)
            moved = path.rename(path.with_suffix(".away"))
            try:
                yield
            finally:
                moved.rename(path)

        return Fault("missing", during, (source,), (source, "DOWN"))

    def replaced(self, source: str) -> Fault:
        """The file is replaced by that of another source, then by a fresh copy of its own."""

        @contextmanager
        def during() -> Iterator[None]:
            other = NAMES[NAMES.index(source) - 1]
            self._put(other, source)
            try:
                yield
            finally:
                self._put(source, source)

        return Fault("replaced", during, (source,), (source, "DOWN"))

    def locked(self, source: str) -> Fault:
        """Another process holds an exclusive lock on the file."""

        @contextmanager
        def during() -> Iterator[None]:
            with closing(sqlite3.connect(self._path(source), isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                yield

        return Fault("locked", during, (source,), (source, "TIMEOUT"))

    def frozen(self, source: str) -> Fault:
        """The source accepts statements and never returns."""
        profile = QUIET.replace(f"[{source}]\n", f"[{source}]\nis_frozen = true\n")
        return Fault("frozen", lambda: self._with_profile(profile), (source,), (source, "TIMEOUT"))

    def flapping(self) -> Fault:
        """The profile "flapping": `vehicles` goes down and returns, and some statements of `warrants` fail."""
        return Fault("flapping", lambda: self._with_profile(FLAPPING), ("vehicles", "warrants"), ("vehicles", "DOWN"))

    def full(self) -> Fault:
        """No file of the server can grow, as on a full disk."""

        @contextmanager
        def during() -> Iterator[None]:
            before = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, before[1]))
            try:
                yield
            finally:
                resource.prlimit(self.pid, resource.RLIMIT_FSIZE, before)

        return Fault("disk full", during, shows="AUDIT_UNAVAILABLE")

    def apply_profile(self, profile: str) -> None:
        """Apply a fault profile from the next statement on."""
        fresh = self.profile.with_suffix(".new")
        fresh.write_text(profile, encoding="utf-8")
        fresh.replace(self.profile)

    @contextmanager
    def _with_profile(self, profile: str) -> Iterator[None]:
        self.apply_profile(profile)
        try:
            yield
        finally:
            self.apply_profile(QUIET)

    def _path(self, source: str) -> Path:
        return self.data / f"{source}.db"

    def _put(self, source: str, at: str) -> None:
        # Copied from the spare: closing a file that this process has locked would release the lock.
        shutil.copyfile(self.spare / f"{source}.db", self.data / f"{at}.new").replace(self._path(at))
