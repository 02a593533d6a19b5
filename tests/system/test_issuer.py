"""Tokens of a certified OpenID provider over https, with claims as Keycloak and Microsoft Entra ID write them."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.issuer_pages import PAGES, IssuerPage, for_each_page
from tests.system.issuer import Issuer, running_issuer
from tests.system.server import COMMAND, STOP_S, address, needtoknow, own_environment

PERSON = 'query @inquiry(purpose: C, reason: TRAFFIC_STOP) { me { role assurance } person(id: "P0000001") { id } }'


@pytest.fixture(scope="module")
def issuer(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    """A provider with a client for each page, which signed in just now, and one for each whose role means nothing."""
    now = int(time.time())
    clients: dict[str, dict[str, Any]] = {}
    for page in PAGES:
        clients[page.name] = {**page.claims, "nbf": now - 5, "auth_time": now - 5}
        nothing = {"roles": ["Chiefs"], "resource_access": {"needtoknow": {"roles": ["Chiefs"]}}}
        clients[f"{page.name}-chief"] = {**clients[page.name], **nothing}
    with running_issuer(tool, tmp_path_factory.mktemp("issuer"), clients) as issuer:
        yield issuer


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    needtoknow("seed", "--data", str(folder), "--people", "60", "--rng", "1")
    return folder


def environment(page: IssuerPage, issuer: Issuer) -> dict[str, str]:
    """The settings of the page, for the provider that runs here."""
    ours = {"ISSUER": issuer.url, "JWKS": issuer.jwks, "JWKS_CA": str(issuer.authority)}
    return own_environment() | page.settings | {f"NEEDTOKNOW_{name}": value for name, value in ours.items()}


@for_each_page
def test_a_token_of_a_provider_is_accepted_and_checked(page: IssuerPage, issuer: Issuer, data: Path) -> None:
    settings = environment(page, issuer)
    accepted, refused = issuer.token(page.name), issuer.token(f"{page.name}-chief")
    command = [COMMAND, "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=settings) as server:
        try:
            url = f"{address(server)}/graphql"
            answers = [
                httpx.post(url, json={"query": PERSON}, headers={"Authorization": f"Bearer {each}"})
                for each in (accepted, refused)
            ]
        finally:
            server.terminate()
            server.wait(timeout=STOP_S)
    checks = [
        subprocess.run(
            [COMMAND, "token", "check"], input=each, env=settings, capture_output=True, text=True, check=False
        )
        for each in (accepted, refused)
    ]

    assert answers[0].json()["data"] == {"me": {"role": "PATROL", "assurance": "AAL2"}, "person": {"id": "P0000001"}}
    assert (answers[1].status_code, answers[1].json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert [each.returncode for each in checks] == [0, 1], [each.stderr for each in checks]
    assert checks[1].stderr == "needtoknow: The token is refused for role: BAD_CLAIM, a claim is missing or invalid.\n"
