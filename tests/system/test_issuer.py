"""Tokens of a certified OpenID provider over https, whose certificate is of a private authority."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.system.issuer import Issuer, running_issuer
from tests.system.server import COMMAND, STOP_S, address, needtoknow, own_environment

PERSON = 'query @inquiry(purpose: C, reason: TRAFFIC_STOP) { person(id: "P0000001") { id } }'
CLAIMS: dict[str, Any] = {
    "aud": "needtoknow",
    "acr": "aal2",
    "sub": "u-4417",
    "name": "Sam Lee",
    "ori": "CA9194200",
    "role": "patrol",
    "sworn": True,
    "certified_until": "2099-12-31",
}


@pytest.fixture(scope="module")
def issuer(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    """A provider with a client whose tokens are accepted, and one whose role there is not."""
    signed_in = {**CLAIMS, "auth_time": int(time.time())}
    clients = {"patrol": signed_in, "chief": {**signed_in, "role": "chief"}}
    with running_issuer(tool, tmp_path_factory.mktemp("issuer"), clients) as issuer:
        yield issuer


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    needtoknow("seed", "--data", str(folder), "--people", "60", "--rng", "1")
    return folder


def test_a_token_of_a_provider_is_accepted_and_one_of_no_role_is_not(issuer: Issuer, data: Path) -> None:
    settings = {"NEEDTOKNOW_ISSUER": issuer.url, "NEEDTOKNOW_JWKS": issuer.jwks, "SSL_CERT_FILE": str(issuer.authority)}
    command = [COMMAND, "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=own_environment() | settings) as server:
        try:
            url = f"{address(server)}/graphql"
            answers = [
                httpx.post(url, json={"query": PERSON}, headers={"Authorization": f"Bearer {issuer.token(client)}"})
                for client in ("patrol", "chief")
            ]
        finally:
            server.terminate()
            server.wait(timeout=STOP_S)

    assert answers[0].json()["data"] == {"person": {"id": "P0000001"}}
    assert (answers[1].status_code, answers[1].json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
