"""The GraphiQL page as it is served, and the tabs that it opens with. Chromium's part is in tests/system."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from graphql import OperationDefinitionNode, build_schema, parse, validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.http.graphiql import (
    ASSETS,
    READY_TABS,
    ROOM,
    DemoRole,
    ExplorerConfig,
    Tab,
    demo_roles,
    explorer_page,
    explorer_routes,
    ready_tabs,
)
from policy.grants import Need
from policy.roles import Role
from policy.table import Policy
from schema.build import sdl
from tests.harness import World

ASSET_NAMES = sorted(path.name for path in ASSETS.iterdir())
CONFIG = ExplorerConfig(demo_roles=demo_roles(Policy.load()))


async def get(path: str = "/graphql", config: ExplorerConfig = CONFIG) -> httpx.Response:
    def page(_request: Request) -> Response:
        return explorer_page(config)

    app = Starlette(routes=[Route("/graphql", page), *explorer_routes()])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        return await client.get(path)


def told(page: str) -> dict[str, object]:
    """What the page's data block says."""
    (block,) = re.findall(r'<script type="application/json" id="needtoknow">(.*?)</script>', page, re.DOTALL)
    config: dict[str, object] = json.loads(block)
    return config


async def test_the_page_is_told_the_roles_and_the_tabs() -> None:
    config = told((await get()).text)

    assert config["graphqlUrl"] == "/graphql"
    demo = config["demo"]
    assert isinstance(demo, dict)
    assert demo["tokenUrl"] == "/demo/token"
    assert [each["role"] for each in demo["roles"]] == [role.value for role in Role]
    assert demo["roles"][0] == {
        "role": "patrol",
        "user": "demo-patrol",
        "name": "Morgan Ashgrove",
        "description": "An officer in the field: 7 of 16 record classes open, 2 masked, 4 by step-up",
    }
    assert config["tabs"] == [{"query": tab.query, "variables": tab.variables} for tab in ready_tabs()]


async def test_without_demo_roles_the_page_offers_no_demo_sign_in() -> None:
    assert told((await get(config=ExplorerConfig())).text)["demo"] is None


def test_the_page_has_a_phrase_for_everything_that_may_be_missing() -> None:
    source = (ROOM / "src" / "AnswerSummary.tsx").read_text("utf-8")
    (phrases,) = re.findall(r"const NEED_WORDS.*?{(.*?)}", source, re.DOTALL)
    built = "".join(path.read_text("utf-8") for path in ASSETS.glob("index-*.js"))

    told = dict(re.findall(r"(\w+): '(.*)'", phrases))
    assert told.keys() == {need.value for need in Need}
    assert [phrase for phrase in told.values() if phrase not in built] == []


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!-- <script>", "]]>", "\u2028 &amp; \"'"])
async def test_no_text_breaks_out_of_the_data_block(text: str) -> None:
    roles = [DemoRole("patrol", "demo-patrol", text, text)]
    page = (await get(config=ExplorerConfig(demo_roles=roles, tabs=[Tab(text, text)]))).text

    assert told(page)["tabs"] == [{"query": text, "variables": text}]
    assert page.count("<script") == (await get()).text.count("<script")
    assert "<!--" not in page


async def test_the_policy_lets_the_page_talk_to_its_own_host_only() -> None:
    policy = (await get()).headers["content-security-policy"]

    directives = dict(each.split(" ", 1) for each in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert {source for sources in directives.values() for source in sources.split()} == {
        "'none'",
        "'self'",
        "data:",
        "'unsafe-inline'",
    }
    assert [name for name, sources in directives.items() if "data:" in sources] == ["img-src"]
    assert [name for name, sources in directives.items() if "'unsafe-inline'" in sources] == ["style-src"]


@pytest.mark.parametrize("path", ["/graphql", f"/graphql/assets/{ASSET_NAMES[0]}"])
async def test_the_page_and_its_assets_stay_within_their_origin(path: str) -> None:
    headers = (await get(path)).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; ")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ASSET_NAMES)
async def test_an_asset_is_served_under_a_name_that_changes_with_it(name: str) -> None:
    reply = await get(f"/graphql/assets/{name}")

    assert reply.content == (ASSETS / name).read_bytes()
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert re.fullmatch(r"[\w.-]+-[\w-]{8}\.(css|js|svg|ttf|woff2)", name)


@pytest.mark.parametrize("name", ["none.js", "..%2f..%2fexplorer.py", "..%2findex.html", "%2fetc%2fpasswd", "."])
async def test_what_is_no_asset_is_not_served(name: str) -> None:
    assert (await get(f"/graphql/assets/{name}")).status_code == 404


async def test_the_page_is_asked_for_again_each_time() -> None:
    headers = (await get()).headers

    assert (headers["cache-control"], headers["vary"]) == ("no-cache", "Accept")


def test_everything_the_page_loads_is_on_this_host() -> None:
    page = (ROOM / "dist" / "index.html").read_text("utf-8")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    loaded += [
        address
        for style in ASSETS.glob("*.css")
        for address in re.findall(r"url\(\s*[\"']?([^)\"']+)", style.read_text("utf-8"))
        if not address.startswith(("data:image/", "#"))
    ]

    assert loaded
    assert {address for address in loaded if address.rpartition("/")[0] != "/graphql/assets"} == set()
    assert {address.rpartition("/")[2] for address in loaded} <= set(ASSET_NAMES)


def test_the_licence_of_everything_bundled_comes_along() -> None:
    notices = (ROOM / "dist" / "LICENSES.txt").read_text("utf-8")
    asked_for = json.loads((ROOM / "package.json").read_text())["dependencies"]

    assert {f"{name} {version}" for name, version in asked_for.items() if f"{name} {version} (" not in notices} == set()
    assert {"MIT", "Apache-2.0", "OFL-1.1", "0BSD", "BSD-2-Clause"} == set(
        re.findall(r"^\S+ \d[^ ]* \((.+)\)$", notices, re.MULTILINE)
    )


def test_the_order_of_the_tabs_names_every_tab_there_is() -> None:
    stems = {path.stem for path in (ROOM / "tabs").iterdir()}

    assert set(READY_TABS) == stems


@pytest.mark.parametrize("tab", ready_tabs(), ids=READY_TABS)
def test_a_tab_fits_the_schema_and_gives_every_variable(tab: Tab) -> None:
    document = parse(tab.query)
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)

    assert validate(build_schema(sdl()), document) == []
    declared = {each.variable.name.value for each in operation.variable_definitions or ()}
    assert declared == json.loads(tab.variables).keys()


@pytest.mark.parametrize("tab", ready_tabs(), ids=READY_TABS)
async def test_a_tab_shows_patrol_something_and_an_outsider_no_record(world: World, tab: Tab) -> None:
    variables = json.loads(tab.variables)

    as_patrol = await world.execute(tab.query, variables=variables)
    assert None not in as_patrol.data.values()
    assert [] not in [each.get("edges") for each in as_patrol.data.values() if isinstance(each, dict)]

    as_outsider = await world.execute(tab.query, as_="outsider", variables=variables)
    if "@inquiry" not in tab.query:
        assert as_outsider.errors == []
        return
    assert set(as_outsider.codes) == {"NEED_TO_KNOW"}
    assert world.statements == []
