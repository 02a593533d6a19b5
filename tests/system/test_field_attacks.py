"""Attacks on the field app in headless Chromium: records whose values are HTML, scripts, frames and foreign hosts."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.system.browser import CHROMIUM_FLAGS
from tests.system.server import DemoServer, demo_server, needtoknow

IMAGE = '<img src=x onerror="window.ran=1">'
SCRIPT = "</script><script>window.ran=1</script>"
LINK = "javascript:window.ran=1"
FOREIGN = "https://127.0.0.2"

expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """A server of a world in which one person's names and address are HTML, and a car's model is a script."""
    data = tmp_path_factory.mktemp("world")
    needtoknow("seed", "--data", str(data), "--people", "60", "--rng", "1")
    person = "UPDATE person SET given = ?, middle = ?, street = ?, scars_marks_tattoos = ? WHERE id = 'P0000001'"
    with closing(sqlite3.connect(data / "persons.db")) as database:
        database.execute(person, (IMAGE, SCRIPT, IMAGE, f'["{LINK}"]'))
        database.commit()
    with closing(sqlite3.connect(data / "vehicles.db")) as database:
        changed = database.execute("UPDATE vehicle SET model = ? WHERE plate = '1N00001'", (SCRIPT,))
        assert changed.rowcount == 1
        database.commit()
    with demo_server(data) as server:
        yield server


@pytest.fixture
async def page(tool: Callable[[str], str], hostile: DemoServer) -> AsyncIterator[Page]:
    """The app, signed in as a patrol officer."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=tool("chromium"), args=CHROMIUM_FLAGS)
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        await page.goto(f"{hostile.url}/field")
        await page.get_by_role("button", name="patrol").click()
        yield page
        await browser.close()


async def test_html_in_a_record_is_shown_as_text_and_never_run(page: Page) -> None:
    await page.get_by_label("Plate", exact=True).last.fill("1N00001")
    await page.get_by_role("button", name="Check plate").click()
    answer = page.get_by_role("main", name="Answer")

    await expect(answer.get_by_text(IMAGE).first).to_be_visible()
    await expect(answer.get_by_text(SCRIPT).first).to_be_visible()
    assert await page.evaluate("window.ran") is None
    assert await page.locator("main img, main script, main a[href^='javascript']").count() == 0
    assert await page.title() == "needtoknow field"


@pytest.mark.parametrize(
    "attempt",
    [
        "document.body.innerHTML = '<img src=x>'",
        "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
        "document.body.append(document.createRange().createContextualFragment('<b>x</b>'))",
        "Object.assign(document.createElement('script'), {text: 'window.ran = 1'})",
        "setTimeout('window.ran = 1')",
        "trustedTypes.createPolicy('mine', {createHTML: (text) => text})",
    ],
)
async def test_no_code_of_the_page_can_make_html_or_a_script_of_a_text(page: Page, attempt: str) -> None:
    name = await page.evaluate(f"() => {{ try {{ {attempt}; return 'done' }} catch (error) {{ return error.name }} }}")

    assert name == "TypeError"
    assert await page.evaluate("window.ran") is None


async def test_the_page_reaches_no_other_host(page: Page) -> None:
    sent: list[str] = []
    await page.context.route(f"{FOREIGN}/**", lambda route: (sent.append(route.request.url), route.abort())[1])
    attempts = f"""async () => {{
      const blocked = [];
      document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective));
      await fetch('{FOREIGN}/name').catch(() => undefined);
      navigator.sendBeacon('{FOREIGN}/name');
      const form = Object.assign(document.createElement('form'), {{action: '{FOREIGN}/name', method: 'post'}});
      const base = Object.assign(document.createElement('base'), {{href: '{FOREIGN}/'}});
      document.body.append(Object.assign(new Image(), {{src: '{FOREIGN}/name'}}), base, form);
      document.body.append(Object.assign(document.createElement('iframe'), {{src: '{FOREIGN}/name'}}));
      form.submit();
      while (new Set(blocked).size < 5) await new Promise(requestAnimationFrame);
      return [...new Set(blocked)].sort();
    }}"""

    blocked = await page.evaluate(attempts)
    assert blocked == ["base-uri", "connect-src", "form-action", "frame-src", "img-src"]
    assert sent == []


async def test_no_other_page_can_frame_the_app(page: Page, hostile: DemoServer) -> None:
    # A page of another port of this host is of another origin.
    await page.goto("about:blank")
    await page.set_content(f'<iframe src="{hostile.url}/field"></iframe>')
    frame = page.frames[1]
    await frame.wait_for_load_state()

    assert await frame.locator("#root").count() == 0
