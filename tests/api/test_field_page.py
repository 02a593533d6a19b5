"""The page of the field app: its configuration, the policies that confine it, its assets and its callback."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api.config.setting import InvalidSettings
from api.config.settings import Settings
from api.http.field_app import configuration, field_routes
from api.http.middleware import middleware_stack
from policy.table import Policy
from telemetry.recorder import Telemetry

POLICY = Policy.load()
ISSUER = "https://id.agency.example/realms/agency"
DEMO = Settings.of(demo=True)


def agency(**settings: Any) -> Settings:
    """The settings of an agency that has an issuer of its own."""
    return Settings.of(**{"issuer": ISSUER, "jwks": "keys.json", "field": True, "field_client_id": "field"} | settings)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built page of one line, with one asset."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-0123abcd.js").write_text("// the app")
    (tmp_path / "documents.json").write_text("{}")
    block = '<script type="application/json" id="needtoknow">{}</script>'
    (tmp_path / "index.html").write_text(
        f'<!doctype html>{block}<script src="/field/assets/index-0123abcd.js"></script>'
    )
    return tmp_path


async def get(folder: Path, path: str, settings: Settings = DEMO) -> httpx.Response:
    app = Starlette(
        routes=field_routes(settings, lambda: POLICY, folder=folder), middleware=middleware_stack(Telemetry())
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        return await client.get(path)


def directives(response: httpx.Response) -> dict[str, str]:
    return dict(each.split(" ", 1) for each in response.headers["content-security-policy"].split("; "))


def data_block(page: str) -> Any:
    (block,) = re.findall(r'<script type="application/json" id="needtoknow">(.*?)</script>', page, re.DOTALL)
    return json.loads(block)


async def test_with_demo_the_page_has_the_roles_and_no_issuer(folder: Path) -> None:
    config = data_block((await get(folder, "/field")).text)

    assert (config["graphqlUrl"], config["agency"], config["issuer"]) == ("/graphql", None, None)
    assert config["demo"]["tokenUrl"] == "/demo/token"
    assert {"role", "user", "name", "description"} == config["demo"]["roles"][0].keys()


async def test_with_an_issuer_the_page_has_what_a_sign_in_needs(folder: Path) -> None:
    settings = agency(field_agency="Sheriff's Office", field_scope="openid profile api://needtoknow/records")
    config = data_block((await get(folder, "/field", settings)).text)

    assert config == {
        "graphqlUrl": "/graphql",
        "agency": "Sheriff's Office",
        "demo": None,
        "issuer": {
            "url": ISSUER,
            "clientId": "field",
            "scope": "openid profile api://needtoknow/records",
            "stepUpAcr": "aal2",
            "acrClaim": "acr",
            "maxAgeS": 43_200,
        },
    }


@pytest.mark.parametrize(
    ("settings", "level"),
    [
        ({}, ("aal2", "acr")),
        ({"claim_acr_values": ("1=aal1", "2=aal2", "3=aal2")}, ("2", "acr")),
        ({"claim_acr": "acrs", "claim_acr_values": ("c1=aal2",)}, ("c1", "acrs")),
        ({"claim_acr": "/session/level"}, ("aal2", "acr")),
        ({"claim_acr_values": ("1=aal1",)}, ("", "acr")),
    ],
)
def test_a_step_up_asks_for_what_the_claim_map_calls_aal2(settings: dict[str, Any], level: tuple[str, str]) -> None:
    issuer: Any = configuration(agency(**settings), POLICY)["issuer"]

    assert (issuer["stepUpAcr"], issuer["acrClaim"]) == level


@pytest.mark.parametrize("path", ["/field", "/field/callback", "/field/assets/index-0123abcd.js"])
async def test_page_callback_and_assets_are_confined(folder: Path, path: str) -> None:
    response = await get(folder, path)

    assert directives(response) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert "camera=(self)" in response.headers["permissions-policy"].split(", ")
    assert "microphone=()" in response.headers["permissions-policy"].split(", ")
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_the_page_may_connect_to_its_issuer_and_nowhere_else(folder: Path) -> None:
    allowed = directives(await get(folder, "/field", agency()))

    assert allowed["connect-src"] == "'self' https://id.agency.example"
    assert [name for name, sources in allowed.items() if "://" in sources] == ["connect-src"]


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!-- <script>", "]]>", "&amp; \"'", "';alert(1)//"]
)
async def test_no_setting_escapes_the_data_block(folder: Path, text: str) -> None:
    page = (await get(folder, "/field", agency(field_agency=text, field_client_id="f<b>"))).text

    assert data_block(page)["agency"] == text
    assert page.count("<script") == 2
    assert "<b>" not in page
    assert "<!--" not in page


async def test_the_callback_is_the_page_whatever_its_query_and_is_not_stored(folder: Path) -> None:
    query = "code=abc&state=</script><script>alert(1)</script>&next=https://evil.example"
    page, callback = await get(folder, "/field"), await get(folder, f"/field/callback?{query}")

    assert (callback.status_code, callback.text) == (200, page.text)
    assert callback.headers["cache-control"] == "no-store"
    assert page.headers["cache-control"] == "no-cache"


async def test_no_other_page_has_a_handle_of_the_app(folder: Path) -> None:
    """The callback, in the window of a sign-in, is not the app: it only hands its answer over."""
    page, callback = await get(folder, "/field"), await get(folder, "/field/callback")

    assert page.headers["cross-origin-opener-policy"] == "same-origin-allow-popups"
    assert callback.headers["cross-origin-opener-policy"] == "unsafe-none"


async def test_an_asset_is_cached_for_ever_and_nothing_else_is_served(folder: Path) -> None:
    asset = await get(folder, "/field/assets/index-0123abcd.js")
    others = ("none.js", "..%2fdocuments.json", "..%2findex.html", ".", "%2fetc%2fpasswd")

    assert (asset.text, asset.headers["cache-control"]) == ("// the app", "public, max-age=31536000, immutable")
    assert asset.headers["content-type"] == "text/javascript; charset=utf-8"
    assert {(await get(folder, f"/field/assets/{name}")).status_code for name in others} == {404}
    assert (await get(folder, "/field/documents.json")).status_code == 404


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"field_client_id": ""}, "NEEDTOKNOW_FIELD needs NEEDTOKNOW_FIELD_CLIENT_ID: the id of the client"),
        ({"field_scope": "profile"}, "NEEDTOKNOW_FIELD_SCOPE must have openid among its scopes."),
        ({"field_scope": "openidprofile"}, "NEEDTOKNOW_FIELD_SCOPE must have openid among its scopes."),
        ({"issuer": ""}, "NEEDTOKNOW_FIELD needs an https URL in NEEDTOKNOW_ISSUER; http only on this machine."),
        ({"issuer": "http://id.agency.example"}, "NEEDTOKNOW_FIELD needs an https URL in NEEDTOKNOW_ISSUER"),
        ({"issuer": "urn:agency:issuer"}, "NEEDTOKNOW_FIELD needs an https URL in NEEDTOKNOW_ISSUER"),
        ({"issuer": "https://[broken"}, "NEEDTOKNOW_FIELD needs an https URL in NEEDTOKNOW_ISSUER"),
        ({"issuer": "https://id.example; script-src *"}, "NEEDTOKNOW_FIELD needs an https URL in NEEDTOKNOW_ISSUER"),
        ({"issuer": "https://user:secret@id.example"}, "NEEDTOKNOW_FIELD needs an https URL in NEEDTOKNOW_ISSUER"),
    ],
)
def test_settings_with_which_nobody_can_sign_in_are_one_line(settings: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        agency(**settings)

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "issuer", ["https://id.agency.example", "http://127.0.0.1:9000/realm", "http://localhost:9000"]
)
def test_an_issuer_on_this_machine_may_have_plain_http(issuer: str) -> None:
    assert agency(issuer=issuer).shows_field


def test_without_the_app_no_client_is_needed() -> None:
    assert not Settings.of(issuer="urn:agency:issuer", jwks="keys.json").shows_field
