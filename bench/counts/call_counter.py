"""Call counter: counts the calls of each function in this process, and sends the counts when asked.

Python reports every call to it, so a process that counts is several times slower.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FrameType
from typing import Any

import orjson

from api.cli import main as run_command
from bench.counts import counted_loop
from bench.counts.counted_loop import LOOP_FUNCTIONS

LOOP_THREAD = "MainThread"


@dataclass(frozen=True, slots=True)
class ThreadCounts:
    """Calls in one thread. A resumed coroutine or generator counts as a call.

    Shapes: `python` and `c` are by function; `loop` are calls of the event loop's functions, by function and caller.
    """

    thread: str
    python: Counter[CodeType] = field(default_factory=Counter)
    c: Counter[str] = field(default_factory=Counter)
    loop: Counter[tuple[CodeType, CodeType]] = field(default_factory=Counter)

    def count(self, frame: FrameType, event: str, function: Any) -> None:
        """A callback of `sys.setprofile`."""
        if event == "call":
            code = frame.f_code
            if code in LOOP_FUNCTIONS:
                self.loop[code, caller(frame)] += 1
            else:
                self.python[code] += 1
        elif event == "c_call" and frame.f_code not in LOOP_FUNCTIONS:
            self.c[c_name(function)] += 1

    def as_json(self) -> dict[str, Any]:
        return {
            "thread": self.thread,
            "python": [(*place(code), calls) for code, calls in self.python.copy().items()],
            "c": self.c.copy(),
            "loop": [
                (code.co_name, *place(caller_code), calls) for (code, caller_code), calls in self.loop.copy().items()
            ],
        }


def place(code: CodeType) -> tuple[str, str]:
    return code.co_filename, code.co_qualname


def caller(frame: FrameType) -> CodeType:
    """The function that called one of the loop's, which may call another of them."""
    while frame.f_code in LOOP_FUNCTIONS and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code


def c_name(function: BuiltinFunctionType) -> str:
    """`list.append`, or `orjson.dumps` for a function of a module."""
    module = getattr(function, "__module__", None)
    return f"{module}.{function.__qualname__}" if module else function.__qualname__


class CallCounter:
    """Counts of the thread that starts it, and of all threads that start later."""

    def __init__(self) -> None:
        self._threads: list[ThreadCounts] = []

    def start(self, address: Path) -> None:
        """Count from now on, and send the counts to each client of a Unix socket."""
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(address))
        listener.listen()
        threading.Thread(target=self._send, args=(listener,), daemon=True).start()  # not counted
        threading.setprofile(self._add_thread)
        sys.setprofile(self._counts_of_this_thread().count)

    def _send(self, listener: socket.socket) -> None:
        while True:
            client, _ = listener.accept()
            with client:
                client.sendall(orjson.dumps([each.as_json() for each in self._threads]))

    def _add_thread(self, frame: FrameType, event: str, function: Any) -> None:
        """The first event of a new thread."""
        counts = self._counts_of_this_thread()
        counts.count(frame, event, function)
        sys.setprofile(counts.count)

    def _counts_of_this_thread(self) -> ThreadCounts:
        counts = ThreadCounts(threading.current_thread().name)
        self._threads.append(counts)
        return counts


def main() -> None:
    """`python -m bench.counts.call_counter ADDRESS serve …`: needtoknow, with the calls of its worker counted."""
    address = Path(sys.argv.pop(1))
    counted_loop.install()
    os.register_at_fork(after_in_child=lambda: CallCounter().start(address))
    run_command()


if __name__ == "__main__":
    main()
