"""Sign-in to the field app at an OpenID provider, in headless Chromium: the first, step-up, renewal and failures."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Locator, Request, expect

from tests.system.field_visit import CASE, FieldVisit, phone
from tests.system.issuer import Issuer, running_issuer
from tests.system.server import COMMAND, STOP_S, address, needtoknow, own_environment

OFFICER = {"name": "Sam Lee", "ori": "CA9194200", "role": "patrol", "sworn": True, "certified_until": "2099-12-31"}
PEOPLE = {"lee": OFFICER, "ortega": OFFICER | {"name": "Kim Ortega"}}
ADDRESSES = "navigation.entries().map(({url}) => url)"
STORED = "[localStorage.length, sessionStorage.length, document.cookie]"


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
class Phone(FieldVisit):
    """A phone of an officer, the issuer where they sign in, and all requests that left it."""

    issuer: Issuer = field(kw_only=True)
    sent: list[Request] = field(default_factory=list)

    async def sign_in(self, role: str = "lee aal1") -> None:
        """Sign in as a person of the issuer."""
        await self.open()
        await self.page.get_by_role("button", name="Sign in").click()
        await self.page.locator(f'button[value="{role}"]').click()
        await expect(self.page.get_by_text("Sam Lee")).to_be_visible()

    async def stop(self) -> None:
        """Sign in, and check the plate of a wanted person."""
        await self.sign_in()
        await self.ask("Plate", Plate="1N00001")
        await self.answered()
        await expect(self.banner).to_contain_text("ARMED AND DANGEROUS")

    @property
    def more(self) -> Locator:
        """The panel of facts that are not shown yet, and what would show them."""
        return self.page.get_by_role("form", name="Not shown yet")

    async def step_up_as(self, who: str) -> None:
        """Sign in with a second factor, in the window that the app opens; it closes by itself."""
        async with self.page.expect_popup() as opened:
            await self.use_second_factor()
        window = await opened.value
        async with window.expect_event("close"):
            await window.locator(f'button[value="{who}"]').click()

    def record(self, request: Request) -> None:
        self.sent.append(request)

    def tokens(self) -> list[dict[str, str]]:
        """The claims of the tokens that were sent, in order."""
        bearers = [request.headers.get("authorization", "") for request in self.sent]
        parts = [bearer.split(".")[1] for bearer in bearers if bearer.startswith("Bearer ")]
        return [json.loads(base64.urlsafe_b64decode(f"{part}==")) for part in parts]


@pytest.fixture
async def officer(tool: Callable[[str], str], url: str, issuer: Issuer) -> AsyncIterator[Phone]:
    async with phone(tool, ignore_https_errors=True) as context:
        visit = Phone(await context.new_page(), url, issuer=issuer)
        context.on("request", visit.record)
        visit.page.on("console", visit.record_console)
        visit.page.on("pageerror", lambda error: visit.console_messages.append(str(error)))
        yield visit


async def test_a_sign_in_at_the_issuer_leaves_no_trace_in_the_browser(officer: Phone) -> None:
    await officer.sign_in()

    assert officer.page.url == f"{officer.url}/field"
    assert [each for each in await officer.page.evaluate(ADDRESSES) if "code" in each] == []
    assert await officer.page.evaluate(STORED) == [0, 0, ""]
    assert await officer.page.evaluate("indexedDB.databases()") == []
    token = officer.tokens()[-1]
    assert (token["sub"], token["acr"], token["aud"]) == ("lee", "aal1", "needtoknow")
    assert officer.console_messages == []


async def test_neither_code_nor_token_is_in_a_referrer_or_an_address(officer: Phone) -> None:
    await officer.stop()
    (code,) = {code for each in officer.sent for code in parse_qs(urlsplit(each.url).query).get("code", ())}
    token = next(each.headers["authorization"] for each in officer.sent if "authorization" in each.headers)

    assert [urlsplit(each.url).path for each in officer.sent if code in each.url] == ["/field/callback"]
    for request in officer.sent:
        headers = await request.all_headers()
        assert code not in headers.get("referer", "")
        assert token.removeprefix("Bearer ") not in request.url
        if request.url.startswith(officer.issuer.url):
            assert urlsplit(headers.get("referer", "")).netloc != urlsplit(officer.url).netloc
            assert "authorization" not in headers


async def test_a_step_up_in_place_keeps_the_stop(officer: Phone) -> None:
    await officer.stop()
    await expect(officer.more).to_be_visible()
    await officer.step_up_as("lee aal2")

    await expect(officer.page.get_by_text("second factor").first).to_be_visible()
    await expect(officer.more).to_have_count(0)
    await expect(officer.banner).to_contain_text("ARMED AND DANGEROUS")
    assert officer.tokens()[-1]["acr"] == "aal2"
    assert officer.page.url == f"{officer.url}/field"
    assert await officer.page.evaluate(STORED) == [0, 0, ""]
    assert officer.console_messages == []


async def test_a_token_that_ends_in_a_stop_is_renewed_in_place(officer: Phone, data: Path) -> None:
    await officer.stop()
    revoked = data / "revoked.new"
    revoked.write_text(f"{officer.tokens()[-1]['jti']}\n")
    revoked.replace(data / "revoked.txt")

    await officer.page.get_by_role("button", name="Ask again", exact=True).first.click()
    await expect(officer.failure).to_contain_text("Your sign-in has ended")
    # The issuer still has the person's sign-in, so its window asks nothing.
    await officer.page.get_by_role("button", name="Sign in again").click()

    await expect(officer.failure).to_have_count(0)
    await expect(officer.banner).to_contain_text("ARMED AND DANGEROUS")
    assert len({token["jti"] for token in officer.tokens()}) == 2


async def test_a_token_that_ends_is_refreshed_without_a_window(officer: Phone, issuer: Issuer, data: Path) -> None:
    with serving(issuer, data, client="field-long") as officer.url:
        await officer.stop()
        await officer.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(minutes=10))
        async with officer.page.expect_request(f"{issuer.url}/token"):
            await officer.page.get_by_role("button", name="Ask again", exact=True).first.click()
        await officer.answered()

    await expect(officer.banner).to_contain_text("ARMED AND DANGEROUS")
    assert len({token["jti"] for token in officer.tokens()}) == 2
    assert len(officer.page.context.pages) == 1


async def test_nobody_else_goes_on_with_the_stop(officer: Phone) -> None:
    await officer.stop()
    await officer.step_up_as("ortega aal2")

    await expect(officer.more).to_contain_text("Someone else signed in.")
    await expect(officer.page.get_by_text("Kim Ortega")).to_have_count(0)
    assert {token["sub"] for token in officer.tokens()} == {"lee"}


@pytest.mark.parametrize("has_begun", [False, True])
async def test_an_answer_with_another_state_signs_nobody_in(officer: Phone, has_begun: bool) -> None:
    if has_begun:
        await officer.open()
        await officer.page.get_by_role("button", name="Sign in").click()
        await expect(officer.page.locator('button[value="lee aal1"]')).to_be_visible()
    asked = len(officer.sent)
    query = (
        f"code=stolen&state=forged&iss={officer.issuer.url}&next=https://evil.example&redirect_uri=https://evil.example"
    )
    await officer.page.goto(f"{officer.url}/field/callback?{query}")

    await expect(officer.page.get_by_text("This sign-in goes to the page that asked for it.")).to_be_visible()
    assert officer.page.url == f"{officer.url}/field"
    await officer.page.get_by_role("button", name="Open the app").click()
    await expect(officer.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert {urlsplit(each.url).netloc for each in officer.sent[asked:]} == {urlsplit(officer.url).netloc}
    assert officer.tokens() == []


async def test_an_issuer_that_is_down_is_said_and_loses_nothing(officer: Phone) -> None:
    await officer.stop()
    await officer.page.context.route(f"{officer.issuer.url}/token", lambda route: route.abort())
    await officer.step_up_as("lee aal2")
    await expect(officer.more).to_contain_text("The sign-in service did not answer.")
    await expect(officer.banner).to_contain_text("ARMED AND DANGEROUS")
    await expect(officer.more.get_by_label("Case number")).to_have_value(CASE)

    await officer.page.context.unroute(f"{officer.issuer.url}/token")
    await officer.more.get_by_role("button").click()
    await expect(officer.more).to_have_count(0)


async def test_before_a_sign_in_an_issuer_that_is_down_is_said(officer: Phone) -> None:
    await officer.page.context.route(f"{officer.issuer.url}/**", lambda route: route.abort())
    await officer.open()
    await officer.page.get_by_role("button", name="Sign in").click()

    await expect(officer.page.get_by_role("alert")).to_contain_text("The sign-in service did not answer.")


async def test_a_sign_out_ends_the_sign_in_at_the_issuer_too(officer: Phone) -> None:
    await officer.sign_in()
    await officer.page.get_by_role("button", name="Sign out").click()
    await officer.page.wait_for_url(f"{officer.issuer.url}/session/end?*")

    assert parse_qs(urlsplit(officer.page.url).query) == {
        "client_id": ["field"],
        "post_logout_redirect_uri": [f"{officer.url}/field/callback"],
    }
