"""A visit of the field app in headless Chromium: what an officer does in it, and what it then shows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, async_playwright, expect

from tests.system.browser import CHROMIUM_FLAGS

PHONE = {"width": 390, "height": 844}
STILL_ASKED = "still asked"
CASE = "26-004417"

LONGEST_MS = 30_000
expect.set_options(timeout=LONGEST_MS)


@dataclass
class FieldVisit:
    """One visit: its page, the addresses that the page asked for, and what it wrote to the console."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    console_messages: list[str] = field(default_factory=list)

    async def open(self) -> None:
        await self.page.goto(f"{self.url}/field")
        await expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    async def sign_in(self, role: str = "patrol") -> None:
        await self.open()
        await self.page.get_by_role("button", name=role, exact=False).first.click()
        await expect(self.page.get_by_role("button", name="Sign out and end the stop")).to_be_visible()

    async def choose(self, kind: str) -> None:
        """Choose by what to ask, in the form, which is first brought back from the answer."""
        new_check = self.page.get_by_role("button", name="New check")
        if await new_check.is_visible():
            await new_check.click()
        await self.page.get_by_role("radio", name=kind, exact=True).check()

    async def ask(self, kind: str, **values: str) -> None:
        """Ask by a kind, with what stands in the fields: `ask("Plate", Plate="1N00001")`."""
        await self.choose(kind)
        for label, value in values.items():
            await self.page.get_by_role("textbox", name=label.replace("_", " "), exact=True).fill(value)
        await self.page.get_by_role("button", name=f"Check {kind if kind == 'VIN' else kind.lower()}").click()

    async def answered(self) -> None:
        """Returns when each source has said something, and nothing is still asked."""
        await expect(self.sources).to_be_visible()
        await expect(self.answer.get_by_text(STILL_ASKED)).to_have_count(0)
        await expect(self.banner.get_by_text("CHECKING")).to_have_count(0)

    async def end_stop(self) -> None:
        await self.page.get_by_role("button", name="End stop").click()

    async def use_second_factor(self) -> None:
        """Do what the answer says would show more."""
        more = self.page.get_by_role("form", name="Not shown yet")
        await more.get_by_label("Case number").fill(CASE)
        await more.get_by_role("button").click()

    @property
    def answer(self) -> Locator:
        return self.page.get_by_label("Answer", exact=True)

    @property
    def banner(self) -> Locator:
        return self.page.get_by_label("Safety", exact=True)

    @property
    def sources(self) -> Locator:
        return self.page.get_by_role("region", name="Sources")

    @property
    def failure(self) -> Locator:
        return self.answer.locator(".failure")

    def fact(self, title: str) -> Locator:
        """The section of a kind of record: its title, its state and its records."""
        return self.answer.locator("section").filter(has=self.page.get_by_role("heading", name=title, exact=True)).last

    def record_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.console_messages.append(message.text)


@asynccontextmanager
async def phone(tool: Callable[[str], str], **options: object) -> AsyncIterator[BrowserContext]:
    """A browser with no page, in the size of a phone, dark unless the options say otherwise."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=tool("chromium"),
            args=[*CHROMIUM_FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
        )
        settings = {"viewport": PHONE, "is_mobile": True, "has_touch": True, "color_scheme": "dark", **options}
        yield await browser.new_context(**settings)  # type: ignore[arg-type]
        await browser.close()


async def visit_of(context: BrowserContext, url: str) -> FieldVisit:
    """A visit with a page of its own, not opened yet."""
    visit = FieldVisit(await context.new_page(), url)
    visit.page.set_default_timeout(LONGEST_MS)
    context.on("request", lambda request: visit.requests.append(request.url))
    visit.page.on("console", visit.record_console)
    visit.page.on("pageerror", lambda error: visit.console_messages.append(str(error)))
    return visit
