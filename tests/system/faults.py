"""Ways in which a server's surroundings fail, each from outside of it, as they would. Knows nothing of who asks."""

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
# Every source as it is.
STILL = "seed = 1\n"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. It holds while its `during` is entered.

    sources: whom it may keep from answering.
    shows:   what is then to be seen: a source's status, by name, or the code of a refusal.
    """

    kind: str
    during: Callable[[], AbstractContextManager[None]]
    sources: tuple[str, ...] = ()
    shows: tuple[str, str] | str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A data folder, the process that serves it, and a spare copy of the sources that nobody reads."""

    data: Path
    spare: Path
    profile: Path
    pid: int

    def away(self, source: str) -> Fault:
        """Its file is moved away, and back."""

        @contextmanager
        def during() -> Iterator[None]:
            path = self._path(source)
            away = path.rename(path.with_suffix(".away"))
            try:
                yield
            finally:
                away.rename(path)

        return Fault("away", during, (source,), (source, "DOWN"))

    def replaced(self, source: str) -> Fault:
        """Another source's file takes its place; then a fresh copy of its own does."""

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
        """Somebody else has its file to themselves."""

        @contextmanager
        def during() -> Iterator[None]:
            with closing(sqlite3.connect(self._path(source), isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                yield

        return Fault("locked", during, (source,), (source, "TIMEOUT"))

    def frozen(self, source: str) -> Fault:
        """It takes what it is asked, and never answers."""
        said = QUIET.replace(f"[{source}]\n", f"[{source}]\nis_frozen = true\n")
        return Fault("frozen", lambda: self._behaving(said), (source,), (source, "TIMEOUT"))

    def flapping(self) -> Fault:
        """The profile of that name: the DMV goes away and comes back, and a few of the wanted persons fail."""
        return Fault("flapping", lambda: self._behaving(FLAPPING), ("vehicles", "warrants"), ("vehicles", "DOWN"))

    def full(self) -> Fault:
        """No file of the server's takes another byte, the journal's least of all."""

        @contextmanager
        def during() -> Iterator[None]:
            before = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, before[1]))
            try:
                yield
            finally:
                resource.prlimit(self.pid, resource.RLIMIT_FSIZE, before)

        return Fault("disk full", during, shows="AUDIT_UNAVAILABLE")

    def behave(self, said: str) -> None:
        """From the next statement on the sources behave as this profile says."""
        fresh = self.profile.with_suffix(".new")
        fresh.write_text(said, encoding="utf-8")
        fresh.replace(self.profile)

    @contextmanager
    def _behaving(self, said: str) -> Iterator[None]:
        self.behave(said)
        try:
            yield
        finally:
            self.behave(QUIET)

    def _path(self, source: str) -> Path:
        return self.data / f"{source}.db"

    def _put(self, source: str, at: str) -> None:
        # From the spare copy: to read a file that this process has locked would give the lock up.
        shutil.copyfile(self.spare / f"{source}.db", self.data / f"{at}.new").replace(self._path(at))
