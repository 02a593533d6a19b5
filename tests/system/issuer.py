"""An OpenID provider in a process of its own, over https with a certificate of a private authority."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

import httpx

from tests.system.client_process import output
from tests.tls_files import Authority

HERE = Path(__file__).parent
START_S = 30


@dataclass(frozen=True, slots=True)
class Issuer:
    """A running provider: its `iss`, and the certificate of its authority."""

    url: str
    authority: Path

    @property
    def jwks(self) -> str:
        return f"{self.url}/jwks"

    def token(self, client: str) -> str:
        """An access token of this client, by the grant of client credentials."""
        tls = ssl.create_default_context(cafile=self.authority)
        form = {"grant_type": "client_credentials"}
        response = httpx.post(f"{self.url}/token", data=form, auth=(client, "secret"), verify=tls)
        assert response.status_code == 200, response.text
        return str(response.json()["access_token"])


@contextmanager
def running_issuer(
    tool: Callable[[str], str], folder: Path, claims: Mapping[str, Mapping[str, Any]], script: str = "issuer.mjs"
) -> Iterator[Issuer]:
    """A provider whose clients, or people, get tokens with these claims; its files are in `folder`. Stopped on exit.

    script: issuer.mjs for clients without a person, people.mjs for people who sign in on a page.
    """
    place = folder / "issuer"
    shutil.copytree(HERE / "issuer", place, ignore=shutil.ignore_patterns("node_modules"))
    output(tool("npm"), "ci", "--ignore-scripts", "--silent", folder=place)
    authority = Authority(folder, "authority")
    pair = authority.pair("issuer", "127.0.0.1")
    (place / "claims.json").write_text(json.dumps(claims))
    command = [tool("node"), script, str(pair.certificate), str(pair.key), "claims.json"]
    with subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, text=True) as process:
        watchdog = Timer(START_S, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            watchdog.cancel()
            assert url, "the issuer ended"
            yield Issuer(url, authority.certificate)
        finally:
            watchdog.cancel()
            process.terminate()
            process.wait(timeout=10)
