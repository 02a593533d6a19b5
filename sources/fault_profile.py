"""How sources are to behave, from a TOML file: how long they take, how often they fail, when they are down.

    [vehicles]
    median_ms = 80
    p99_ms = 240

    [[vehicles.outages]]
    from_s = 60
    for_s = 5

A source that is not named behaves as it does. Knows nothing of how the behaviour is brought about.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist
from typing import Any

from sources.errors import InvalidProfile

BUILTIN = {path.stem: path for path in sorted(Path(__file__).with_name("profiles").glob("*.toml"))}
# Whoever finds a line reads the text once for every line, while a server waits.
MOST_BYTES = 4_096
# How many standard deviations above the median the 99th percentile lies.
Z99 = NormalDist().inv_cdf(0.99)
TOMLLIB_SAYS = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)", re.DOTALL)

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Outage:
    """From so many seconds after the start, for so many; then again every so many, or never where that is 0."""

    from_s: float = 0
    for_s: float = math.inf
    every_s: float = 0

    def holds(self, second: float) -> bool:
        since = second - self.from_s
        return since >= 0 and (since % self.every_s if self.every_s else since) < self.for_s


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Of one source. Latencies are log-normal: none below zero, few of them long, as those of real systems are.

    median_ms, p99_ms: added to the time that it takes anyhow; `p99_ms` is `median_ms` where it is not said.
    error_rate:        share of statements that fail once their latency has passed.
    concurrency:       statements that it answers at once, the others wait; 0 sets no limit.
    is_frozen:         it takes whatever it is asked, and never answers.
    """

    median_ms: float = 0
    p99_ms: float = 0
    error_rate: float = 0
    concurrency: int = 0
    is_frozen: bool = False
    outages: tuple[Outage, ...] = ()

    @property
    def sigma(self) -> float:
        """The standard deviation of the latency's logarithm."""
        return math.log(self.p99_ms / self.median_ms) / Z99 if self.p99_ms else 0

    def is_down(self, second: float) -> bool:
        return any(outage.holds(second) for outage in self.outages)


@dataclass(frozen=True, slots=True)
class FaultProfile:
    """Each source's behaviour, by name; the same seed draws the same latencies and errors."""

    seed: int = 0
    sources: Mapping[str, Behaviour] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, sources: Sequence[str]) -> FaultProfile:
        """The profile in a file, for sources of these names.

        Raises: InvalidProfile, which names the file and the line.
        """
        try:
            with path.open("rb") as file:
                said = file.read(MOST_BYTES + 1)
        except OSError as error:
            ready = ", ".join(BUILTIN)
            raise InvalidProfile(f"{path} cannot be read: {error.strerror}. A profile is a file, or {ready}.") from None
        if len(said) > MOST_BYTES:
            lines = said.count(b"\n") + 1
            raise InvalidProfile(f"{path}:{lines}: a profile has at most {MOST_BYTES:,} bytes.")
        try:
            text = said.decode()
        except UnicodeDecodeError as error:
            line = said.count(b"\n", 0, error.start) + 1
            raise InvalidProfile(f"{path}:{line}: this is not UTF-8.") from None
        return _Reader(path, text, sources).profile()


@dataclass(frozen=True, slots=True)
class _Key:
    """What a key holds, and its bounds."""

    kind: type
    least: float = 0
    most: float = math.inf

    def wants(self, value: object) -> str | None:
        """What it must be and is not."""
        if self.kind is bool:
            return None if isinstance(value, bool) else "true or false"
        if self.kind is list:
            return None if isinstance(value, list) else "a list of tables"
        noun = "a whole number" if self.kind is int else "a number"
        # TOML's true is an int of Python's, and its nan is within no bounds.
        is_number = isinstance(value, (int, self.kind)) and not isinstance(value, bool)
        if is_number and self.least <= value <= self.most:  # type: ignore[operator]
            return None
        return f"{noun} from {self.least:,}" + (f" to {self.most:,}" if self.most < math.inf else "")


LONG_S = 1_000_000_000
OUTAGE = {
    "from_s": _Key(float, 0, LONG_S),
    "for_s": _Key(float, 0.001, LONG_S),
    "every_s": _Key(float, 0.001, LONG_S),
}
SOURCE = {
    "median_ms": _Key(float, 0.001, 3_600_000),
    "p99_ms": _Key(float, 0.001, 3_600_000),
    "error_rate": _Key(float, 0, 1),
    "concurrency": _Key(int, 1, 1_000_000),
    "is_frozen": _Key(bool),
    "outages": _Key(list),
}
SEED = _Key(int)


def find(name: str) -> Path:
    """The file of a ready profile, or the file that has this name."""
    return BUILTIN.get(name, Path(name))


class _Reader:
    """Reads one text, and finds the line of each complaint."""

    def __init__(self, path: Path, text: str, sources: Sequence[str]) -> None:
        self._path = path
        self._sources = sources
        self._lines = text.split("\n")

    def profile(self) -> FaultProfile:
        said = self._said(len(self._lines))
        if isinstance(said, tomllib.TOMLDecodeError):
            what = TOMLLIB_SAYS.fullmatch(str(said))
            assert what is not None
            raise self._wrong_at(int(what["line"] or len(self._lines)), f"{what['what']}.")
        if isinstance(said, RecursionError):
            line = self._first(lambda said: isinstance(said, RecursionError))
            raise self._wrong_at(line, "this is too deep to be read.")
        seed = said.pop("seed", 0)
        self._check(("seed",), SEED, seed)
        return FaultProfile(seed, {name: self._behaviour(name, table) for name, table in said.items()})

    def _behaviour(self, name: str, table: object) -> Behaviour:
        place: Place = (name,)
        if name not in self._sources:
            raise self._wrong(place, f"there is no source {name!r}; there are {', '.join(self._sources)}.")
        keys = self._table(place, SOURCE, table)
        median, slow = keys.get("median_ms", 0), keys.get("p99_ms")
        if slow is not None and not median <= slow <= 1_000 * median:
            raise self._wrong((*place, "p99_ms"), "p99_ms must be from one to a thousand times median_ms.")
        outages = tuple(
            self._outage((*place, "outages", number), each) for number, each in enumerate(keys.get("outages", ()))
        )
        return Behaviour(**keys | {"p99_ms": slow or median, "outages": outages})

    def _outage(self, place: Place, table: object) -> Outage:
        outage = Outage(**self._table(place, OUTAGE, table))
        if outage.every_s and not outage.for_s < outage.every_s:
            raise self._wrong((*place, "every_s"), "every_s must be more than for_s.")
        return outage

    def _table(self, place: Place, keys: Mapping[str, _Key], table: object) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self._wrong(place, f"this must be a table of {', '.join(keys)}.")
        for name, value in table.items():
            if name not in keys:
                raise self._wrong((*place, name), f"{name!r} is not one of {', '.join(keys)}.")
            self._check((*place, name), keys[name], value)
        return table

    def _check(self, place: Place, key: _Key, value: object) -> None:
        wanted = key.wants(value)
        if wanted is not None:
            raise self._wrong(place, f"{place[-1]} must be {wanted}.")

    def _wrong(self, place: Place, what: str) -> InvalidProfile:
        """tomllib forgets where a value stood: it is on the line with which the text first holds it."""
        return self._wrong_at(self._first(lambda said: _holds(said, place)), what)

    def _wrong_at(self, line: int, what: str) -> InvalidProfile:
        return InvalidProfile(f"{self._path}:{line}: {what}")

    def _first(self, is_it: Callable[[Any], bool]) -> int:
        """The line up to which the text is read as such."""
        return next(line for line in range(1, len(self._lines) + 1) if is_it(self._said(line)))

    def _said(self, lines: int) -> Any:
        """What so many lines say, or the error where they say nothing."""
        try:
            return tomllib.loads("\n".join(self._lines[:lines]))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            return error


def _holds(said: Any, place: Place) -> bool:
    try:
        for step in place:
            said = said[step]
    except (TypeError, LookupError):
        return False
    return True
