"""The field app on a phone: the gravest fact first, for every officer, and nothing left behind."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import async_playwright, expect

from tests.system.browser import CHROMIUM_FLAGS
from tests.system.client_process import output
from tests.system.field_visit import CASE, PHONE, FieldVisit, phone, visit_of
from tests.system.server import DemoServer

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "demo-world.md").read_text("utf-8")
PEOPLE = re.findall(r"^\| `P\d+` \| [^|]+ \| [^|]+ \| `(Z\d+)` \| (?:`(\w+)` |[^`\w])", PAGE, re.MULTILINE)
SAFETY = "{ safety { lines { words } } }"
INQUIRY = "query ($key: String!) @inquiry(purpose: C, reason: TRAFFIC_STOP)"
BY_PLATE = f"{INQUIRY} {{ vehicle(by: {{plate: {{number: $key}}}}) {SAFETY} }}"
BY_LICENCE = f"{INQUIRY} {{ searchPersons(by: {{driverLicense: {{number: $key}}}}) {{ edges {{ node {SAFETY} }} }} }}"
# The type and the name of the element that has the focus.
FOCUSED = """() => {
  const each = document.activeElement;
  return `${each.type} ${each.ariaLabel ?? each.labels?.[0]?.innerText ?? each.innerText}`.replace(/\\s+/g, ' ');
}"""
TOP = 200  # pixels of the bar, the title and the time


async def gravest(client: httpx.AsyncClient, query: str, key: str) -> str | None:
    """The first line of a banner, as the API has it."""
    response = await client.post("/graphql", json={"query": query, "variables": {"key": key}})
    data = response.json()["data"]
    found = data["vehicle"] if "vehicle" in data else data["searchPersons"]["edges"][0]["node"]
    return next((line["words"] for line in found["safety"]["lines"]), None)


async def test_each_demo_person_s_gravest_fact_is_the_first_thing_seen(
    visit: FieldVisit, field_app: DemoServer
) -> None:
    assert len(PEOPLE) >= 25
    await visit.sign_in()
    headers = {"Authorization": f"Bearer {field_app.token('patrol')}"}
    seen = set()
    async with httpx.AsyncClient(base_url=field_app.url, headers=headers) as client:
        for licence, plate in PEOPLE:
            query, key = (BY_PLATE, plate) if plate else (BY_LICENCE, licence)
            words = await gravest(client, query, key)
            await visit.ask("Plate" if plate else "Licence", **{"Plate" if plate else "Licence_number": key})

            first = visit.banner.locator(".line").first
            if words is None:
                await expect(first).to_contain_text(re.compile("NOTHING KNOWN|NOT COMPLETE"))
            else:
                await expect(first).to_contain_text(words)
                seen.add(words)
            box, facts = await first.bounding_box(), await visit.answer.locator(".facts").bounding_box()
            assert box is not None
            assert facts is not None
            assert 0 <= box["y"] <= TOP < facts["y"], key
            await visit.end_stop()
    assert {"ARMED AND DANGEROUS", "ARMED AND PROHIBITED: MAY HAVE NO FIREARM"} <= seen


async def screens(visit: FieldVisit) -> AsyncIterator[str]:
    """The screens of a stop, one after another, by name."""
    await visit.open()
    yield "sign-in"
    await visit.sign_in()
    for kind in ("Plate", "Licence", "Name", "VIN", "Serial"):
        await visit.choose(kind)
        yield f"ask by {kind}"
    await visit.choose("Licence")
    await visit.page.get_by_role("button", name="Scan the licence").click()
    await expect(visit.page.get_by_label("Hand scanner")).to_be_focused()
    yield "scan"
    await visit.page.get_by_role("button", name="Close").click()
    await visit.page.get_by_role("button", name="Check licence").click()
    yield "nothing was typed"
    await visit.ask("Plate", Plate="1N00001")
    await visit.answered()
    yield "armed and dangerous"
    await visit.use_second_factor()
    await expect(visit.fact("Criminal history")).to_contain_text("2014")
    yield "history"
    await visit.ask("Plate", Plate="9ZZZ999")
    await visit.answered()
    yield "no record"
    await visit.ask("Name", Surname="Castellanaro", Given_name="Michael")
    await expect(visit.answer.get_by_role("button", name="Michael Aaron Castellanaro")).to_have_count(2)
    yield "hits"
    await visit.ask("Serial", Serial_number="N080417")
    await visit.answered()
    yield "a serial number"
    await visit.page.context.set_offline(True)
    await visit.ask("Plate", Plate="1NTK002")
    await expect(visit.failure).to_be_visible()
    yield "no network"
    await visit.page.context.set_offline(False)


@pytest.fixture(scope="module")
def axe(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core."""
    folder = tmp_path_factory.mktemp("axe") / "axe"
    shutil.copytree(HERE / "axe", folder, ignore=shutil.ignore_patterns("node_modules"))
    output(tool("npm"), "ci", "--ignore-scripts", "--silent", folder=folder)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


async def violations(visit: FieldVisit, axe: str) -> list[str]:
    """Violations that axe finds: the rule and the element."""
    if not await visit.page.evaluate("'axe' in window"):
        await visit.page.evaluate(axe)
    found: dict[str, Any] = await visit.page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_axe_finds_nothing_on_any_screen(
    tool: Callable[[str], str], field_app: DemoServer, axe: str, theme: str
) -> None:
    async with phone(tool, color_scheme=theme) as context:
        visit = await visit_of(context, field_app.url)
        found = {screen: await violations(visit, axe) async for screen in screens(visit)}

    assert {screen: each for screen, each in found.items() if each} == {}
    assert len(found) == 14


async def test_a_screen_of_360_pixels_never_scrolls_sideways(tool: Callable[[str], str], field_app: DemoServer) -> None:
    async with phone(tool, viewport={"width": 360, "height": 640}) as context:
        visit = await visit_of(context, field_app.url)
        widths = {
            screen: await visit.page.evaluate("document.documentElement.scrollWidth") async for screen in screens(visit)
        }

    assert {screen: width for screen, width in widths.items() if width > 360} == {}


async def test_a_whole_stop_is_done_by_keyboard(visit: FieldVisit) -> None:
    async def tab_to(name: str) -> None:
        passed = []
        for _ in range(40):
            await visit.page.keyboard.press("Tab")
            passed.append(await visit.page.evaluate(FOCUSED))
            if name in passed[-1]:
                return
        raise AssertionError(f"no Tab leads to {name}, but to {passed}")

    await visit.open()
    await tab_to("button Patrol")
    await visit.page.keyboard.press("Enter")
    await expect(visit.page.get_by_role("button", name="Check plate")).to_be_visible()
    await tab_to("text Case number")
    await visit.page.keyboard.type(CASE)
    await tab_to("radio Plate")
    for key in ["ArrowRight"] * 4 + ["ArrowLeft"] * 4:
        await visit.page.keyboard.press(key)
    await tab_to("text Plate")
    await visit.page.keyboard.type("1n00001")
    await visit.page.keyboard.press("Enter")
    await expect(visit.banner.locator(".line").first).to_contain_text("ARMED AND DANGEROUS")
    await visit.answered()
    await expect(visit.answer).to_be_focused()
    await tab_to("submit Second factor")
    await visit.page.keyboard.press("Enter")
    await expect(visit.fact("Criminal history")).to_contain_text("2014")
    await tab_to("button End stop")
    await visit.page.keyboard.press("Enter")

    await expect(visit.page.locator("body")).not_to_contain_text("1N00001")
    await expect(visit.page.get_by_label("Case number")).to_have_value("")


PERSONAL = ("thornquist", "castellanaro", "1n00001", CASE.lower(), "z0000001", "w000000001", "ntk002")


async def test_a_day_s_use_leaves_nothing_personal_in_the_browser(
    tool: Callable[[str], str], field_app: DemoServer, tmp_path: Path
) -> None:
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            tmp_path,
            executable_path=tool("chromium"),
            args=CHROMIUM_FLAGS,
            color_scheme="dark",
            viewport=PHONE,  # type: ignore[arg-type]
        )
        visit = await visit_of(context, field_app.url)
        async for _ in screens(visit):
            pass
        await visit.page.get_by_role("button", name="Change between dark and light").click()
        title, address = await visit.page.title(), visit.page.url
        stored = await visit.page.evaluate(
            """async () => ({
              local: { ...localStorage },
              session: sessionStorage.length,
              databases: (await indexedDB.databases()).length,
              caches: (await caches.keys()).length,
              workers: (await navigator.serviceWorker.getRegistrations()).length,
              cookies: document.cookie,
              state: history.state,
            })"""
        )
        await visit.end_stop()
        shown = (await visit.page.locator("body").inner_text()).lower()
        cookies = await context.cookies()
        await context.close()

    # The state says that "back" leads to the form.
    nothing = {"session": 0, "databases": 0, "caches": 0, "workers": 0, "cookies": "", "state": "answer"}
    assert stored == {"local": {"needtoknow-field-theme": "light"}, **nothing}
    assert (title, address, cookies) == ("needtoknow field", f"{field_app.url}/field", [])
    assert {url for url in visit.requests if "?" in url or "#" in url} == set()
    assert [each for each in PERSONAL if each in shown] == []
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert files
    assert [(each.name, word) for each in files for word in PERSONAL if holds(each.read_bytes().lower(), word)] == []


def holds(content: bytes, word: str) -> bool:
    """Whether a file has a word, in the two encodings that Chromium writes."""
    return word.encode() in content or word.encode("utf-16-le") in content
