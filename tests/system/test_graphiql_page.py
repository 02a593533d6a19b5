"""The GraphiQL page in headless Chromium without a network. Tests use what a reader sees of the page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from graphql import parse, print_ast
from playwright.async_api import BrowserContext, Route, expect

from api.http.graphiql import TABS, graphiql_page
from tests.system.graphiql_visit import SHOWN_OPERATION, Visit, browser_context, visit_of
from tests.system.server import DemoServer

VICTOR, VICTOR_ID = "Victor Ames Thornquist", "P0000001"


@pytest.fixture
async def context(tool: Callable[[str], str]) -> AsyncIterator[BrowserContext]:
    async with browser_context(tool) as context:
        yield context


@pytest.fixture
async def visit(context: BrowserContext, served: DemoServer) -> Visit:
    return await visit_of(context, served.url)


async def test_the_same_tab_shows_each_role_its_own_data(visit: Visit) -> None:
    await visit.open()
    await expect(visit.page.get_by_label("Signed in as")).to_have_value("patrol")
    await expect(visit.page.get_by_text("Switch roles and run again")).to_have_count(1)

    as_patrol = await visit.run()
    assert as_patrol["data"]["person"]["name"] == {"full": VICTOR}
    assert as_patrol["data"]["person"]["warrants"][0]["number"] == "W000000001"
    await expect(visit.page.get_by_role("list", name="Sources")).to_contain_text("warrants answered")
    await expect(visit.page.get_by_role("list", name="Withheld")).to_contain_text("add a case number")

    await visit.switch_to("outsider")
    as_outsider = await visit.run()
    assert as_outsider["data"] == {"vehicle": None, "person": None}
    assert {each["extensions"]["code"] for each in as_outsider["errors"]} == {"NEED_TO_KNOW"}
    await expect(visit.page.get_by_role("list", name="Sources").get_by_text("withheld")).to_have_count(10)
    await expect(visit.page.get_by_role("list", name="Withheld").get_by_text("Withheld")).to_have_count(2)


async def test_a_new_tab_has_an_inquiry_and_runs(visit: Visit) -> None:
    await visit.open()
    await expect(visit.page.get_by_role("region", name="First steps")).to_contain_text("Run the operation")
    await expect(visit.editor).to_contain_text("query")

    await visit.page.get_by_role("button", name="New tab").click()
    await expect(visit.editor).to_contain_text("@inquiry")

    assert (await visit.run())["data"]["person"]["name"] == {"full": VICTOR}


async def test_codes_and_record_classes_are_explained(visit: Visit) -> None:
    await visit.open()
    await visit.page.get_by_role("button", name="Codes").click()
    codes = visit.page.get_by_role("dialog", name="Codes")
    for text in ("Firearms checks.", "A child to be placed in an emergency.", "aal2", "Local policy"):
        await expect(codes).to_contain_text(text)
    await expect(codes.locator("dl > div", has_text="SEALED")).to_contain_text("step-up")
    await codes.get_by_role("button", name="Close").click()

    await visit.page.get_by_role("button", name="Show Documentation Explorer").click()
    await visit.page.get_by_role("link", name="Query").first.click()
    person = visit.page.locator(".graphiql-doc-explorer-item", has_text="A person by number")
    await expect(person.first).to_contain_text("Record class: IDENTITY")

    await visit.write_operation("query @inquiry(purpose: ) { me { name } }")
    await visit.editor.locator(".view-lines").click()
    await visit.page.keyboard.press("Control+Home")
    for _ in range(len("query @inquiry(purpose: ")):
        await visit.page.keyboard.press("ArrowRight")
    await visit.page.keyboard.press("Control+Space")
    rows = visit.page.locator(".suggest-widget.visible .monaco-list-row")
    await expect(rows.first).to_contain_text("Criminal justice.")


async def test_a_case_number_and_a_second_factor_open_the_history(visit: Visit) -> None:
    await visit.open()
    await visit.write_variables({"plate": "1N00001", "driver": VICTOR_ID, "case": "26-004417"})
    assert (await visit.run())["data"]["person"]["criminalHistory"] is None

    await visit.use_second_factor(is_used=True)
    response = await visit.run()

    (cycle,) = response["data"]["person"]["criminalHistory"]["cycles"]
    assert cycle["arrestedOn"] == "2014-06-03"
    assert "errors" not in response


FRAGMENTS = """query Merged @inquiry(purpose: C, reason: TRAFFIC_STOP) {
  person(id: "P0000001") { ...Face @include(if: false) ...Wanted }
}
fragment Face on Person { ssn }
fragment Wanted on Person { warrants { ...Number @skip(if: true) status } }
fragment Number on Warrant { number }
fragment Loop on Person { vehicles { owner { ...Loop } } }
"""
MERGED = """query Merged @inquiry(purpose: C, reason: TRAFFIC_STOP) {
  person(id: "P0000001") {
    ... on Person @include(if: false) { ssn }
    ... on Person { warrants { ... on Warrant @skip(if: true) { number } status } }
  }
}"""


async def test_merged_fragments_keep_the_directives_of_their_spreads(visit: Visit) -> None:
    """GraphiQL's own merging drops them, and so asks for more than was written."""
    await visit.open()
    await visit.write_operation(FRAGMENTS)
    # GraphiQL merges what it has parsed, some time after it was written; then the tab has the operation's name.
    await expect(visit.page.locator(".graphiql-tab-button").first).to_have_text("Merged")

    await visit.page.get_by_role("button", name="Merge fragments").click()
    await visit.page.wait_for_function(f"() => !{SHOWN_OPERATION}.getValue().includes('fragment ')")
    merged = await visit.page.evaluate(f"() => {SHOWN_OPERATION}.getValue()")

    assert print_ast(parse(merged)) == print_ast(parse(MERGED))


async def test_a_change_of_role_aborts_the_running_request(visit: Visit) -> None:
    async def hold_operation(route: Route) -> None:
        if VICTOR_ID not in (route.request.post_data or ""):
            await route.continue_()

    await visit.page.route("**/graphql", hold_operation)
    await visit.open()
    await expect(visit.page.get_by_role("region", name="Variables")).to_contain_text(VICTOR_ID)
    async with visit.page.expect_request(lambda request: VICTOR_ID in (request.post_data or "")):
        await visit.page.get_by_role("button", name="Execute query").click()
    async with visit.page.expect_event("requestfailed") as aborted:
        await visit.switch_to("outsider")

    assert VICTOR_ID in ((await aborted.value).post_data or "")
    await visit.page.unroute("**/graphql")
    assert (await visit.run())["data"] == {"vehicle": None, "person": None}


async def test_every_tab_runs_without_an_error(visit: Visit) -> None:
    await visit.open()
    tabs = visit.page.locator(".graphiql-tab-button")
    await expect(tabs).to_have_count(len(TABS))

    for tab in await tabs.all():
        await tab.click()
        response = await visit.run()
        assert all(response["data"].values()), await tab.inner_text()
        await expect(visit.page.locator(".squiggly-error, .squiggly-warning")).to_have_count(0)


async def test_a_visit_stays_on_its_host_and_stores_nothing(visit: Visit) -> None:
    await visit.open()
    await visit.run()
    for plugin in ("Show Documentation Explorer", "Show History", "Show GraphiQL Explorer"):
        await visit.page.get_by_role("button", name=plugin).click()
    await visit.page.get_by_role("button", name="Prettify query").click()
    await visit.page.get_by_role("region", name="Operation Editor").locator(".view-lines").click()
    await visit.page.keyboard.press("Control+End")
    await visit.page.keyboard.press("Control+Space")
    await expect(visit.page.locator(".suggest-widget.visible")).to_be_visible()
    await visit.switch_to("auditor")

    host = urlsplit(visit.url).netloc
    assert {urlsplit(url).netloc for url in visit.requests} == {host}
    assert {url for url in visit.requests if "?" in url} == set()
    assert visit.console_messages == []
    workers = {urlsplit(worker.url).path.split("-")[0] for worker in visit.page.workers}
    assert {f"/graphql/assets/{name}.worker" for name in ("graphql", "json")} <= workers
    assert await visit.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert await visit.page.evaluate("indexedDB.databases()") == []


@pytest.mark.parametrize(
    ("system", "theme", "ground"), [("light", "Dark", "rgb(33, 42, 59)"), ("dark", "Light", "rgb(255, 255, 255)")]
)
async def test_the_page_follows_the_theme_that_is_chosen(visit: Visit, system: Any, theme: str, ground: str) -> None:
    await visit.page.emulate_media(color_scheme=system)
    await visit.open()

    await visit.page.get_by_role("button", name="Open settings dialog").click()
    await visit.page.get_by_role("button", name=theme, exact=True).click()

    await expect(visit.page.locator("body")).to_have_css("background-color", ground)


async def test_an_inline_script_does_not_run(visit: Visit) -> None:
    await visit.open()

    await visit.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = true'}))"
    )

    assert await visit.page.evaluate("window.ran") is None
    assert "script-src 'self'" in visit.console_messages[-1]


async def test_signing_out_clears_results_and_history(visit: Visit) -> None:
    await visit.open()
    await visit.run()

    await visit.page.get_by_role("button", name="Sign out").click()
    await expect(visit.page.get_by_role("button", name="Execute query")).to_have_count(0)
    await visit.page.get_by_role("button", name="auditor Robin Tallowfield").click()

    await expect(visit.page.get_by_label("Signed in as")).to_have_value("auditor")
    await visit.page.get_by_role("button", name="Show History").click()
    await expect(visit.page.get_by_text(VICTOR)).to_have_count(0)
    await expect(visit.page.locator(".graphiql-history-item")).to_have_count(0)


async def test_without_the_demo_issuer_the_page_takes_a_pasted_token(visit: Visit, served: DemoServer) -> None:
    page = graphiql_page()

    async def show_page_without_demo(route: Route) -> None:
        if route.request.method == "GET":
            await route.fulfill(body=bytes(page.body), headers=dict(page.headers))
        else:
            await route.continue_()

    await visit.page.route("**/graphql", show_page_without_demo)
    await visit.open()
    token, sign_in = visit.page.get_by_label("Your access token"), visit.page.get_by_role("button", name="Sign in")
    await token.fill("nonsense")
    await sign_in.click()
    await expect(visit.page.get_by_role("alert")).to_contain_text("Could not sign in. Sign in: a bearer token")
    await token.fill(served.token("patrol"))
    await sign_in.click()

    await expect(visit.page.get_by_role("banner")).to_contain_text("Morgan Ashgrove")
    await expect(visit.page.get_by_role("banner")).to_contain_text("patrol of CA9194200, user demo-patrol, aal1")
    await expect(visit.editor).to_contain_text("query FieldStop")
    assert "1N00001" not in await visit.page.content()
    await visit.write_variables({"plate": "1N00001", "driver": VICTOR_ID, "case": None})
    assert (await visit.run())["data"]["person"]["name"] == {"full": VICTOR}
    await expect(visit.page.get_by_text("Switch roles and run again")).to_have_count(0)
    assert await visit.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
