"""The page of traces in a headless Chromium, and an export to Arize Phoenix, a backend that takes OTLP.

Phoenix is installed into `build/phoenix`, an environment of its own: 156 packages, 855 MB, three minutes at first.
It takes 450 MB of memory.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import takewhile
from pathlib import Path
from threading import Timer

import httpx
import pytest
from playwright.async_api import async_playwright, expect

from tests.system.browser import CHROMIUM_FLAGS
from tests.system.server import START_S, demo_server, needtoknow, own_environment

CHECKOUT = Path(__file__).parents[2]
SAMPLE = CHECKOUT / "tests" / "traces"
SLOW = "8d1f0a6c5b7e4e2f9a3c6b1d2e4f5a60"
BACKEND = CHECKOUT / "build" / "phoenix"
VERSION = "20.26.1"
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
OPERATION = '{ person(id: "P0000001") { name { full } warrants { number } } }'
LOOKUP = f"query @inquiry(purpose: C, reason: INVESTIGATION) {OPERATION}"

STEPS = {"POST /graphql", "parse", "validate", "plan", "decide", "journal", "execute"}


async def test_the_page_loads_nothing_and_shows_each_part(tool: Callable[[str], str], tmp_path: Path) -> None:
    page = tmp_path / "traces.html"
    page.write_text(needtoknow("trace", "html", "--traces", str(SAMPLE)), encoding="utf-8")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=tool("chromium"), args=CHROMIUM_FLAGS)
        shown = await browser.new_page()
        requests, messages = [], []
        shown.on("request", lambda request: requests.append(request.url))
        shown.on("console", lambda message: messages.append(message.text))
        await shown.goto(page.as_uri())
        slow = shown.get_by_role("region", name="query Everything, records, HTTP 200, 731.96 ms")

        batch = slow.get_by_role("row", name="SELECT criminal_history From 128.82 ms for 409.52 ms")
        await expect(batch.get_by_role("cell", name="409.52", exact=True)).to_be_visible()
        await expect(slow.locator("text").get_by_text("SELECT criminal_history: 598.94 ms")).to_be_visible()
        await expect(slow.get_by_role("row", name="SELECT criminal_history 598.94 81.83", exact=True)).to_be_visible()
        moment = slow.get_by_role("row", name="execute > SELECT criminal_history 128.82 409.52 55.95")
        await expect(moment).to_be_hidden()
        await slow.get_by_text("Each moment of the critical path, in order").click()
        await expect(moment).to_be_visible()
        await expect(slow.get_by_role("row", name="criminal_history 598.94 81.83 3")).to_be_visible()
        await expect(slow.get_by_text("598.94 ms, 82% of the critical path")).to_be_visible()
        late = shown.get_by_role("region", name="query, patrol, HTTP 200, SOURCE_UNAVAILABLE, 294.07 ms")
        await expect(late.get_by_role("definition").get_by_text("vehicles TIMEOUT")).to_be_visible()
        await shown.get_by_role("link", name="query Everything").click()
        assert shown.url == f"{page.as_uri()}#{SLOW}"
        await browser.close()

    assert requests == [page.as_uri()]
    assert messages == []


@pytest.fixture(scope="module")
def phoenix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty Phoenix on this machine."""
    command = BACKEND / "bin" / "phoenix"
    if not command.exists():
        subprocess.run([sys.executable, "-m", "venv", BACKEND], check=True)
        pip = [
            BACKEND / "bin" / "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            f"arize-phoenix=={VERSION}",
        ]
        installed = subprocess.run(pip, capture_output=True, text=True, check=False)
        if installed.returncode != 0:
            pytest.skip(f"arize-phoenix cannot be installed: {installed.stderr.splitlines()[-1]}")
    http, grpc = free_ports(2)
    environment = own_environment() | {
        "PHOENIX_WORKING_DIR": str(tmp_path_factory.mktemp("phoenix")),
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(http),
        "PHOENIX_GRPC_PORT": str(grpc),
        "PHOENIX_TELEMETRY_ENABLED": "false",
        "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false",
    }
    with subprocess.Popen(
        [command, "serve"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as server:
        assert server.stdout is not None
        watchdog = Timer(START_S, server.kill)
        watchdog.start()
        printed = list(takewhile(lambda line: "Uvicorn running on" not in line, server.stdout))
        watchdog.cancel()
        try:
            assert server.poll() is None, "".join(printed)
            yield f"http://127.0.0.1:{http}"
        finally:
            server.terminate()


def test_phoenix_has_every_step_of_a_request_and_no_value_of_it(
    phoenix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", phoenix)
    needtoknow("seed", "--data", str(tmp_path), "--people", "50", "--rng", "1")
    with demo_server(tmp_path) as server:
        headers = {
            "Authorization": f"Bearer {server.token('investigator')}",
            "traceparent": f"00-{TRACE}-{PARENT}-01",
        }
        response = httpx.post(f"{server.url}/graphql", json={"query": LOOKUP}, headers=headers)
    # The server exports the last spans when it stops. Phoenix stores them after it has accepted them.
    stored = f"{phoenix}/v1/projects/default/spans/otlpv1"
    until = time.monotonic() + START_S
    while not (found := httpx.get(stored)).is_success or not {span["name"] for span in found.json()["data"]} >= STEPS:
        assert time.monotonic() < until, found.text
        time.sleep(0.2)

    spans = found.json()["data"]
    assert "Thornquist" in response.text
    assert "Thornquist" not in found.text
    assert {span["trace_id"] for span in spans} == {TRACE}
    (request,) = (span for span in spans if span["name"] == "POST /graphql")
    assert request["parent_span_id"] == PARENT
    assert {span["parent_span_id"] for span in spans} - {span["span_id"] for span in spans} == {PARENT}


def free_ports(count: int) -> list[int]:
    """Ports of this machine that are free now."""
    with ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]
