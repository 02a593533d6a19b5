"""The address of the server itself: it leads to GraphiQL, or says where the API is."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from api.http.app import start_page
from api.http.middleware import middleware_stack
from telemetry.recorder import Telemetry
from tests.harness import World


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_without_graphiql_the_page_says_where_the_api_is(method: str) -> None:
    app = Starlette(
        routes=[Route("/", start_page(is_redirected=False), methods=["GET"])], middleware=middleware_stack(Telemetry())
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        response = await client.request(method, "/")

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert ("POST to /graphql" in response.text) == (method == "GET")


async def test_with_graphiql_it_redirects_on_its_own_host(world: World) -> None:
    response = await world.client.get("/", headers={"Host": "evil.example"})

    assert (response.status_code, response.headers["location"]) == (302, "/graphql")
    assert response.headers["cache-control"] == "private, no-store"


async def test_another_path_is_never_redirected(world: World) -> None:
    responses = [await world.client.get(path) for path in ("/graphql/", "/healthz/", "/index.html")]

    assert {response.status_code for response in responses} == {404}
