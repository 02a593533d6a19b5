"""The page of a misuse report in headless Chromium: on a phone, on a wide screen and on paper."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from audit.misuse.finding import Finding
from audit.misuse.inquiry_tables import inquiry_tables
from audit.misuse.page import page
from audit.misuse.report import Basis, DetectorResult, Report, State, build_report
from audit.misuse.thresholds import Thresholds
from audit.sqlite.store import SqliteStore
from bench.misuse.journals import write
from tests.system.browser import CHROMIUM_FLAGS

WIDTHS = {"phone": 390, "screen": 1_280}
FINDINGS = tuple(
    Finding(
        user=f"officer-with-a-long-name-{number:02}",
        subject=f"protective_orders/H{number:09}",
        count=100 - number,
        expected=2.5,
        score=40 - number,
        words="queried a record again and again on so many days that it takes a few lines on a phone to say how many",
        inquiries=(f"{number:032x}", "f" * 32),
        role="investigator",
        agency="CA9190000",
        first="2026-03-02",
        last="2026-03-30",
    )
    for number in range(40)
)
DAYS = tuple((f"2026-03-{day:02}", day) for day in range(1, 31))
REPORT = Report(
    inquiries=4_000,
    users=40,
    first="2026-03-01T00:00:00",
    last="2026-03-30T00:00:00",
    by_day=DAYS,
    detectors=(DetectorResult("again", "one officer querying the same subject again", State.DONE, FINDINGS),),
)


@pytest.fixture
async def browser(tool: Callable[[str], str]) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=tool("chromium"), args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
def address(tmp_path: Path) -> str:
    file = tmp_path / "report.html"
    file.write_text(page(REPORT), encoding="utf-8")
    return file.as_uri()


@pytest.mark.parametrize("device", WIDTHS)
async def test_nothing_of_the_page_is_wider_than_the_screen(browser: Browser, address: str, device: str) -> None:
    for scheme in ("light", "dark"):
        shown = await browser.new_page(
            viewport={"width": WIDTHS[device], "height": 844},
            color_scheme=scheme,
        )
        await shown.goto(address)

        # The ids of all inquiries are there when they are opened.
        await shown.get_by_text("2 inquiries, newest first").first.click()
        await expect(shown.get_by_text("f" * 32).first).to_be_visible()
        assert await shown.evaluate("document.documentElement.scrollWidth") == WIDTHS[device]


async def test_on_paper_no_finding_is_broken_and_every_one_is_there(browser: Browser, address: str) -> None:
    shown = await browser.new_page()
    await shown.goto(address)
    await shown.emulate_media(media="print")

    assert await shown.get_by_text("officer-with-a-long-name-").count() == len(FINDINGS)
    assert set(
        await shown.eval_on_selector_all(".findings tr", "rows => rows.map(row => getComputedStyle(row).breakInside)")
    ) == {"avoid"}
    await expect(shown.get_by_text("2 inquiries, newest first").first).to_be_hidden()
    for paper in ("A4", "Letter"):
        pdf = await shown.pdf(format=paper)
        assert 3 <= pdf.count(b"/Type /Page\n") <= 9


async def test_the_page_of_planted_misuse_shows_each_severity_in_words(browser: Browser, tmp_path: Path) -> None:
    journal, file = tmp_path / "journal.db", tmp_path / "report.html"
    planted = await asyncio.to_thread(write, journal, inquiries=10_000, weeks=13, repetitions=3, seed=1)
    basis = Basis(
        made_at="2026-04-13T06:00:00.000000+00:00",
        since=None,
        until=None,
        journal="data/journal.db",
        last=0,
        head="",
        verified="Yes, it is whole.",
        version="",
        policy="",
        thresholds=Thresholds(),
    )
    with inquiry_tables(SqliteStore(journal), Thresholds(), ended=planted.ended, sexes=planted.sexes) as tables:
        report = build_report(tables, basis)
    file.write_text(page(report), encoding="utf-8")
    shown = await browser.new_page(viewport={"width": 1_000, "height": 1_180}, color_scheme="light")
    await shown.goto(file.as_uri())

    assert min(report.severities.values()) > 0
    await expect(shown.get_by_text(report.summary)).to_be_visible()
    for severity, count in report.severities.items():
        assert await shown.locator("td").get_by_text(severity.value, exact=True).count() == count
