"""A visit of the GraphiQL page in headless Chromium: what a reader does on it, and what the page then shows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Response, async_playwright, expect

from tests.system.browser import CHROMIUM_FLAGS

# Starting a web worker takes long on a busy machine.
expect.set_options(timeout=30_000)

# The editor renders only the visible lines, so this reads its model. GraphiQL cleared it before it sent the request.
SHOWN_RESPONSE = """async () => {
  const shown = __MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith('response.json'));
  while (!shown.getValue()) await new Promise(requestAnimationFrame);
  return JSON.parse(shown.getValue());
}"""
SHOWN_OPERATION = "__MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith('operation.graphql'))"


def is_operation(response: Response) -> bool:
    """Whether this is the response to the reader's operation, not to GraphiQL's introspection."""
    return response.url.endswith("/graphql") and "IntrospectionQuery" not in (
        response.request.post_data or "IntrospectionQuery"
    )


@dataclass
class Visit:
    """One visit: the requests of the page, the console messages, and the actions of a reader."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    console_messages: list[str] = field(default_factory=list)

    async def open(self, editor: str = "#full") -> None:
        """Open the page with the full editor, with the plain one ("#plain"), or with what it chooses by itself ("")."""
        await self.page.goto(f"{self.url}/graphql{editor}")

    @property
    def editor(self) -> Locator:
        return self.page.get_by_role("region", name="Operation Editor")

    async def sign_in(self, role: str, *, second_factor: bool) -> None:
        if await self.page.get_by_label("Signed in as").input_value() != role:
            await self.switch_to(role)
        await self.use_second_factor(is_used=second_factor)

    async def switch_to(self, role: str) -> None:
        """Returns when the responses of the previous caller are gone."""
        await self.page.get_by_label("Signed in as").select_option(role)
        await expect(self.page.get_by_role("region", name="About this response")).to_have_count(0)

    async def use_second_factor(self, *, is_used: bool) -> None:
        switch = self.page.get_by_role("switch", name="aal2")
        if await switch.is_checked() is not is_used:
            # The page signs in anew, and then shows the other state.
            await switch.click()
        await expect(switch).to_be_checked(checked=is_used)

    async def write_variables(self, variables: dict[str, Any]) -> None:
        await self.page.get_by_role("region", name="Variables").locator(".view-lines").click()
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.insert_text(json.dumps(variables))
        # The brackets that the editor closed by itself.
        await self.page.keyboard.press("Control+Shift+End")
        await self.page.keyboard.press("Delete")

    async def write_operation(self, text: str) -> None:
        await expect(self.editor).to_contain_text("query")
        await self.page.evaluate(f"text => {SHOWN_OPERATION}.setValue(text)", text)

    async def run(self) -> dict[str, Any]:
        """Run the active tab, and return the response that the page shows."""
        await expect(self.editor).to_contain_text("query")
        async with self.page.expect_response(is_operation):
            await self.page.get_by_role("button", name="Execute query").click()
        response: dict[str, Any] = await self.page.evaluate(SHOWN_RESPONSE)
        return response

    async def run_plainly(self) -> dict[str, Any]:
        """Run the operation of the plain editor, and return the response that the page shows."""
        async with self.page.expect_response(is_operation):
            await self.page.get_by_role("button", name="Run", exact=True).click()
        response: dict[str, Any] = json.loads(await self.page.locator(".plain pre").inner_text())
        return response

    def record_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.console_messages.append(message.text)


@asynccontextmanager
async def browser_context(tool: Callable[[str], str]) -> AsyncIterator[BrowserContext]:
    """A browser with no page, in the size of a desk."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=tool("chromium"), args=CHROMIUM_FLAGS)
        yield await browser.new_context(viewport={"width": 1280, "height": 960}, color_scheme="light")
        await browser.close()


async def visit_of(context: BrowserContext, url: str) -> Visit:
    """A visit with a page of its own, not opened yet."""
    visit = Visit(await context.new_page(), url)
    context.on("request", lambda request: visit.requests.append(request.url))
    visit.page.on("console", visit.record_console)
    visit.page.on("pageerror", lambda error: visit.console_messages.append(str(error)))
    return visit
