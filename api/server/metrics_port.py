"""The port of metrics: what the supervisor and the workers report, and the process that serves the sums.

It is a process of its own, so that a client that hangs delays neither a worker nor their supervisor.
"""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Callable, Collection
from importlib.metadata import version
from typing import Any

from api.server.worker_process import Worker
from telemetry.worker_reports import WorkerReportExporter, report_sockets, send_report


class MetricsPort:
    """The sockets of the metrics process, and what the supervisor has counted."""

    def __init__(self, sock: socket.socket, url: str) -> None:
        self.url = url
        self.deaths = 0
        self.reloads = Counter(applied=0, refused=0)
        self.is_current = True
        self._sock = sock
        self._receiver, self._sender = report_sockets()
        self.exporter = WorkerReportExporter(self._sender)
        self._started_at = time.time()
        self._last: dict[str, Any] = {}

    def serve(self, on_ready: Callable[[], None]) -> None:
        """Serve the sums until SIGINT or SIGTERM."""
        from api.server.metrics_server import run_metrics

        run_metrics(self._receiver, self._sock, on_ready)

    def report(self, workers: Collection[Worker], wanted: int) -> None:
        """Report the workers and the counts, if they are not those of the last report."""
        report: dict[str, Any] = {
            "version": version("needtoknow"),
            "started_at": self._started_at,
            "wanted": wanted,
            "deaths": self.deaths,
            "reloads": self.reloads,
            "is_current": int(self.is_current),
            "workers": [
                {
                    "number": each.number,
                    "pid": each.pid,
                    "started_at": each.started_at,
                    "is_ready": each.is_ready,
                    "is_retired": each.is_retired,
                }
                for each in workers
            ],
        }
        if report != self._last and send_report(self._sender, report):
            self._last = report

    def report_again(self) -> None:
        """The metrics process is a new one, and has no report yet."""
        self._last = {}
