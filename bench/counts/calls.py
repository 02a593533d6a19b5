"""Calls of a server whose calls are counted, as it reports them, by function and by package."""

from __future__ import annotations

import socket
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from bench.builds import CHECKOUT
from bench.counts.call_counter import LOOP_THREAD

LIBRARIES = "site-packages"
PARTS_OF_PYTHON = {"asyncio", "concurrent", "json"}


class Function(NamedTuple):
    file: str
    name: str

    @property
    def package(self) -> str:
        """`engine/execution` for our code, `uvicorn` for a library, `asyncio` or the module's name for Python."""
        path = Path(self.file)
        if LIBRARIES in path.parts:
            return path.parts[path.parts.index(LIBRARIES) + 1]
        if path.is_relative_to(CHECKOUT):
            return path.relative_to(CHECKOUT).parent.as_posix()
        if self.file.startswith("<needtoknow"):
            return "compiled operations"
        if self.file == "<string>":
            return "dataclasses and named tuples"
        return next((part for part in path.parts if part in PARTS_OF_PYTHON), path.stem)

    def __str__(self) -> str:
        return f"{self.package}/{Path(self.file).name} {self.name}" if self.file.startswith("/") else self.name


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls in one server: Python functions, C functions by name, and the event loop's functions by name and caller."""

    python: Counter[Function] = field(default_factory=Counter)
    c: Counter[str] = field(default_factory=Counter)
    loop: Counter[tuple[str, Function]] = field(default_factory=Counter)
    in_loop_thread: Counter[Function] = field(default_factory=Counter)
    """The calls of `python` that are made in the thread of the event loop."""

    @classmethod
    def read(cls, address: Path) -> Calls:
        """The calls that a server has counted so far."""
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(address))
            with client.makefile("rb") as stream:
                threads: list[dict[str, Any]] = orjson.loads(stream.read())
        calls = cls()
        for thread in threads:
            calls.c.update(thread["c"])
            for file, name, count in thread["python"]:
                calls.python[Function(file, name)] += count
                if thread["thread"] == LOOP_THREAD:
                    calls.in_loop_thread[Function(file, name)] += count
            for name, caller_file, caller, count in thread["loop"]:
                calls.loop[name, Function(caller_file, caller)] += count
        return calls

    def since(self, before: Calls) -> Calls:
        return Calls(
            self.python - before.python,
            self.c - before.c,
            self.loop - before.loop,
            self.in_loop_thread - before.in_loop_thread,
        )

    def of_loop(self, *names: str) -> int:
        return sum(count for (name, _), count in self.loop.items() if name in names)

    def by_package(self) -> Counter[str]:
        """Python calls by package."""
        packages: Counter[str] = Counter()
        for function, count in self.python.items():
            packages[function.package] += count
        return packages
