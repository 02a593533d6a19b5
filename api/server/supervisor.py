"""Worker supervisor: it runs the processes that serve one socket, so that every core is used and settings are reloaded.

Workers share the listening socket and the data folder. A worker that ends is replaced. SIGHUP reads the configuration
again: a new worker tries it, and if that starts, each worker gives way to a new one without a request lost. uvicorn's
own supervisor cannot serve with our `Server`, leaves its workers running if it is killed, and closes connections that
wait for their next request.
"""

from __future__ import annotations

import logging
import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import wait

from api.config.configuration import Change, Configuration
from api.config.log_format import configure_log, log_event
from api.config.setting import InvalidSettings
from api.config.user_error import UserError
from api.server.metrics_port import MetricsPort
from api.server.service_manager import notify_ready, notify_reloading, notify_stopping
from api.server.worker_process import FORK, RETIRE, SIGNALS, ForkFailed, Serve, Worker

logger = logging.getLogger("needtoknow.server")

METRICS = 0
"""The number of the metrics process."""
EXPECTED_EXITS = ("status 0", RETIRE.name, "SIGINT", "SIGTERM")
"""Exits of a worker that was asked to end; the signal itself ends one that has not started yet."""


class Supervisor:
    """Runs `serve` in as many processes as the configuration says. `read` reads it again.

    `on_ready` is called once a worker serves. `stop_listening` closes the socket of this process, in which connections
    would wait that no worker accepts any more.
    """

    def __init__(
        self,
        configuration: Configuration,
        serve: Serve,
        *,
        read: Callable[[], Configuration],
        on_ready: Callable[[], None],
        stop_listening: Callable[[], None] = lambda: None,
        metrics: MetricsPort | None = None,
        start_timeout_s: float = 60.0,
        retry_s: float = 5.0,
    ) -> None:
        """A configuration is refused if a worker is not ready with it within `start_timeout_s` seconds.

        A worker that could not start is started again after `retry_s` seconds.
        """
        self._configuration = configuration
        self._serve = serve
        self._read = read
        self._on_ready = on_ready
        self._stop_listening = stop_listening
        self._metrics = metrics
        self._start_timeout_s = start_timeout_s
        self._retry_s = retry_s
        self._receiver, self._sender = FORK.Pipe(duplex=False)
        self._signals, self._signal_sender = FORK.Pipe(duplex=False)
        self._workers: dict[int, Worker] = {}  # by the sentinel of their process
        self._ended: dict[int, dict[str, object]] = {}  # what the log says of a worker to be replaced, by number
        self._retry_at: dict[int, float] = {}  # by number
        self._trial: tuple[Worker, Change] | None = None
        self._trial_ends_at = math.inf
        self._rollout: Change | None = None
        self._is_ready = self._is_stopping = self._must_reload = False
        self._error: str | None = None
        self._ends_with_terminal = False

    def run(self) -> None:
        """Run until SIGINT or SIGTERM. Raises: UserError or ForkFailed if the first worker cannot start."""
        with self._handled_signals():
            # The first one alone: a start-up error is reported once, and files are created by one process.
            self._start(1, self._configuration)
            while self._workers or not self._is_stopping:
                self._wait()
        if self._error is not None:
            raise UserError(self._error)
        log_event(logger, logging.INFO, "Stopped.", "stopped")

    @contextmanager
    def _handled_signals(self) -> Iterator[None]:
        before = {each: signal.getsignal(each) for each in SIGNALS}
        # When a terminal closes, the kernel sends SIGHUP to its programs; `nohup` ignores it.
        self._ends_with_terminal = _has_terminal() and before[signal.SIGHUP] is not signal.SIG_IGN
        for each in SIGNALS:
            signal.signal(each, lambda number, _: self._signal_sender.send_bytes(bytes([number])))
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _wait(self) -> None:
        """Wait for the next event, and do what follows from it."""
        timeout_s = min([*self._retry_at.values(), self._trial_ends_at]) - time.monotonic()
        limit_s = None if math.isinf(timeout_s) else max(0.0, timeout_s)
        ended = wait([self._signals, self._receiver, *self._workers], limit_s)
        # A stop explains the end of workers, and the last message of a worker comes before its end.
        while self._signals.poll():
            self._on_signal(signal.Signals(self._signals.recv_bytes()[0]))
        while self._receiver.poll():
            self._on_message(*self._receiver.recv())
        for each in ended:
            if isinstance(each, int):
                self._on_exit(self._workers.pop(each))
        if not self._is_stopping:
            self._reconcile()

    def _on_signal(self, number: signal.Signals) -> None:
        if number != signal.SIGHUP or (self._ends_with_terminal and not _has_terminal()):
            if not self._is_stopping:
                log_event(logger, logging.INFO, "Stopping.", "stop", signal=number.name)
            self._stop()
        elif not self._is_stopping:
            self._must_reload = True

    def _on_message(self, pid: int, error: str | None) -> None:
        for worker in self._workers.values():
            if worker.pid == pid:
                # A worker that fails after it was ready has started all the same.
                worker.error, worker.is_ready = error, worker.is_ready or error is None
                if worker.number == METRICS and self._metrics is not None:
                    self._metrics.report_again()
                elif worker.is_ready and not self._is_ready and not self._is_stopping:
                    self._is_ready = True
                    self._on_ready()
                    notify_ready()

    def _on_exit(self, worker: Worker) -> None:
        ending = worker.exit_reason()
        values: dict[str, object] = {"number": worker.number, "pid": worker.pid, "ending": ending}
        if self._is_stopping or worker.is_retired:
            level = logging.INFO if ending in EXPECTED_EXITS else logging.WARNING
            log_event(logger, level, "A worker has ended.", "worker_ended", **values)
            return
        error = worker.error or f"A worker ended by itself: {ending}."
        if self._trial is not None and self._trial[0] is worker:
            self._trial, self._trial_ends_at = None, math.inf
            self._refuse(error)
            return
        if not self._is_ready:
            self._error = error
            self._stop()
            return
        if self._metrics is not None and worker.number != METRICS:
            self._metrics.deaths += 1
        if worker.is_ready and worker.number > self._configuration.settings.workers:
            log_event(logger, logging.WARNING, "A worker has ended.", "worker_ended", **values)
        elif worker.is_ready:
            self._ended[worker.number] = values
        else:
            log_event(logger, logging.ERROR, f"A worker could not start. {error}", "worker_failed", **values)
            if worker.configuration is self._configuration:
                self._retry_at[worker.number] = time.monotonic() + self._retry_s

    def _stop(self) -> None:
        if not self._is_stopping:
            notify_stopping()
            self._stop_listening()
        self._is_stopping = True
        # Nothing is due any more; a time that has passed would be waited for again and again.
        self._retry_at.clear()
        self._trial_ends_at = math.inf
        for worker in self._workers.values():
            worker.stop()

    def _reconcile(self) -> None:
        """Start and retire workers until they are as the configuration says."""
        if not self._is_ready:
            return
        self._reconcile_trial()
        if self._must_reload and self._trial is None:
            self._must_reload = False
            self._reload()
        count = self._configuration.settings.workers
        for number in range(1 if self._metrics is None else METRICS, count + 1):
            self._reconcile_number(number)
        workers = [each for each in self._workers.values() if each.number != METRICS]
        if self._metrics is not None:
            self._metrics.report(workers, count)
        ready = [each for each in workers if each.configuration is self._configuration and each.is_ready]
        if len([each for each in ready if not each.is_retired]) >= count:
            for each in workers:
                if each.number > count and not each.is_retired:
                    each.retire()
            self._report_reload()

    def _reconcile_trial(self) -> None:
        if self._trial is None:
            return
        worker, change = self._trial
        if worker.is_ready:
            self._trial_ends_at = math.inf
            self._adopt(change)
        elif time.monotonic() >= self._trial_ends_at:
            worker.error = f"A worker was not ready within {self._start_timeout_s:g} s."
            worker.process.kill()
            self._trial_ends_at = math.inf

    def _reconcile_number(self, number: int) -> None:
        workers = [each for each in self._workers.values() if each.number == number and not each.is_retired]
        newest = [each for each in workers if each.configuration is self._configuration]
        if any(each.is_ready for each in newest):
            for each in workers:
                if each not in newest and (self._trial is None or each is not self._trial[0]):
                    each.retire()
        elif not newest and self._retry_at.get(number, 0.0) <= time.monotonic():
            self._retry_at.pop(number, None)
            try:
                newest = [self._start(number, self._configuration)]
            except ForkFailed as error:
                log_event(logger, logging.ERROR, f"A worker could not start. {error}", "worker_failed", number=number)
                self._retry_at[number] = time.monotonic() + self._retry_s
        if newest and (values := self._ended.pop(number, None)):
            values["replaced_by"] = newest[0].pid
            log_event(logger, logging.WARNING, "A worker has ended and is replaced.", "worker_replaced", **values)

    def _start(self, number: int, configuration: Configuration) -> Worker:
        worker = Worker.start(
            number, configuration, self._serve_metrics if number == METRICS else self._serve, self._sender
        )
        self._workers[worker.process.sentinel] = worker
        return worker

    def _serve_metrics(self, _configuration: Configuration, _number: int, announce: Callable[[], None]) -> None:
        assert self._metrics is not None
        self._stop_listening()
        self._metrics.serve(announce)

    def _reload(self) -> None:
        """Read the configuration again, and try it in a new worker."""
        notify_reloading()
        try:
            change = self._configuration.changed_to(self._read())
            log_event(logger, logging.INFO, "Reloading.", "reload", changed=change.changed)
            self._trial = self._start(1, change.configuration), change
            self._trial_ends_at = time.monotonic() + self._start_timeout_s
        except (InvalidSettings, ForkFailed) as error:
            self._refuse(str(error))
        except Exception as error:
            logger.critical("A reload failed.", exc_info=error)
            self._refuse("The log has the exception.")

    def _adopt(self, change: Change) -> None:
        if self._rollout is not None:  # it has not reached every worker, so both are reported together
            changed = sorted({*self._rollout.changed, *change.changed})
            needs_restart = sorted({*self._rollout.needs_restart, *change.needs_restart})
            change = replace(change, changed=changed, needs_restart=needs_restart)
        self._trial, self._rollout = None, change
        self._configuration = change.configuration
        self._retry_at.clear()
        for worker in self._workers.values():
            # It keeps the sums, and so the format of its log; no other setting that can change is for it.
            if worker.number == METRICS:
                worker.configuration = change.configuration
        self._count_reload(is_applied=True)
        configure_log(change.configuration.settings.log)

    def _refuse(self, error: str) -> None:
        log_event(logger, logging.ERROR, f"Not reloaded, the settings stay as they were. {error}", "reload_refused")
        self._count_reload(is_applied=False)
        notify_ready()

    def _count_reload(self, *, is_applied: bool) -> None:
        if self._metrics is not None:
            self._metrics.reloads["applied" if is_applied else "refused"] += 1
            self._metrics.is_current = is_applied

    def _report_reload(self) -> None:
        """Say that the last reload has reached every worker."""
        if (change := self._rollout) is None:
            return
        self._rollout = None
        values = {"changed": change.changed, "needs_restart": change.needs_restart}
        if change.needs_restart:
            message = f"Reloaded. Only a restart changes {', '.join(change.needs_restart)}."
            log_event(logger, logging.WARNING, message, "reloaded", **values)
        else:
            log_event(logger, logging.INFO, "Reloaded.", "reloaded", **values)
        notify_ready()


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
