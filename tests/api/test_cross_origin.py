"""Cross-origin requests: pages of the origins in NEEDTOKNOW_ORIGINS, and of no other."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from api.config.setting import InvalidSettings
from api.config.settings import Settings
from tests.harness import PERSON_QUERY, running_app

DASHBOARD, OTHER = "https://dash.example.gov", "https://dash.example.gov.evil.example"
PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,last-event-id,traceparent,x-terminal",
}


def cors_headers(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("access-control-")}


def varies(response: httpx.Response) -> set[str]:
    return set(response.headers.get("vary", "").split(", "))


async def test_the_preflight_of_a_named_origin_is_answered_with_itself(data: Path) -> None:
    async with running_app(data, origins=("https://other.example", DASHBOARD)) as world:
        response = await world.client.options("/graphql", headers={"origin": DASHBOARD, **PREFLIGHT})

    assert response.status_code == 200
    allowed = cors_headers(response)
    headers = {name.lower() for name in allowed.pop("access-control-allow-headers").split(", ")}
    assert headers >= {"authorization", "content-type", "last-event-id", "traceparent", "x-terminal"}
    assert allowed == {
        "access-control-allow-origin": DASHBOARD,
        "access-control-allow-methods": "POST",
        "access-control-max-age": "7200",
    }
    assert "Origin" in varies(response)


async def test_a_reply_to_a_named_origin_names_it_and_exposes_two_headers(data: Path) -> None:
    async with running_app(data, origins=(DASHBOARD,)) as world:
        response = await world.execute(PERSON_QUERY, headers={"origin": DASHBOARD})

    assert response.data == {"person": {"id": "P0000001"}}
    assert cors_headers(response.http) == {
        "access-control-allow-origin": DASHBOARD,
        "access-control-expose-headers": "Retry-After, traceresponse",
    }
    assert "Origin" in varies(response.http)


@pytest.mark.parametrize(
    "origin", [OTHER, "null", "*", "", f"{DASHBOARD}:8443", DASHBOARD.upper(), "http://dash.example.gov"]
)
async def test_another_origin_gets_no_header_of_cors(data: Path, origin: str) -> None:
    async with running_app(data, origins=(DASHBOARD,)) as world:
        preflight = await world.client.options("/graphql", headers={"origin": origin, **PREFLIGHT})
        response = await world.execute(PERSON_QUERY, headers={"origin": origin})

    for each in (preflight, response.http):
        assert cors_headers(each) == {}
        assert "Origin" in varies(each)


async def test_without_the_setting_no_origin_is_named(data: Path) -> None:
    async with running_app(data) as world:
        preflight = await world.client.options("/graphql", headers={"origin": DASHBOARD, **PREFLIGHT})
        response = await world.execute(PERSON_QUERY, headers={"origin": DASHBOARD})

    assert [cors_headers(each) for each in (preflight, response.http)] == [{}, {}]
    assert "Origin" not in varies(response.http)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/demo/token", "/"])
async def test_only_operations_may_come_from_another_origin(data: Path, path: str) -> None:
    async with running_app(data, origins=(DASHBOARD,)) as world:
        preflight = await world.client.options(path, headers={"origin": DASHBOARD, **PREFLIGHT})
        response = await world.client.get(path, headers={"origin": DASHBOARD})

    assert [cors_headers(each) for each in (preflight, response)] == [{}, {}]


async def test_a_refusal_can_be_read_by_a_page_of_a_named_origin(data: Path) -> None:
    async with running_app(data, origins=(DASHBOARD,)) as world:
        refused = await world.client.post("/graphql", content=b"5", headers={"origin": DASHBOARD})

    assert refused.status_code == 415
    assert refused.headers["access-control-allow-origin"] == DASHBOARD


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "https://dash.example.gov",
            "https://dash.example.gov:8443",
            "https://192.0.2.7",
            "https://[2001:db8::7]:8443",
        ),
        *("http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"),
    ],
)
def test_an_origin_is_a_scheme_a_host_and_a_port(origin: str) -> None:
    assert Settings.from_environment({"NEEDTOKNOW_ORIGINS": origin}).connections.origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        *("*", "null", "dash.example.gov", "https://*.example.gov", "https://", "https://dash.example.gov/"),
        *(
            "https://dash.example.gov/app",
            "https://user@dash.example.gov",
            "https://dash.example.gov?a",
            "ftp://a.example",
        ),
        *("https://DASH.example.gov", "https://dash.example.gov:443", "https://dash.example.gov:0", "https://a:65536"),
        *(
            "http://dash.example.gov",
            "http://127.0.0.1.example.gov",
            "file://",
            "https://dash.example.gov https://b.example",
        ),
        *("https://bücher.example", "https://-a.example", "https://a..example"),
    ],
)
def test_what_is_no_origin_is_refused_in_one_line(origin: str) -> None:
    with pytest.raises(InvalidSettings) as error:
        Settings.from_environment({"NEEDTOKNOW_ORIGINS": origin})

    assert str(error.value) == (
        "NEEDTOKNOW_ORIGINS must be origins such as https://dash.example.gov, without a path;"
        " http only on this machine."
    )
