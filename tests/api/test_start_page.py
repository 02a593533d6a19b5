"""The address of the server itself: it leads to the pages that are on, or says where the API is."""

from __future__ import annotations

import re
from collections.abc import Sequence

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from api.http.middleware import middleware_stack
from api.http.start_page import start_page
from telemetry.recorder import Telemetry
from tests.harness import World


async def start(pages: Sequence[str], method: str = "GET") -> httpx.Response:
    app = Starlette(routes=[Route("/", start_page(pages), methods=["GET"])], middleware=middleware_stack(Telemetry()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.request(method, "/", headers={"Host": "evil.example"})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_without_a_page_it_says_where_the_api_is(method: str) -> None:
    response = await start([], method)

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert ("POST to /graphql" in response.text) == (method == "GET")


@pytest.mark.parametrize("path", ["/graphql", "/field"])
async def test_a_page_that_is_on_alone_is_where_it_leads(path: str) -> None:
    response = await start([path])

    assert (response.status_code, response.headers["location"]) == (302, path)


async def test_with_both_pages_it_names_each_with_a_link() -> None:
    response = await start(["/graphql", "/field"])

    assert response.status_code == 200
    assert re.findall(r'<li><a href="(.+?)">(.+?)</a>', response.text) == [
        ("/graphql", "GraphiQL"),
        ("/field", "Field app"),
    ]
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


async def test_with_demo_both_pages_are_on(world: World) -> None:
    pages = [await world.client.get(path, headers={"Accept": "text/html"}) for path in ("/", "/graphql", "/field")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert 'href="/field"' in pages[0].text
    assert pages[0].headers["cache-control"] == "private, no-store"


async def test_another_path_is_never_redirected(world: World) -> None:
    responses = [await world.client.get(path) for path in ("/graphql/", "/healthz/", "/index.html")]

    assert {response.status_code for response in responses} == {404}
