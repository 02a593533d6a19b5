"""Open-loop load: requests are sent when they are due, however many are still waiting for a response."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bench.cluster.processes import NotReady
from bench.cluster.responses import Outcome, Response, judge
from bench.workloads import workloads

CLIENT_S = 15
"""A client waits no longer than that."""
QUESTIONS = {"1 person": 40, "a plate": 20, "a name": 10}
"""How many of each of the benchmark's workloads are asked in turn."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request, and its data when nothing fails."""

    body: bytes
    expected: Any


@dataclass
class Load:
    """Requests at a rate, to one address. `rate` is a second's number."""

    url: str
    headers: dict[str, str]
    rate: float
    responses: list[Response] = field(default_factory=list)
    _questions: Sequence[Question] = ()

    async def learn(self, world: Path) -> None:
        """Ask each question once, before anything fails. Raises: NotReady if one is not answered whole."""
        questions = []
        async with self._client() as client:
            for workload in workloads(world, seed=1):
                for body in workload.bodies(sends_inquiry=True)[: QUESTIONS.get(workload.name, 0)]:
                    reply = (await client.post(self.url, content=body)).json()
                    if "errors" in reply:
                        raise NotReady(f"a question has errors before anything failed: {reply['errors'][:1]}")
                    questions.append(Question(body, reply["data"]))
        # Kinds take turns.
        self._questions = questions[::7] + [each for offset in range(1, 7) for each in questions[offset::7]]

    async def run(self) -> None:
        """Send until it is cancelled; those that were sent are waited for."""
        async with self._client() as client, asyncio.TaskGroup() as requests:
            began, number = time.monotonic(), 0
            try:
                while True:
                    due = began + number / self.rate
                    await asyncio.sleep(max(0.0, due - time.monotonic()))
                    requests.create_task(self._send(client, self._questions[number % len(self._questions)], due))
                    number += 1
            except asyncio.CancelledError:
                return

    async def steady(self, count: int, since: float, seconds: float, what: str) -> None:
        """Wait until as many requests in a row were answered whole, that were due after a time. Raises: NotReady."""
        ends_at = time.monotonic() + seconds

        def is_steady() -> bool:
            last = sorted(self.due_in(since), key=lambda each: each.due_s)[-count:]
            return len(last) == count and all(each.outcome is Outcome.WHOLE for each in last)

        while not is_steady():
            if time.monotonic() > ends_at:
                seen = [f"{each.outcome.value} {each.reason}" for each in self.responses[-5:]]
                raise NotReady(f"{what}: {count} requests in a row were not answered within {seconds:g} s; last {seen}")
            await asyncio.sleep(0.05)

    def due_in(self, since: float, until: float = float("inf")) -> list[Response]:
        return [each for each in self.responses if since <= each.due_s < until]

    def _client(self) -> httpx.AsyncClient:
        # A connection that the proxy closes as it is used would look like a failure of the cluster.
        limits = httpx.Limits(max_connections=None, keepalive_expiry=2)
        return httpx.AsyncClient(headers=self.headers, timeout=CLIENT_S, limits=limits)

    async def _send(self, client: httpx.AsyncClient, question: Question, due: float) -> None:
        try:
            async with asyncio.timeout(CLIENT_S):
                reply = await client.post(self.url, content=question.body)
            outcome, reason, inquiry = judge(reply.status_code, reply.content, question.expected)
        except (httpx.HTTPError, TimeoutError) as error:
            outcome, reason, inquiry = Outcome.FAILED, type(error).__name__, ""
        self.responses.append(Response(due, (time.monotonic() - due) * 1_000, outcome, reason, inquiry))


Inject = Callable[[], None]
