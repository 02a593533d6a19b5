"""Bytes and time to load the field app over a network like 3G. Bytes are asserted; the time is printed."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from playwright.async_api import expect

from tests.system.field_visit import phone
from tests.system.server import DemoServer

NETWORK = {"offline": False, "latency": 300, "downloadThroughput": 700_000 / 8, "uploadThroughput": 250_000 / 8}
MOST_BYTES = 200_000


async def test_a_first_load_takes_less_than_200_kilobytes(
    tool: Callable[[str], str], field_app: DemoServer, record_property: Callable[[str, object], None]
) -> None:
    received: list[float] = []
    async with phone(tool) as context:
        page = await context.new_page()
        network = await context.new_cdp_session(page)
        network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        await network.send("Network.enable")
        await network.send("Network.emulateNetworkConditions", NETWORK)
        began = perf_counter()
        await page.goto(f"{field_app.url}/field", wait_until="commit")
        await expect(page.get_by_role("button", name="patrol")).to_be_visible()
        seconds = perf_counter() - began

    record_property("counted", f"field app: {sum(received):,.0f} bytes, usable after {seconds:.1f} s on 3G")
    assert 0 < sum(received) < MOST_BYTES
