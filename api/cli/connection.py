"""One connection, as uvicorn serves it, at a turnstile. Knows nothing of what is asked.

uvicorn makes a task for each request. One that is turned away has none: it is answered where its bytes are read.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


class Connection(HttpToolsProtocol):
    def __init__(self, is_turned_away: Callable[[Any], bool], refusal: Any, **uvicorn_s: Any) -> None:
        """`refusal` is the ASGI application for whoever is turned away. It waits for nothing."""
        super().__init__(**uvicorn_s)
        self._is_turned_away = is_turned_away
        self._refusal = refusal
        self._is_reading = False
        self._begun: tuple[RequestResponseCycle, Any] | None = None

    def data_received(self, data: bytes) -> None:
        self._is_reading = True
        super().data_received(data)
        self._is_reading = False
        if self._begun is None:
            return
        (cycle, app), self._begun = self._begun, None
        # A body that is still to come, and a client that does not read, are waited for in a task; and with one request
        # behind another in the same bytes each has its turn, else a client could keep everybody's.
        is_whole = not (cycle.more_body or self.pipeline or self.flow.write_paused)
        if is_whole and self._is_turned_away(cycle.scope):
            _run(cycle.run_asgi(self._refusal))
        else:
            self._start_asgi_task(cycle, app)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        # uvicorn starts with the head; most bodies come with the same bytes.
        if self._is_reading:
            self._begun = cycle, app
        else:
            super()._start_asgi_task(cycle, app)


def _run(work: Coroutine[Any, Any, None]) -> None:
    with suppress(StopIteration):
        work.send(None)
        work.throw(RuntimeError("A refusal waits for nothing."))
