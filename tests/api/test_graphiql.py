"""The GraphiQL page, its assets and its tabs. tests/system drives the page in Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import httpx
import pytest
from graphql import OperationDefinitionNode, build_schema, parse, validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.http.built_page import CODINGS
from api.http.compression import MINIMUM_BYTES
from api.http.demo_roles import demo_roles
from api.http.graphiql import FOLDER, GRAPHIQL, NEW_TAB, TABS, blank_tab, demo_tab, graphiql_page
from api.http.middleware import middleware_stack
from policy.grants import Need
from policy.roles import Role
from policy.table import Policy
from schema.build import sdl
from telemetry.recorder import Telemetry
from tests.harness import World

Tab = Mapping[str, str]
ALL_TABS = (*TABS, NEW_TAB)

ASSETS = FOLDER / "dist" / "assets"
ASSET_NAMES = sorted(path.name for path in ASSETS.iterdir() if path.suffix not in CODINGS.values())
ROLES = demo_roles(Policy.load())


async def get(
    path: str = "/graphql",
    roles: Sequence[dict[str, str]] = ROLES,
    tabs: Sequence[Tab] | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    async with client_of(roles, tabs) as client:
        return await client.get(path, headers=headers)


async def head(path: str, accepted: str) -> httpx.Response:
    """The head of a response. Its body may be in a coding that httpx cannot read."""
    async with client_of(ROLES, None) as client:
        return await client.head(path, headers={"accept-encoding": accepted})


def client_of(roles: Sequence[dict[str, str]], tabs: Sequence[Tab] | None) -> httpx.AsyncClient:
    def page(_request: Request) -> Response:
        return graphiql_page({"tokenUrl": "/demo/token", "roles": roles} if roles else None, tabs)

    app = Starlette(
        routes=[Route("/graphql", page), GRAPHIQL.asset_route("/graphql")], middleware=middleware_stack(Telemetry())
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


def data_block(page: str) -> dict[str, object]:
    """The configuration in the page."""
    (block,) = re.findall(r'<script type="application/json" id="needtoknow">(.*?)</script>', page, re.DOTALL)
    config: dict[str, object] = json.loads(block)
    return config


async def test_the_data_block_has_the_roles_and_the_tabs() -> None:
    config = data_block((await get()).text)

    assert config["graphqlUrl"] == "/graphql"
    demo = config["demo"]
    assert isinstance(demo, dict)
    assert demo["tokenUrl"] == "/demo/token"
    assert [each["role"] for each in demo["roles"]] == [role.value for role in Role]
    assert demo["roles"][0] == {
        "role": "patrol",
        "user": "demo-patrol",
        "name": "Morgan Ashgrove",
        "description": "An officer in the field: 16 of 34 record classes open, 2 masked, 8 by step-up",
    }
    assert config["tabs"] == [demo_tab(name) for name in TABS]
    assert config["newTab"] == demo_tab(NEW_TAB)


async def test_without_demo_roles_the_tabs_are_about_nobody() -> None:
    config = data_block((await get(roles=())).text)
    demo = [json.loads(demo_tab(name)["variables"]) for name in ALL_TABS]
    values = [*re.findall(r'"([^"]*\d[^"]*)"', json.dumps(demo)), "Castelanaro", "Ashgrove", "Tallowfield"]

    assert len(values) > 10
    assert [value for value in values if value in json.dumps(config)] == []
    for name in ALL_TABS:
        blank = blank_tab(demo_tab(name))
        assert validate(build_schema(sdl()), parse(blank["query"])) == []
        assert json.loads(blank["variables"]).keys() == json.loads(demo_tab(name)["variables"]).keys()


async def test_without_demo_roles_there_is_no_demo_sign_in() -> None:
    assert data_block((await get(roles=())).text)["demo"] is None


def test_the_page_has_a_phrase_for_every_need() -> None:
    source = (FOLDER / "src" / "ResponseSummary.tsx").read_text("utf-8")
    (phrases,) = re.findall(r"const NEED_PHRASES.*?{(.*?)}", source, re.DOTALL)
    built = "".join(path.read_text("utf-8") for path in ASSETS.glob("index-*.js"))

    phrase_of = dict(re.findall(r"(\w+): '(.*)'", phrases))
    assert phrase_of.keys() == {need.value for need in Need}
    assert [phrase for phrase in phrase_of.values() if phrase not in built] == []


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!-- <script>", "]]>", "\u2028 &amp; \"'"])
async def test_no_text_escapes_the_data_block(text: str) -> None:
    tabs = [{"query": text, "variables": text}]
    roles = [{"role": "patrol", "user": "demo-patrol", "name": text, "description": text}]
    page = (await get(roles=roles, tabs=tabs)).text

    assert data_block(page)["tabs"] == tabs
    assert page.count("<script") == (await get()).text.count("<script")
    assert "<!--" not in page


async def test_the_content_policy_allows_the_own_host_only() -> None:
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
async def test_the_page_and_its_assets_have_the_security_headers(path: str) -> None:
    headers = (await get(path)).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; ")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ASSET_NAMES)
async def test_an_asset_has_its_hash_in_its_name_and_is_cached(name: str) -> None:
    response = await get(f"/graphql/assets/{name}")

    assert response.content == (ASSETS / name).read_bytes()
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert re.fullmatch(r"[\w.-]+-[\w-]{8}\.(css|js|svg|ttf|woff2)", name)


STORED = sorted(path.name for path in ASSETS.iterdir() if path.suffix in CODINGS.values())


def test_every_asset_that_shrinks_is_stored_compressed() -> None:
    shrinking = [name for name in ASSET_NAMES if name.endswith((".css", ".js", ".ttf"))]
    large = [name for name in shrinking if (ASSETS / name).stat().st_size >= MINIMUM_BYTES]

    assert sorted(f"{name}{suffix}" for name in large for suffix in CODINGS.values()) == STORED
    assert len(STORED) > 30


@pytest.mark.parametrize("name", [name for name in STORED if name.endswith(".gz")])
async def test_a_stored_asset_is_its_asset(name: str) -> None:
    """`make check` compares those in brotli, which Python cannot read."""
    asset = name.removesuffix(".gz")
    response = await get(f"/graphql/assets/{asset}", headers={"accept-encoding": "gzip"})

    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-length"] == str((ASSETS / name).stat().st_size)
    assert response.content == (ASSETS / asset).read_bytes()


@pytest.mark.parametrize(
    ("accepted", "suffix"), [("gzip, deflate, br", ".br"), ("gzip", ".gz"), ("br;q=0, gzip;q=0", ""), ("identity", "")]
)
async def test_an_asset_is_sent_in_a_coding_that_the_browser_takes(accepted: str, suffix: str) -> None:
    (script,) = (name for name in ASSET_NAMES if re.fullmatch(r"index-.*\.js", name))
    stored = ASSETS / f"{script}{suffix}"
    response = await head(f"/graphql/assets/{script}", accepted)

    assert response.headers.get("content-encoding") == {".br": "br", ".gz": "gzip", "": None}[suffix]
    assert response.headers["content-length"] == str(stored.stat().st_size)
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("name", STORED)
async def test_a_compressed_form_has_no_address_of_its_own(name: str) -> None:
    assert (await get(f"/graphql/assets/{name}")).status_code == 404


@pytest.mark.parametrize("name", ["none.js", "..%2f..%2fgraphiql.py", "..%2findex.html", "%2fetc%2fpasswd", "."])
async def test_another_path_is_not_served(name: str) -> None:
    assert (await get(f"/graphql/assets/{name}")).status_code == 404


async def test_the_page_is_revalidated_each_time() -> None:
    headers = (await get()).headers

    assert (headers["cache-control"], headers["vary"]) == ("no-cache", "Accept, Accept-Encoding")


def test_the_page_loads_from_its_own_host_only() -> None:
    page = (FOLDER / "dist" / "index.html").read_text("utf-8")
    urls = re.findall(r'(?:src|href)="([^"]+)"', page)
    urls += [
        url
        for style in ASSETS.glob("*.css")
        for url in re.findall(r"url\(\s*[\"']?([^)\"']+)", style.read_text("utf-8"))
        if not url.startswith(("data:image/", "#"))
    ]

    assert urls
    assert {url for url in urls if url.rpartition("/")[0] != "/graphql/assets"} == set()
    assert {url.rpartition("/")[2] for url in urls} <= set(ASSET_NAMES)


def test_every_bundled_package_has_its_licence() -> None:
    notices = (FOLDER / "dist" / "LICENSES.txt").read_text("utf-8")
    dependencies = json.loads((FOLDER / "package.json").read_text())["dependencies"]

    assert {
        f"{name} {version}" for name, version in dependencies.items() if f"{name} {version} (" not in notices
    } == set()
    assert {"MIT", "Apache-2.0", "OFL-1.1", "0BSD", "BSD-2-Clause"} == set(
        re.findall(r"^\S+ \d[^ ]* \((.+)\)$", notices, re.MULTILINE)
    )


def test_the_tab_list_names_every_tab_file() -> None:
    stems = {path.stem for path in (FOLDER / "tabs").iterdir()}

    assert {*ALL_TABS} == stems


@pytest.mark.parametrize("tab", [demo_tab(name) for name in ALL_TABS], ids=ALL_TABS)
def test_a_tab_is_valid_and_gives_every_variable(tab: Tab) -> None:
    document = parse(tab["query"])
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)

    assert validate(build_schema(sdl()), document) == []
    declared = {each.variable.name.value for each in operation.variable_definitions or ()}
    assert declared == json.loads(tab["variables"]).keys()


@pytest.mark.parametrize("tab", [demo_tab(name) for name in ALL_TABS], ids=ALL_TABS)
async def test_a_tab_has_data_for_patrol_and_no_record_for_an_outsider(world: World, tab: Tab) -> None:
    variables = json.loads(tab["variables"])

    as_patrol = await world.execute(tab["query"], variables=variables)
    assert None not in as_patrol.data.values()
    assert [] not in [each.get("edges") for each in as_patrol.data.values() if isinstance(each, dict)]

    as_outsider = await world.execute(tab["query"], role="outsider", variables=variables)
    if "@inquiry" not in tab["query"]:
        assert as_outsider.errors == []
        return
    assert set(as_outsider.codes) == {"NEED_TO_KNOW"}
    assert world.statements == []


async def test_the_auditors_tab_is_not_flagged(world: World) -> None:
    tab = demo_tab("inquiries")
    response = await world.execute(tab["query"], role="auditor", variables=json.loads(tab["variables"]))

    newest = response.data["inquiries"]["edges"][0]["node"]
    assert (newest["user"], newest["operationName"], newest["flags"]) == ("demo-auditor", "Inquiries", [])
