"""Fault profile: a TOML file of how slow sources are, how often they fail and when they are down.

    [vehicles]
    median_ms = 80
    p99_ms = 240

    [[vehicles.outages]]
    from_s = 60
    for_s = 5

A source that the profile does not name has no faults.
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

from filesystem.regular_file import open_regular
from sources.errors import InvalidProfile

BUILTIN = {path.stem: path for path in sorted(Path(__file__).with_name("profiles").glob("*.toml"))}
# To find the line of an error, the text is parsed once for each line, while a server waits.
MAX_BYTES = 4_096
# The 99th percentile of the standard normal distribution.
Z99 = NormalDist().inv_cdf(0.99)
TOMLLIB_MESSAGE = re.compile(r"(?P<reason>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)", re.DOTALL)

KeyPath = tuple[str | int, ...]
"""The keys and indices that lead to a value: ("vehicles", "outages", 0, "for_s")."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time for which a source is down, in seconds after the start; `every_s` repeats it, 0 does not."""

    from_s: float = 0
    for_s: float = math.inf
    every_s: float = 0

    def includes(self, second: float) -> bool:
        since = second - self.from_s
        return since >= 0 and (since % self.every_s if self.every_s else since) < self.for_s


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Faults of one source. Latencies are log-normal, as those of real systems: none is negative, and few are long.

    median_ms, p99_ms: added to the source's own time; without `p99_ms` every latency is `median_ms`.
    error_rate:        share of statements that fail, after their latency.
    concurrency:       statements that run at once, while others wait; 0: no limit.
    is_frozen:         no statement ever returns.
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
        return any(outage.includes(second) for outage in self.outages)


@dataclass(frozen=True, slots=True)
class FaultProfile:
    """Behaviour of each source, by name. The same seed draws the same latencies and errors."""

    seed: int = 0
    sources: Mapping[str, Behaviour] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, sources: Sequence[str]) -> FaultProfile:
        """The profile in a file, for sources of these names.

        Raises: InvalidProfile, which names the file and the line.
        """
        try:
            with open(path, "rb", opener=open_regular) as file:
                content = file.read(MAX_BYTES + 1)
        except OSError as error:
            builtin = ", ".join(BUILTIN)
            raise InvalidProfile(
                f"{path} cannot be read: {error.strerror}. A profile is a file, or one of {builtin}."
            ) from None
        if len(content) > MAX_BYTES:
            line = content.count(b"\n") + 1
            raise InvalidProfile(f"{path}:{line}: a profile has at most {MAX_BYTES:,} bytes.")
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise InvalidProfile(f"{path}:{line}: this is not UTF-8.") from None
        return _Reader(path, text, sources).profile()


def profile_path(name: str) -> Path:
    """The file of a built-in profile, or else the file of this name."""
    return BUILTIN.get(name, Path(name))


@dataclass(frozen=True, slots=True)
class _Key:
    """Type and bounds of a key's value."""

    type: type
    minimum: float = 0
    maximum: float = math.inf

    def violated_by(self, value: object) -> str | None:
        """The requirement that the value violates, such as "true or false", or None."""
        if self.type is bool:
            return None if isinstance(value, bool) else "true or false"
        if self.type is list:
            return None if isinstance(value, list) else "a list of tables"
        noun = "a whole number" if self.type is int else "a number"
        # In Python, TOML's true is an int, and its nan is outside any bounds.
        is_number = isinstance(value, (int, self.type)) and not isinstance(value, bool)
        if is_number and self.minimum <= value <= self.maximum:  # type: ignore[operator]
            return None
        return f"{noun} from {self.minimum:,}" + (f" to {self.maximum:,}" if self.maximum < math.inf else "")


MAX_S = 1_000_000_000
OUTAGE_KEYS = {
    "from_s": _Key(float, 0, MAX_S),
    "for_s": _Key(float, 0.001, MAX_S),
    "every_s": _Key(float, 0.001, MAX_S),
}
SOURCE_KEYS = {
    "median_ms": _Key(float, 0.001, 3_600_000),
    "p99_ms": _Key(float, 0.001, 3_600_000),
    "error_rate": _Key(float, 0, 1),
    "concurrency": _Key(int, 1, 1_000_000),
    "is_frozen": _Key(bool),
    "outages": _Key(list),
}
SEED_KEY = _Key(int)


class _Reader:
    """Reads one text, and finds the line of an error."""

    def __init__(self, path: Path, text: str, sources: Sequence[str]) -> None:
        self._path = path
        self._sources = sources
        self._lines = text.split("\n")

    def profile(self) -> FaultProfile:
        parsed = self._parse(len(self._lines))
        if isinstance(parsed, tomllib.TOMLDecodeError):
            message = TOMLLIB_MESSAGE.fullmatch(str(parsed))
            assert message is not None
            raise self._error_at(int(message["line"] or len(self._lines)), f"{message['reason']}.")
        if isinstance(parsed, RecursionError):
            line = self._first_line(lambda parsed: isinstance(parsed, RecursionError))
            raise self._error_at(line, "this is nested too deeply.")
        seed = parsed.pop("seed", 0)
        self._check(("seed",), SEED_KEY, seed)
        return FaultProfile(seed, {name: self._behaviour(name, table) for name, table in parsed.items()})

    def _behaviour(self, name: str, table: object) -> Behaviour:
        path: KeyPath = (name,)
        if name not in self._sources:
            raise self._error(path, f"there is no source {name!r}; there are {', '.join(self._sources)}.")
        keys = self._table(path, SOURCE_KEYS, table)
        median, p99 = keys.get("median_ms", 0), keys.get("p99_ms")
        if p99 is not None and not median <= p99 <= 1_000 * median:
            raise self._error((*path, "p99_ms"), "p99_ms must be from one to a thousand times median_ms.")
        outages = tuple(
            self._outage((*path, "outages", index), outage) for index, outage in enumerate(keys.get("outages", ()))
        )
        return Behaviour(**keys | {"p99_ms": p99 or median, "outages": outages})

    def _outage(self, path: KeyPath, table: object) -> Outage:
        outage = Outage(**self._table(path, OUTAGE_KEYS, table))
        if outage.every_s and not outage.for_s < outage.every_s:
            raise self._error((*path, "every_s"), "every_s must be more than for_s.")
        return outage

    def _table(self, path: KeyPath, keys: Mapping[str, _Key], table: object) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self._error(path, f"this must be a table of {', '.join(keys)}.")
        for name, value in table.items():
            if name not in keys:
                raise self._error((*path, name), f"{name!r} is not one of {', '.join(keys)}.")
            self._check((*path, name), keys[name], value)
        return table

    def _check(self, path: KeyPath, key: _Key, value: object) -> None:
        requirement = key.violated_by(value)
        if requirement is not None:
            raise self._error(path, f"{path[-1]} must be {requirement}.")

    def _error(self, path: KeyPath, message: str) -> InvalidProfile:
        """tomllib does not say where a value stood: it is on the line up to which the text first has it."""
        return self._error_at(self._first_line(lambda parsed: _has(parsed, path)), message)

    def _error_at(self, line: int, message: str) -> InvalidProfile:
        return InvalidProfile(f"{self._path}:{line}: {message}")

    def _first_line(self, is_match: Callable[[Any], bool]) -> int:
        """The first line up to which the parsed text, or its error, matches."""
        return next(line for line in range(1, len(self._lines) + 1) if is_match(self._parse(line)))

    def _parse(self, lines: int) -> Any:
        """The document in the first lines, or the error that tomllib raises."""
        try:
            return tomllib.loads("\n".join(self._lines[:lines]))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            return error


def _has(parsed: Any, path: KeyPath) -> bool:
    try:
        for key in path:
            parsed = parsed[key]
    except (TypeError, LookupError):
        return False
    return True
