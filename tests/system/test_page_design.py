"""The misuse report, the trace page and the load test in headless Chromium: what all three promise their readers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, async_playwright

from audit.misuse.finding import Finding
from audit.misuse.page import page as report_page
from audit.misuse.report import DetectorResult, Report, State
from reports.palette import contrast
from tests.system.browser import CHROMIUM_FLAGS
from traces.file import TraceFiles
from traces.page import page as trace_page

CHECKOUT = Path(__file__).parents[2]
WIDTHS = {"phone": 390, "screen": 1_280}
PAGES = ("report", "trace", "load")

# A drawing that is narrower than it was drawn has smaller texts.
SMALLEST_TEXT = """() => Math.min(...[...document.querySelectorAll('text, td, th, p, dd, dt, li, summary, code')]
  .filter((each) => each.textContent.trim() && each.checkVisibility())
  .map((each) => parseFloat(getComputedStyle(each).fontSize) * (each.getScreenCTM?.().a ?? 1)))"""

# The colour of each text, and of what is behind it.
COLOURS = """() => {
  const two = (number) => Number(number).toString(16).padStart(2, '0');
  const hex = (rgb) => '#' + rgb.match(/[\\d.]+/g).slice(0, 3).map(two).join('');
  const behind = (each) => {
    for (; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (!colour.endsWith(', 0)')) return hex(colour);
    }
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const pairs = new Set();
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || parent.closest('title')) continue;
    const style = getComputedStyle(parent);
    pairs.add(hex(parent.closest('svg') ? style.fill : style.color) + ' ' + behind(parent));
  }
  return [...pairs].map((pair) => pair.split(' '));
}"""

UNNAMED = """() => [
  ...[...document.querySelectorAll('svg:not([aria-label])')].filter((each) =>
    !each.closest('[aria-hidden]') && !each.parentElement.closest('svg')),
  ...[...document.querySelectorAll('th:not([scope])')],
  ...[...document.querySelectorAll('section:not([aria-labelledby])')],
].map((each) => each.outerHTML.slice(0, 200))"""


def report() -> Report:
    """A report with a finding of each severity, a detector that did not run, and one that failed."""

    def finding(score: float, expected: float | None) -> Finding:
        words = "queried a record again and again on so many days that it takes a few lines to say how many"
        return Finding(
            user="officer-with-a-long-name",
            subject="protective_orders/H000000001",
            count=9,
            expected=expected,
            score=score,
            words=words,
            inquiries=("a" * 32, "b" * 32),
            role="investigator",
            agency="CA9190000",
            first="2026-03-02",
            last="2026-03-30",
        )

    found = (finding(99, None), finding(8, 2.5), finding(2, 0.4))
    detectors = (
        DetectorResult("again", "the same subject again", State.DONE, found, question="Why?"),
        DetectorResult("sex-skew", "mostly women", State.NOT_RUN, why="it needs --sexes"),
        DetectorResult("volume", "far more inquiries", State.FAILED, why="OperationalError: no such table"),
    )
    days = tuple((f"2026-03-{day:02}", 1_000 + day) for day in range(1, 31))
    return Report(30_465, 40, "2026-03-01T00:00:00", "2026-03-30T00:00:00", days, detectors)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    traces = TraceFiles(CHECKOUT / "tests" / "traces").traces(lambda _: True).values()
    written = {"report": report_page(report()), "trace": trace_page(list(traces))}
    for name, text in written.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return {name: folder / f"{name}.html" for name in written} | {"load": CHECKOUT / "docs" / "load.html"}


@pytest.fixture
async def browser(tool: Callable[[str], str]) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=tool("chromium"), args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


async def shown(browser: Browser, file: Path, *, width: int = 1_280, theme: Literal["light", "dark"] = "light") -> Page:
    page = await browser.new_page(viewport={"width": width, "height": 844}, color_scheme=theme)
    await page.goto(file.as_uri())
    return page


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_fits_a_phone_and_its_texts_stay_readable(
    browser: Browser, files: dict[str, Path], name: str
) -> None:
    for width in WIDTHS.values():
        page = await shown(browser, files[name], width=width)

        assert await page.evaluate("document.documentElement.scrollWidth") == width
        assert await page.evaluate(SMALLEST_TEXT) >= 10


@pytest.mark.parametrize("name", PAGES)
async def test_every_text_has_the_contrast_of_level_aa(browser: Browser, files: dict[str, Path], name: str) -> None:
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for theme in themes:
        page = await shown(browser, files[name], theme=theme)
        pairs = await page.evaluate(COLOURS)

        assert len(pairs) > 2
        assert [(text, behind) for text, behind in pairs if contrast(text, behind) < 4.5] == []


@pytest.mark.parametrize("name", PAGES)
async def test_every_drawing_heading_and_section_has_a_name(
    browser: Browser, files: dict[str, Path], name: str
) -> None:
    page = await shown(browser, files[name])

    await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")

    assert await page.evaluate(UNNAMED) == []
    for region in await page.locator(".wide").all():
        await region.focus()
        assert await region.evaluate("each => document.activeElement === each && !!each.ariaLabel")


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_begins_with_a_summary_and_prints_whole(
    browser: Browser, files: dict[str, Path], name: str
) -> None:
    page = await shown(browser, files[name], theme="dark")
    tiles = await page.locator(".tiles").first.bounding_box()
    await page.emulate_media(media="print")

    assert tiles is not None
    if name != "trace":  # several traces begin with one sentence and a table of them
        assert tiles["y"] + tiles["height"] < 844
    assert await page.locator(".lead").first.inner_text()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert await page.evaluate(
        "[...document.querySelectorAll('.wide')].every((each) => getComputedStyle(each).overflowX === 'visible')"
    )
