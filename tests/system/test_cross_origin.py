"""Pages of other origins in headless Chromium: which of them may send operations, and read the replies."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.async_api import BrowserContext, async_playwright

from tests.harness import PERSON_QUERY
from tests.system.browser import CHROMIUM_FLAGS
from tests.system.server import DemoServer, demo_server, needtoknow

SEND = """async ({ url, token, query, headers, credentials }) => {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}`, ...headers },
      body: JSON.stringify({ query }),
      credentials,
    });
    const trace = response.headers.get('traceresponse');
    return { data: (await response.json()).data, trace: trace && trace.length };
  } catch (error) {
    return { error: error.name };
  }
}"""
KEPT = {"error": "TypeError"}


class BlankPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>a dashboard</title>")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def origins() -> Iterator[list[str]]:
    """Two origins, each with a page."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), BlankPage) for _ in range(2)]
    for each in servers:
        threading.Thread(target=each.serve_forever, daemon=True).start()
    yield [f"http://127.0.0.1:{each.server_port}" for each in servers]
    for each in servers:
        each.shutdown()
        each.server_close()


@pytest.fixture(scope="module")
def permitting(origins: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """A server that names the first of the origins."""
    data = tmp_path_factory.mktemp("world")
    needtoknow("seed", "--data", str(data), "--people", "60", "--rng", "1")
    with demo_server(data, {"NEEDTOKNOW_ORIGINS": origins[0]}) as server:
        yield server


@pytest.fixture
async def context(tool: Callable[[str], str]) -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=tool("chromium"), args=CHROMIUM_FLAGS)
        yield await browser.new_context()
        await browser.close()


async def sent_from(context: BrowserContext, origin: str, server: DemoServer, **options: Any) -> dict[str, Any]:
    """What a page of an origin reads of the reply to its operation."""
    page = await context.new_page()
    await page.goto(origin)
    request = {"url": server.url, "token": server.token("patrol"), "query": PERSON_QUERY}
    read: dict[str, Any] = await page.evaluate(SEND, request | {"headers": {}, "credentials": "omit"} | options)
    return read


async def test_a_page_of_a_named_origin_sends_operations_and_reads_replies(
    context: BrowserContext, origins: list[str], permitting: DemoServer
) -> None:
    trace = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "X-Terminal": "CAR 12"}
    read = await sent_from(context, origins[0], permitting, headers=trace)

    assert read == {"data": {"person": {"id": "P0000001"}}, "trace": 55}


async def test_a_browser_keeps_replies_from_pages_of_other_origins(
    context: BrowserContext, origins: list[str], permitting: DemoServer
) -> None:
    assert await sent_from(context, origins[1], permitting) == KEPT
    # A page cannot go round the preflight by a media type that needs none.
    simple = {"Content-Type": "text/plain"}
    assert await sent_from(context, origins[1], permitting, headers=simple) == KEPT


async def test_no_page_sends_credentials_of_the_browser(
    context: BrowserContext, origins: list[str], permitting: DemoServer
) -> None:
    assert await sent_from(context, origins[0], permitting, credentials="include") == KEPT
    assert await sent_from(context, origins[0], permitting, headers={"X-Inquiry": "{}"}) == KEPT
