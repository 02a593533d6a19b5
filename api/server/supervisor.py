"""Worker supervisor: several processes that serve one socket, so that every core is used.

Workers share the data folder and nothing else. A worker killed by a signal is replaced. A worker that exits by itself
stops all of them. uvicorn's own supervisor cannot serve with our `Server`, leaves its workers running if it is killed,
and would report a start-up error by a traceback from each worker.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from threading import Thread

import typer

from api.config.user_error import UserError, file_error

SIGNALS = (signal.SIGINT, signal.SIGTERM)
FORK = multiprocessing.get_context("fork")

Serve = Callable[[Callable[[], None]], None]


class Supervisor:
    """Runs `serve` in `count` processes. Each calls the callback it is given when it has started."""

    def __init__(self, serve: Serve, count: int, on_ready: Callable[[], None]) -> None:
        self._serve = serve
        self._count = count
        self._on_ready = on_ready
        # A worker sends None when it has started, or the text of its start-up error.
        self._receiver, self._sender = FORK.Pipe(duplex=False)
        self._workers: dict[int, ForkProcess] = {}
        self._is_ready = self._is_stopping = False
        self._error: str | None = None

    def run(self) -> None:
        """Run until SIGINT or SIGTERM. Raises: UserError if a worker exits by itself."""
        for each in SIGNALS:
            signal.signal(each, lambda *_: self._stop())
        # The first one alone: a start-up error is reported once, and files are created by one process.
        self._start_worker()
        while self._workers or self._receiver.poll():
            for ready in wait([self._receiver, *self._workers]):
                if isinstance(ready, int):
                    self._on_exit(self._workers.pop(ready))
                else:
                    self._on_message(self._receiver.recv())
        if self._error is not None:
            raise UserError(self._error)

    def _start_worker(self) -> None:
        process = FORK.Process(target=_run_worker, args=(self._serve, self._sender))
        process.start()
        self._workers[process.sentinel] = process
        if self._is_stopping:
            process.terminate()

    def _stop(self) -> None:
        self._is_stopping = True
        for process in list(self._workers.values()):
            process.terminate()

    def _on_message(self, error: str | None) -> None:
        if error is not None:
            self._error = error
        elif not self._is_ready:
            self._is_ready = True
            for _ in range(self._count - 1):
                self._start_worker()
            self._on_ready()

    def _on_exit(self, process: ForkProcess) -> None:
        process.join()
        if self._is_stopping:
            return
        if process.exitcode is not None and process.exitcode < 0:
            self._start_worker()
        else:
            self._error = self._error or "A worker ended by itself."
            self._stop()


def _run_worker(serve: Serve, sender: Connection) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        serve(lambda: sender.send(None))
    except typer.TyperException as error:
        sender.send(error.format_message())
        sys.exit(1)
    except OSError as error:
        sender.send(file_error(error))
        sys.exit(1)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
