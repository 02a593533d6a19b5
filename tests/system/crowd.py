"""Clients that ask on and on, some of which leave before they are answered. Keeps what became of every request.

Each request has a terminal of its own, by which the journal can be asked for it. Knows nothing of what goes wrong.
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

from tests.system.questions import Question
from tests.system.response_comparison import Body, WithoutNumber, codes, differences, statuses

SEEN_S = 60
REPLY_S = 30
# How often whoever was refused asks again; the Retry-After of a second would be most of a fault's time.
AGAIN_S = 0.05
REFUSALS = {"AUDIT_UNAVAILABLE", "OVERLOADED"}


@dataclass(slots=True)
class Request:
    """One request, and what became of it. Without a `status` there was no reply."""

    question: Question
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


Claim = Callable[[Request], bool]


class Crowd:
    """All clients of one server."""

    def __init__(self, url: str, tokens: Mapping[str, str], nowhere: WithoutNumber, client: httpx.AsyncClient) -> None:
        self.requests: list[Request] = []
        self.left: list[str] = []
        self.quiet: dict[Question, Body] = {}
        self._url = url
        self._tokens = tokens
        self._nowhere = nowhere
        self._client = client
        self._numbers = count(1)
        self._under_way: set[asyncio.Future[None]] = set()
        self._watching: list[tuple[float, Claim, asyncio.Future[None]]] = []

    @property
    def under_way(self) -> int:
        return len(self._under_way)

    async def learn(self, question: Question) -> None:
        """Ask while all is quiet: the answer is what later ones are held against."""
        reply = await self._post(question, "oracle")
        reply.raise_for_status()
        body = reply.json()
        assert "SOURCE_UNAVAILABLE" not in codes(body)
        self.quiet[question] = body

    async def ask(self, question: Question) -> Request:
        """Raises httpx.TransportError where there is no reply; what could not even be sent is not counted."""
        request = Request(question, f"client-{next(self._numbers)}", monotonic())
        done = asyncio.get_running_loop().create_future()
        self._under_way.add(done)
        try:
            self._note(request, await self._post(question, request.terminal))
        except httpx.ConnectError:
            raise
        except httpx.TransportError:
            self.requests.append(request)
            raise
        finally:
            self._under_way.discard(done)
            done.set_result(None)
        return request

    async def go_on(self, chance: Random) -> None:
        """One client that asks whatever comes to its mind until nobody is there any more."""
        questions = list(self.quiet)
        with suppress(httpx.TransportError):
            while True:
                if (await self.ask(chance.choice(questions))).refusal:
                    await asyncio.sleep(AGAIN_S)

    async def leave_again_and_again(self, chance: Random, is_over: asyncio.Event) -> None:
        """One client that is gone before the reply: in the midst of asking, right after it, or while it is answered."""
        histories = [question for question in self.quiet if question.operation == "History"]
        while not is_over.is_set():
            question = chance.choice(histories)
            terminal = f"leaver-{next(self._numbers)}"
            sent = self._as_bytes(question, terminal)
            _, writer = await asyncio.open_connection(*urlsplit(self._url).netloc.split(":"))
            writer.write(sent[: chance.choice([len(sent) // 2, len(sent), len(sent)])])
            await writer.drain()
            await asyncio.sleep(chance.choice([0, chance.uniform(0.03, 0.06)]))
            if chance.random() < 0.5:
                writer.transport.abort()
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self.left.append(terminal)

    async def seen(self, claim: Claim, what: str) -> None:
        """Wait for a reply of which this is true, to a request that has not been sent yet."""
        seen = asyncio.get_running_loop().create_future()
        self._watching.append((monotonic(), claim, seen))
        try:
            async with asyncio.timeout(SEEN_S):
                await seen
        except TimeoutError:
            raise AssertionError(f"no reply in {SEEN_S} s showed: {what}") from None

    async def settled(self) -> None:
        """Wait for all that has been sent so far to be answered."""
        if self._under_way:
            await asyncio.wait(set(self._under_way))

    async def _post(self, question: Question, terminal: str) -> httpx.Response:
        return await self._client.post(
            f"{self._url}/graphql", json=question.body, headers=self._headers(question, terminal), timeout=REPLY_S
        )

    def _headers(self, question: Question, terminal: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[question.caller]}", "X-Terminal": terminal}

    def _as_bytes(self, question: Question, terminal: str) -> bytes:
        headers = self._headers(question, terminal)
        request = httpx.Request("POST", f"{self._url}/graphql", json=question.body, headers=headers)
        lines = [f"{name}: {value}" for name, value in request.headers.items()]
        return "\r\n".join(["POST /graphql HTTP/1.1", *lines, "", ""]).encode() + request.content

    def _note(self, request: Request, reply: httpx.Response) -> None:
        self.requests.append(request)
        request.status, request.replied_at = reply.status_code, monotonic()
        body = orjson.loads(reply.content)
        request.codes = codes(body)
        if request.is_answered:
            request.sources = statuses(body)
            request.inquiry = body["extensions"]["inquiry"]["id"]
            request.wrong = differences(self.quiet[request.question], body, self._nowhere)
        elif reply.status_code != 503 or body.keys() != {"errors"} or not request.codes <= REFUSALS:
            request.wrong = [f"{reply.status_code} is no refusal: {request.codes}, {sorted(body)}"]
        for since, claim, seen in self._watching:
            if request.sent_at >= since and not seen.done() and claim(request):
                seen.set_result(None)
        self._watching = [each for each in self._watching if not each[-1].done()]
