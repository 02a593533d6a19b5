"""Worker process: a fork of the supervisor, which serves with one configuration until it is asked to end."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from threading import Thread
from typing import NoReturn

import typer

from api.config.configuration import Configuration
from api.config.log_format import configure_log, log_uncaught
from api.config.user_error import UserError, file_error

FORK = multiprocessing.get_context("fork")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that the supervisor handles."""
RETIRE = signal.SIGUSR1
"""Signal to a worker: answer what its connections ask, each for the last time, and end."""
MAX_ERROR_CHARACTERS = 900
"""Workers write to one pipe. A message of up to 4,096 bytes is written whole while others write too."""
PARENT_INTERVAL_S = 0.2

Serve = Callable[[Configuration, int, Callable[[], None]], None]
"""Serves with a configuration as the worker of this number, and calls the callback once it accepts connections."""

logger = logging.getLogger("needtoknow.server")


class ForkFailed(UserError):
    """The operating system gives no further process."""


@dataclass(eq=False)
class Worker:
    """A worker as the supervisor knows it. `error` says why it could not start, or why it failed later."""

    number: int
    configuration: Configuration
    process: ForkProcess
    started_at: float
    is_ready: bool = False
    is_retired: bool = False
    error: str | None = None

    @classmethod
    def start(cls, number: int, configuration: Configuration, serve: Serve, sender: Connection) -> Worker:
        """Fork a worker. It sends its process id with None once it is ready, or with the text of an error.

        Raises: ForkFailed.
        """
        process = FORK.Process(target=_run, args=(number, configuration, serve, sender, os.getpid()))
        # Until it has handlers of its own, a signal to the worker would run those of its parent.
        try:
            with _blocked(SIGNALS):
                process.start()
        except OSError as error:
            raise ForkFailed(f"There is no further process: {error.strerror}.") from None
        return cls(number, configuration, process, time.time())

    @property
    def pid(self) -> int | None:
        return self.process.pid

    def retire(self) -> None:
        """Let it finish, without waiting for it."""
        self.is_retired = True
        self._send(RETIRE)

    def stop(self) -> None:
        """Let it stop within its deadlines."""
        self._send(signal.SIGTERM)

    def exit_reason(self) -> str:
        """Wait for its end, and return how it ended: `SIGKILL`, or `status 1`."""
        self.process.join()
        code = self.process.exitcode
        return signal.Signals(-code).name if code is not None and code < 0 else f"status {code}"

    def _send(self, number: signal.Signals) -> None:
        if self.process.is_alive() and self.pid is not None:
            os.kill(self.pid, number)


def _run(number: int, configuration: Configuration, serve: Serve, sender: Connection, parent: int) -> None:
    for each in SIGNALS:
        # `pkill -HUP` reaches workers too; reloading is the supervisor's.
        signal.signal(each, signal.SIG_IGN if each is signal.SIGHUP else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    os.environ.update(configuration.variables)
    configure_log(configuration.settings.log, worker=number)
    log_uncaught()
    Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    try:
        serve(configuration, number, lambda: sender.send((os.getpid(), None)))
    except typer.TyperException as error:
        _fail(sender, error.format_message())
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            _fail(sender, file_error(error))
        logger.critical("A worker failed.", exc_info=error)
        _fail(sender, "A worker failed; the log has its exception.")


def _fail(sender: Connection, message: str) -> NoReturn:
    sender.send((os.getpid(), message[:MAX_ERROR_CHARACTERS]))
    sys.exit(1)


def _end_with_parent(parent: int) -> None:
    # Workers that start later hold the sentinel of multiprocessing open too, so it would end one after the other.
    while os.getppid() == parent:
        time.sleep(PARENT_INTERVAL_S)
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _blocked(signals: Iterable[signal.Signals]) -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
