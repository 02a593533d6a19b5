"""Turns away, before a task is made for it, a question for which there is no place. Knows nothing of sockets.

While more is asked than can be answered, every task waits for its turn among those that were let in. A refusal that
queued with them would be late, and would cost them as much as the HTTP of a question: docs/decisions/0038.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from api.admission import Admission
from api.endpoint import overloaded
from api.middleware import surrounded
from api.telemetry.recorder import Telemetry
from api.telemetry.vocabulary import REQUEST


class Turnstile:
    """`refusal` is the ASGI application that says so. It waits for nothing but what it sends to."""

    def __init__(self, admission: Admission, telemetry: Telemetry) -> None:
        self._admission = admission
        self.refusal: ASGIApp = surrounded(_no, telemetry)

    def turns_away(self, scope: Scope) -> bool:
        """Whether this request is a question without a place; then it is counted as refused."""
        return f"{scope['method']} {scope['path']}" == REQUEST and self._admission.turns_away()


async def _no(scope: Scope, receive: Receive, send: Send) -> None:
    await overloaded(scope)(scope, receive, send)
