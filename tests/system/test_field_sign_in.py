"""Sign-in to the field app at an OpenID provider, in headless Chromium: the first, step-up, renewal and failures."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import BrowserContext, Locator, Page, Request, async_playwright, expect

from tests.system.browser import CHROMIUM_FLAGS
from tests.system.issuer import Issuer, running_issuer
from tests.system.server import COMMAND, STOP_S, address, needtoknow, own_environment

OFFICER = {"name": "Sam Lee", "ori": "CA9194200", "role": "patrol", "sworn": True, "certified_until": "2099-12-31"}
PEOPLE = {"lee": OFFICER, "ortega": OFFICER | {"name": "Kim Ortega"}}
VICTOR = "Victor Ames Thornquist"
ADDRESSES = "navigation.entries().map(({url}) => url)"
STORED = "[localStorage.length, sessionStorage.length, document.cookie]"

expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def issuer(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    with running_issuer(tool, tmp_path_factory.mktemp("issuer"), PEOPLE, "people.mjs") as issuer:
        yield issuer


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    needtoknow("seed", "--data", str(folder), "--people", "60", "--rng", "1")
    (folder / "revoked.txt").write_text("# none\n")
    return folder


@contextmanager
def serving(issuer: Issuer, data: Path, client: str = "field") -> Iterator[str]:
    """The address of a server of an agency: no demo, texts refused, the field app on."""
    settings = {
        "ISSUER": issuer.url,
        "JWKS": issuer.jwks,
        "JWKS_CA": str(issuer.authority),
        "FIELD": "yes",
        "FIELD_CLIENT_ID": client,
        "DOCUMENTS_MODE": "only",
        "REVOKED": str(data / "revoked.txt"),
    }
    environment = own_environment() | {f"NEEDTOKNOW_{name}": value for name, value in settings.items()}
    command = [COMMAND, "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            yield address(server)
        finally:
            server.terminate()
            server.wait(timeout=STOP_S)


@pytest.fixture(scope="module")
def url(issuer: Issuer, data: Path) -> Iterator[str]:
    with serving(issuer, data) as url:
        yield url


@dataclass
class Phone:
    """A phone of an officer: its page of the app, all requests that left it, and the console's messages."""

    context: BrowserContext
    page: Page
    url: str
    issuer: Issuer
    requests: list[Request] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def record(self, request: Request) -> None:
        self.requests.append(request)

    async def open(self) -> None:
        await self.page.goto(f"{self.url}/field")

    async def sign_in(self, who: str = "lee aal1") -> None:
        await self.open()
        await self.page.get_by_role("button", name="Sign in").click()
        await self.page.locator(f'button[value="{who}"]').click()
        await expect(self.page.get_by_text("Sam Lee")).to_be_visible()

    async def check_plate(self) -> None:
        await self.page.get_by_label("Plate", exact=True).last.fill("1N00001")
        await self.page.get_by_role("button", name="Check plate").click()

    @property
    def answer(self) -> Locator:
        return self.page.get_by_role("main", name="Answer")

    def tokens(self) -> list[dict[str, str]]:
        """The claims of the tokens with which records were asked for, in order."""
        bearers = [request.headers.get("authorization", "") for request in self.requests]
        parts = [bearer.split(".")[1] for bearer in bearers if bearer.startswith("Bearer ")]
        return [json.loads(base64.urlsafe_b64decode(f"{part}==")) for part in parts]


@pytest.fixture
async def phone(tool: Callable[[str], str], url: str, issuer: Issuer) -> AsyncIterator[Phone]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=tool("chromium"), args=CHROMIUM_FLAGS)
        context = await browser.new_context(viewport={"width": 390, "height": 844}, ignore_https_errors=True)
        phone = Phone(context, await context.new_page(), url, issuer)
        context.on("request", phone.record)
        phone.page.on("console", lambda message: phone.console.append(message.text))
        phone.page.on("pageerror", lambda error: phone.console.append(str(error)))
        yield phone
        await browser.close()


async def test_a_sign_in_at_the_issuer_leaves_no_trace_in_the_browser(phone: Phone) -> None:
    await phone.sign_in()

    assert phone.page.url == f"{phone.url}/field"
    assert [each for each in await phone.page.evaluate(ADDRESSES) if "code" in each] == []
    assert await phone.page.evaluate(STORED) == [0, 0, ""]
    assert await phone.page.evaluate("indexedDB.databases()") == []
    token = phone.tokens()[-1]
    assert (token["sub"], token["acr"], token["aud"]) == ("lee", "aal1", "needtoknow")
    assert phone.console == []


async def test_neither_code_nor_token_is_in_a_referrer_or_an_address(phone: Phone) -> None:
    await phone.sign_in()
    await phone.check_plate()
    await expect(phone.answer.get_by_text("ARMED AND DANGEROUS").first).to_be_visible()
    (code,) = {code for each in phone.requests for code in parse_qs(urlsplit(each.url).query).get("code", ())}
    token = next(each.headers["authorization"] for each in phone.requests if "authorization" in each.headers)

    with_code = [urlsplit(each.url).path for each in phone.requests if code in each.url]
    assert with_code == ["/field/callback"]
    for request in phone.requests:
        headers = await request.all_headers()
        assert code not in headers.get("referer", "")
        assert token.removeprefix("Bearer ") not in request.url
        if request.url.startswith(phone.issuer.url):
            assert urlsplit(headers.get("referer", "")).netloc != urlsplit(phone.url).netloc
            assert "authorization" not in headers


async def test_a_step_up_in_place_keeps_the_stop(phone: Phone) -> None:
    await phone.sign_in()
    await phone.check_plate()
    await expect(phone.answer.get_by_role("heading", name="Not shown yet")).to_be_visible()
    await phone.page.get_by_label("Case number").last.fill("26-004417")

    async with phone.page.expect_popup() as opened:
        await phone.page.get_by_role("button", name="Use a second factor and ask again").click()
    window = await opened.value
    async with window.expect_event("close"):
        await window.locator('button[value="lee aal2"]').click()

    await expect(phone.page.get_by_text("second factor").first).to_be_visible()
    await expect(phone.answer.get_by_text("ARMED AND DANGEROUS").first).to_be_visible()
    await expect(phone.answer.get_by_role("heading", name="Not shown yet")).to_have_count(0)
    assert [token["acr"] for token in phone.tokens()][-1] == "aal2"
    assert phone.page.url == f"{phone.url}/field"
    assert await phone.page.evaluate(STORED) == [0, 0, ""]
    assert phone.console == []


async def test_a_token_that_ends_in_a_stop_is_renewed_in_place(phone: Phone, data: Path) -> None:
    await phone.sign_in()
    await phone.check_plate()
    await expect(phone.answer.get_by_text("ARMED AND DANGEROUS").first).to_be_visible()
    revoked = data / "revoked.new"
    revoked.write_text(f"{phone.tokens()[-1]['jti']}\n")
    revoked.replace(data / "revoked.txt")

    await phone.page.get_by_role("button", name="Ask again", exact=True).click()
    await expect(phone.answer.get_by_role("alert").get_by_text("Your sign-in has ended")).to_be_visible()
    # The issuer still has the person's sign-in, so its window asks nothing.
    await phone.page.get_by_role("button", name="Sign in again").click()

    await expect(phone.answer.get_by_text("ARMED AND DANGEROUS").first).to_be_visible()
    assert len({token["jti"] for token in phone.tokens()}) == 2
    assert len(phone.context.pages) == 1


async def test_nobody_else_goes_on_with_the_stop(phone: Phone) -> None:
    await phone.sign_in()
    await phone.check_plate()
    await expect(phone.answer.get_by_role("heading", name="Not shown yet")).to_be_visible()
    await phone.page.get_by_label("Case number").last.fill("26-004417")
    async with phone.page.expect_popup() as opened:
        await phone.page.get_by_role("button", name="Use a second factor and ask again").click()
    window = await opened.value
    async with window.expect_event("close"):
        await window.locator('button[value="ortega aal2"]').click()

    await expect(phone.answer.get_by_text("Someone else signed in.")).to_be_visible()
    await expect(phone.page.get_by_text("Kim Ortega")).to_have_count(0)
    assert {token["sub"] for token in phone.tokens()} == {"lee"}


@pytest.mark.parametrize("has_begun", [False, True])
async def test_an_answer_with_another_state_signs_nobody_in(phone: Phone, has_begun: bool) -> None:
    if has_begun:
        await phone.open()
        await phone.page.get_by_role("button", name="Sign in").click()
        await expect(phone.page.locator('button[value="lee aal1"]')).to_be_visible()
    asked = len(phone.requests)
    query = (
        f"code=stolen&state=forged&iss={phone.issuer.url}&next=https://evil.example&redirect_uri=https://evil.example"
    )
    await phone.page.goto(f"{phone.url}/field/callback?{query}")

    await expect(phone.page.get_by_text("Nothing waits for this sign-in.")).to_be_visible()
    await expect(phone.page.get_by_role("link")).to_have_attribute("href", "/field")
    assert phone.page.url == f"{phone.url}/field"
    hosts = {urlsplit(each.url).netloc for each in phone.requests[asked:]}
    assert hosts == {urlsplit(phone.url).netloc}
    assert phone.tokens() == []


async def test_an_issuer_that_is_down_is_said_and_loses_nothing(phone: Phone) -> None:
    await phone.sign_in()
    await phone.check_plate()
    await expect(phone.answer.get_by_role("heading", name="Not shown yet")).to_be_visible()
    await phone.page.get_by_label("Case number").last.fill("26-004417")
    await phone.context.route(f"{phone.issuer.url}/token", lambda route: route.abort())

    async with phone.page.expect_popup() as opened:
        await phone.page.get_by_role("button", name="Use a second factor and ask again").click()
    window = await opened.value
    await window.locator('button[value="lee aal2"]').click()
    await expect(phone.answer.get_by_text("The sign-in service did not answer.")).to_be_visible()
    await expect(phone.answer.get_by_text("ARMED AND DANGEROUS").first).to_be_visible()
    await expect(phone.page.get_by_label("Case number").last).to_have_value("26-004417")

    await phone.context.unroute(f"{phone.issuer.url}/token")
    await phone.page.get_by_role("button", name="Use a second factor and ask again").click()
    await expect(phone.answer.get_by_role("heading", name="Not shown yet")).to_have_count(0)


async def test_before_a_sign_in_an_issuer_that_is_down_is_said(phone: Phone) -> None:
    await phone.context.route(f"{phone.issuer.url}/**", lambda route: route.abort())
    await phone.open()
    await phone.page.get_by_role("button", name="Sign in").click()

    await expect(phone.page.get_by_role("alert")).to_contain_text("The sign-in service did not answer.")


async def test_a_sign_out_ends_the_sign_in_at_the_issuer_too(phone: Phone) -> None:
    await phone.sign_in()
    await phone.page.get_by_role("button", name="Sign out").click()
    await phone.page.wait_for_url(f"{phone.issuer.url}/session/end?*")

    assert parse_qs(urlsplit(phone.page.url).query) == {
        "client_id": ["field"],
        "post_logout_redirect_uri": [f"{phone.url}/field/callback"],
    }
