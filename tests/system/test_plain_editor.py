"""The plain editor of the GraphiQL page: on phones, on slow lines, and until the full editor has come."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from playwright.async_api import BrowserContext, Request, expect

from tests.system.graphiql_visit import SHOWN_RESPONSE, Visit, browser_context, visit_of
from tests.system.server import DemoServer

VICTOR = "Victor Ames Thornquist"


@pytest.fixture
async def context(tool: Callable[[str], str]) -> AsyncIterator[BrowserContext]:
    async with browser_context(tool) as context:
        yield context


@pytest.fixture
async def visit(context: BrowserContext, served: DemoServer) -> Visit:
    return await visit_of(context, served.url)


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
async def test_safety_stands_in_full_above_the_response(visit: Visit, size: tuple[int, int]) -> None:
    is_phone = size[0] < 1_000
    await visit.page.set_viewport_size({"width": size[0], "height": size[1]})
    await visit.open("" if is_phone else "#full")
    await (visit.run_plainly() if is_phone else visit.run())
    safety = visit.page.get_by_role("region", name="Safety")

    await expect(safety.get_by_role("listitem").first).to_contain_text("ARMED AND DANGEROUS")
    await expect(safety.get_by_role("list", name="People and vehicles")).to_contain_text("WANTED")
    above = await safety.bounding_box()
    below = await visit.page.get_by_role("region", name="About this response").bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    assert 0 <= above["x"] < above["x"] + above["width"] <= size[0]
    assert 0 <= above["y"] < above["y"] + above["height"] <= size[1]
    assert await visit.page.evaluate("document.documentElement.scrollWidth") <= size[0]

    await visit.switch_to("outsider")
    await expect(safety).to_have_count(0)


SLOW_LINE = {"offline": False, "latency": 300, "downloadThroughput": 700_000 / 8, "uploadThroughput": 300_000 / 8}
FIRST_BYTES = 100_000
"""At 700 kbit/s these are 1.1 s. With four round trips of 300 ms, the first question is asked before 3 s are over."""


async def test_on_a_slow_line_the_first_question_needs_100_kilobytes(visit: Visit) -> None:
    network = await visit.page.context.new_cdp_session(visit.page)
    await network.send("Network.emulateNetworkConditions", SLOW_LINE)
    arrived: list[Request] = []

    def record(request: Request) -> None:
        arrived.append(request)

    visit.page.on("requestfinished", record)
    await visit.open("")

    assert (await visit.run_plainly())["data"]["person"]["name"] == {"full": VICTOR}

    sizes = [await request.sizes() for request in arrived]
    assert len(sizes) >= 6
    assert sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes) <= FIRST_BYTES
    assert [url for url in visit.requests if "FullEditor" in url or "monaco" in url] == []
    await expect(visit.page.get_by_role("button", name="Full editor")).to_be_enabled()


async def test_on_a_fast_line_the_full_editor_comes_by_itself(visit: Visit) -> None:
    await visit.open("")
    await expect(visit.page.get_by_role("button", name="Execute query")).to_be_visible()


async def test_the_full_editor_takes_over_what_was_done_in_the_plain_one(visit: Visit) -> None:
    await visit.open("#plain")
    await visit.page.get_by_role("combobox", name="Operation").select_option("Plate")
    await visit.page.get_by_role("textbox", name="Variables").fill('{"plate": "1N00001"}')
    response = await visit.run_plainly()

    await visit.page.get_by_role("button", name="Full editor").click()
    await expect(visit.editor).to_contain_text("query Plate")

    assert await visit.page.evaluate(SHOWN_RESPONSE) == response
    await expect(visit.page.get_by_role("region", name="Variables")).to_contain_text("1N00001")
    assert (await visit.run())["data"] == response["data"]


async def test_a_source_that_is_down_stands_first_in_red(context: BrowserContext, without_warrants: DemoServer) -> None:
    visit = await visit_of(context, without_warrants.url)
    await visit.open("#plain")
    await visit.run_plainly()

    first = visit.page.get_by_role("region", name="Safety").locator(".safety-line").first
    await expect(first).to_contain_text("WARRANTS: NO ANSWER.")
    await expect(first).to_have_css("background-color", "rgb(163, 35, 31)")
    chip = visit.page.get_by_role("list", name="Sources").get_by_role("listitem").first
    await expect(chip).to_contain_text("warrants no answer")
    await expect(chip).to_have_css("background-color", "rgb(163, 35, 31)")
