"""A server whose processor time and memory are measured for one question at a time."""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson

from api.auth.demo_issuer import DemoIssuer
from policy.roles import Role
from tests.server_process import ServerProcess, server_process
from tests.system.dear_questions import ORDINARY, SMALL, Question

KEPT_BYTES = 16 * 2**20
"""A server that has grown by more than this since it started is replaced: what it kept would hide what is used."""
WARM_UP = 20
RESPONSE_S = 120


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one question took.

    cpu_s:        processor time of all threads of the server.
    memory_bytes: the most memory that was in use, above what the server had in use at rest.
    """

    cpu_s: float
    memory_bytes: int
    reply_bytes: int
    status: int
    codes: Counter[str]

    @property
    def is_refused(self) -> bool:
        """Whether it was refused as a whole."""
        return self.status != 200 or (self.codes.total() == 1 and self.reply_bytes < 400)

    def __str__(self) -> str:
        reply = f"reply {self.reply_bytes / 2**20:.1f} MiB {dict(self.codes) or ''}"
        return f"{self.cpu_s:.2f} s, {self.memory_bytes / 2**20:.0f} MiB, {reply}".rstrip()


@dataclass
class MeasuredServer:
    """A running server over its own copy of a data folder."""

    process: ServerProcess
    issuer: DemoIssuer
    client: httpx.Client
    rest_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        for question in (SMALL, ORDINARY) * WARM_UP:
            self.send(question).raise_for_status()
        self.rest_bytes = self.process.resident_bytes

    @property
    def has_grown(self) -> bool:
        return self.process.resident_bytes - self.rest_bytes > KEPT_BYTES

    def send(self, question: Question) -> httpx.Response:
        return self.client.post("/graphql", content=body_of(question), headers=headers(self.issuer, question))

    def measure(self, question: Question) -> Measurement:
        """Send a question, and measure until its reply has arrived."""
        folder = Path(f"/proc/{self.process.pid}")
        (folder / "clear_refs").write_text("5", "ascii")  # VmHWM starts again from the memory in use
        before_s = self.cpu_s
        response = self.send(question)
        cpu_s = self.cpu_s - before_s
        (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", (folder / "status").read_text("ascii"))
        body: dict[str, Any] = orjson.loads(response.content)
        codes = Counter(each["extensions"]["code"] for each in body.get("errors", ()))
        memory = int(peak) * 1024 - self.rest_bytes
        return Measurement(cpu_s, memory, len(response.content), response.status_code, codes)

    @property
    def cpu_s(self) -> float:
        """Processor time of all threads of the server, with those that have ended."""
        # Linux: the clock of the processor time of another process.
        return time.clock_gettime(~self.process.pid << 3 | 2)


class MeasuredServers:
    """Servers over copies of one data folder, one after another."""

    def __init__(self, data: Path, folder: Path) -> None:
        self._data = data
        self._folder = folder
        self._stack = ExitStack()
        self._server: MeasuredServer | None = None
        self._number = 0

    def measure(self, question: Question) -> Measurement:
        """Measure a question on a server that has kept little of those before."""
        if self._server is None or self._server.has_grown:
            self.close()
            self._number += 1
            copy = shutil.copytree(self._data, self._folder / f"data{self._number}")
            self._server = self._stack.enter_context(measured_server(copy))
        return self._server.measure(question)

    def close(self) -> None:
        """Stop the server."""
        self._server = None
        self._stack.close()


@contextmanager
def measured_server(data: Path) -> Iterator[MeasuredServer]:
    """A server over a data folder, with default settings; it is killed on exit."""
    with server_process(data) as process, httpx.Client(base_url=process.url, timeout=RESPONSE_S) as client:
        yield MeasuredServer(process, DemoIssuer.open(data), client)


def body_of(question: Question) -> bytes:
    """The body of a request."""
    return orjson.dumps({"query": question.query, "variables": question.variables})


def headers(issuer: DemoIssuer, question: Question) -> dict[str, str]:
    """The headers of a request by the caller of a question."""
    token = issuer.token(Role(question.role), aal=2)
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
