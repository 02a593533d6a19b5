"""Faults of a server's environment, caused from outside its process."""

from __future__ import annotations

import resource
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

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
    during: Callable[[], AbstractAsyncContextManager[None]]
    sources: tuple[str, ...] = ()
    shows: tuple[str, str] | str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """The fault profile of a server. A new one applies from the next statement on."""

    path: Path

    def apply(self, profile: str) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(profile, encoding="utf-8")
        fresh.replace(self.path)

    def frozen(self, source: str) -> Fault:
        """The source accepts statements and never returns."""
        profile = QUIET.replace(f"[{source}]\n", f"[{source}]\nis_frozen = true\n")
        return Fault("frozen", lambda: self._applied(profile), (source,), (source, "TIMEOUT"))

    def flapping(self) -> Fault:
        """The profile "flapping": `vehicles` goes down and returns, and some statements of `warrants` fail."""
        return Fault("flapping", lambda: self._applied(FLAPPING), ("vehicles", "warrants"), ("vehicles", "DOWN"))

    @asynccontextmanager
    async def _applied(self, profile: str) -> AsyncIterator[None]:
        self.apply(profile)
        try:
            yield
        finally:
            self.apply(QUIET)


class Environment(Protocol):
    """The environment of a server, whose sources and journal are of one kind."""

    def of_source(self, source: str) -> list[Fault]:
        """Every fault of one source."""

    def of_all(self) -> list[Fault]:
        """Every fault of the journal, or of the journal and all sources."""


@dataclass(frozen=True, slots=True)
class FileEnvironment:
    """A data folder, the id of the server's process, and an unused copy of the sources."""

    data: Path
    spare: Path
    pid: int

    def of_source(self, source: str) -> list[Fault]:
        return [self._missing(source), self._replaced(source), self._locked(source)]

    def of_all(self) -> list[Fault]:
        return [self._full()]

    def _missing(self, source: str) -> Fault:
        """The file is moved away, and back."""

        @asynccontextmanager
        async def during() -> AsyncIterator[None]:
            path = self._path(source)
            moved = path.rename(path.with_suffix(".away"))
            try:
                yield
            finally:
                moved.rename(path)

        return Fault("missing", during, (source,), (source, "DOWN"))

    def _replaced(self, source: str) -> Fault:
        """The file is replaced by that of another source, then by a fresh copy of its own."""

        @asynccontextmanager
        async def during() -> AsyncIterator[None]:
            other = NAMES[NAMES.index(source) - 1]
            self._put(other, source)
            try:
                yield
            finally:
                self._put(source, source)

        return Fault("replaced", during, (source,), (source, "DOWN"))

    def _locked(self, source: str) -> Fault:
        """Another process holds an exclusive lock on the file."""

        @asynccontextmanager
        async def during() -> AsyncIterator[None]:
            with closing(sqlite3.connect(self._path(source), isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                yield

        return Fault("locked", during, (source,), (source, "TIMEOUT"))

    def _full(self) -> Fault:
        """No file of the server can grow, as on a full disk."""

        @asynccontextmanager
        async def during() -> AsyncIterator[None]:
            before = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, before[1]))
            try:
                yield
            finally:
                resource.prlimit(self.pid, resource.RLIMIT_FSIZE, before)

        return Fault("disk full", during, shows="AUDIT_UNAVAILABLE")

    def _path(self, source: str) -> Path:
        return self.data / f"{source}.db"

    def _put(self, source: str, at: str) -> None:
        # Copied from the spare: closing a file that this process has locked would release the lock.
        shutil.copyfile(self.spare / f"{source}.db", self.data / f"{at}.new").replace(self._path(at))
