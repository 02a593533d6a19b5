"""Clients that send requests continuously, and clients that disconnect early. Every request is recorded.

Each request has its own terminal id, by which its journal entries are found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from math import inf
from random import Random
from time import monotonic
from urllib.parse import urlsplit

import httpx
import orjson

from tests.system.operations import Operation
from tests.system.response_comparison import Body, codes, differences, statuses

OBSERVED_S = 60
RESPONSE_S = 30
# Delay before a retry. The Retry-After of one second would be longer than most faults.
RETRY_S = 0.05
REFUSALS = {"AUDIT_UNAVAILABLE", "OVERLOADED"}


@dataclass(slots=True)
class Request:
    """One request and its result. `status` is None if there was no response."""

    operation: Operation
    terminal: str
    sent_at: float
    replied_at: float = inf
    status: int | None = None
    codes: set[str] = field(default_factory=set)
    sources: dict[str, str] = field(default_factory=dict)
    inquiry: str = ""
    wrong: list[str] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        return self.status == 200

    @property
    def is_in_part(self) -> bool:
        return self.is_answered and "SOURCE_UNAVAILABLE" in self.codes

    @property
    def refusal(self) -> str | None:
        return None if self.status in {None, 200} else ", ".join(sorted(self.codes))


Condition = Callable[[Request], bool]


class Clients:
    """All clients of one server."""

    def __init__(self, url: str, tokens: Mapping[str, str], client: httpx.AsyncClient) -> None:
        self.requests: list[Request] = []
        self.disconnected: list[str] = []
        self.baseline: dict[Operation, Body] = {}
        self._url = url
        self._tokens = tokens
        self._client = client
        self._numbers = count(1)
        self._pending: set[asyncio.Future[None]] = set()
        self._observers: list[tuple[float, Condition, asyncio.Future[None]]] = []

    @property
    def pending(self) -> int:
        return len(self._pending)

    async def record_baseline(self, operation: Operation) -> None:
        """Record the response without faults, with which later ones are compared."""
        response = await self._post(operation, "baseline")
        response.raise_for_status()
        body = response.json()
        assert "SOURCE_UNAVAILABLE" not in codes(body)
        self.baseline[operation] = body

    async def send(self, operation: Operation) -> Request:
        """Send one request. It is recorded unless the connection fails.

        Raises: httpx.TransportError if there is no response.
        """
        request = Request(operation, f"client-{next(self._numbers)}", monotonic())
        done = asyncio.get_running_loop().create_future()
        self._pending.add(done)
        try:
            self._record(request, await self._post(operation, request.terminal))
        except httpx.ConnectError:
            raise
        except httpx.TransportError:
            self.requests.append(request)
            raise
        finally:
            self._pending.discard(done)
            done.set_result(None)
        return request

    async def send_continuously(self, rng: Random) -> None:
        """One client that sends random operations until the server is gone."""
        operations = list(self.baseline)
        with suppress(httpx.TransportError):
            while True:
                if (await self.send(rng.choice(operations))).refusal:
                    await asyncio.sleep(RETRY_S)

    async def disconnect_repeatedly(self, rng: Random, is_over: asyncio.Event) -> None:
        """One client that disconnects before the response: during its request, after it, or during the response."""
        histories = [operation for operation in self.baseline if operation.name == "History"]
        while not is_over.is_set():
            operation = rng.choice(histories)
            terminal = f"disconnecting-{next(self._numbers)}"
            sent = self._as_bytes(operation, terminal)
            _, writer = await asyncio.open_connection(*urlsplit(self._url).netloc.split(":"))
            writer.write(sent[: rng.choice([len(sent) // 2, len(sent), len(sent)])])
            await writer.drain()
            await asyncio.sleep(rng.choice([0, rng.uniform(0.03, 0.06)]))
            if rng.random() < 0.5:
                writer.transport.abort()
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self.disconnected.append(terminal)

    async def observed(self, condition: Condition, description: str) -> None:
        """Wait for a response that meets the condition, to a request that is sent from now on."""
        future = asyncio.get_running_loop().create_future()
        self._observers.append((monotonic(), condition, future))
        try:
            async with asyncio.timeout(OBSERVED_S):
                await future
        except TimeoutError:
            raise AssertionError(f"no response in {OBSERVED_S} s showed: {description}") from None

    async def finished(self) -> None:
        """Wait for the responses to all requests sent so far."""
        if self._pending:
            await asyncio.wait(set(self._pending))

    async def _post(self, operation: Operation, terminal: str) -> httpx.Response:
        return await self._client.post(
            f"{self._url}/graphql", json=operation.body, headers=self._headers(operation, terminal), timeout=RESPONSE_S
        )

    def _headers(self, operation: Operation, terminal: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[operation.caller]}", "X-Terminal": terminal}

    def _as_bytes(self, operation: Operation, terminal: str) -> bytes:
        headers = self._headers(operation, terminal)
        request = httpx.Request("POST", f"{self._url}/graphql", json=operation.body, headers=headers)
        lines = [f"{name}: {value}" for name, value in request.headers.items()]
        return "\r\n".join(["POST /graphql HTTP/1.1", *lines, "", ""]).encode() + request.content

    def _record(self, request: Request, response: httpx.Response) -> None:
        self.requests.append(request)
        request.status, request.replied_at = response.status_code, monotonic()
        body = orjson.loads(response.content)
        request.codes = codes(body)
        if request.is_answered:
            request.sources = statuses(body)
            request.inquiry = body["extensions"]["inquiry"]["id"]
            request.wrong = differences(self.baseline[request.operation], body)
        elif response.status_code != 503 or body.keys() != {"errors"} or not request.codes <= REFUSALS:
            request.wrong = [f"{response.status_code} is not a valid refusal: {request.codes}, {sorted(body)}"]
        for since, condition, future in self._observers:
            if request.sent_at >= since and not future.done() and condition(request):
                future.set_result(None)
        self._observers = [each for each in self._observers if not each[-1].done()]
