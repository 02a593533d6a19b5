"""A page on a phone that shows warrants before a slow history, in headless Chromium over a narrow network."""

from __future__ import annotations

import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.system.breaking_network import DEADLINES, UNANSWERED, network_to
from tests.system.browser import CHROMIUM_FLAGS
from tests.system.server import demo_server, needtoknow

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
VICTOR = "P0000001"
WARRANT = "WARRANT W000000001 ROBBERY - STREET - GUN"
PHONE = {"offline": False, "latency": 300, "downloadThroughput": 700_000 / 8, "uploadThroughput": 700_000 / 8}
expect.set_options(timeout=30_000)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of the page, with the file of docs/clients beside it, as a reader copies it."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copy(HERE / "parts_page" / "index.html", folder)
    shutil.copy(ROOT / "docs" / "clients" / "parts.mjs", folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("world")
    needtoknow("seed", "--data", str(data), "--people", "60", "--rng", "1")
    return data


@pytest.fixture
async def phone(tool: Callable[[str], str], origin: str) -> AsyncIterator[Page]:
    """The page on a phone, loaded; from then on its network is slow."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=tool("chromium"), args=CHROMIUM_FLAGS)
        context = await browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
        page = await context.new_page()
        await page.goto(origin)
        network = await context.new_cdp_session(page)
        await network.send("Network.enable")
        await network.send("Network.emulateNetworkConditions", PHONE)
        yield page
        await browser.close()


async def ask(page: Page, url: str, token: str) -> None:
    """Begin a stop. The page shows its lines as they come."""
    await page.evaluate("request => { window.stop(...request); }", [f"{url}/graphql", token, VICTOR])


async def test_a_phone_shows_warrants_before_a_slow_history(phone: Page, origin: str, world: Path) -> None:
    with demo_server(world, {"NEEDTOKNOW_ORIGINS": origin, "NEEDTOKNOW_PROFILE": "history-slow"}) as server:
        await ask(phone, server.url, server.token("investigator"))
        await expect(phone.get_by_text("END")).to_be_in_viewport()

    *first, history, end = await phone.get_by_role("listitem").all_inner_texts()
    assert (first, end) == ([WARRANT, "HISTORY PENDING"], "END")
    assert history in {"HISTORY 1 arrests", "HISTORY not checked"}, "by then it answered, or its deadline passed"


async def test_a_phone_says_what_a_reply_that_breaks_off_did_not_check(
    phone: Page, origin: str, world: Path, tmp_path: Path
) -> None:
    profile = tmp_path / "unanswered.toml"
    profile.write_text(UNANSWERED)
    settings = {"NEEDTOKNOW_ORIGINS": origin, "NEEDTOKNOW_PROFILE": str(profile), **DEADLINES}
    with demo_server(world, settings) as server:
        async with network_to(server) as (url, break_off):
            await ask(phone, url, server.token("investigator"))
            await expect(phone.get_by_text("HISTORY PENDING")).to_be_in_viewport()
            break_off()
            await expect(phone.get_by_text("BROKE OFF")).to_be_in_viewport()

    assert await phone.get_by_role("listitem").all_inner_texts() == [
        WARRANT,
        "HISTORY PENDING",
        "BROKE OFF: what is not here is not checked",
    ]
