"""The proxies of docs/deploy.md, really started, with two instances of the server behind each and clients over TLS."""

from __future__ import annotations

import asyncio
import json
import os
import re
import ssl
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPSConnection
from pathlib import Path

import httpx
import pytest

from api.http.field_app import DIST
from audit.sqlite.search import search
from bench.cluster.processes import Process, wait_for
from tests.system.deployment import FILES, Deployment, Tool, replaced, whole_deployment
from tests.system.server import START_S
from tests.tls_files import Authority

UNPUBLISHED = [
    *("/", "/readyz", "/healthz", "/metrics", "/demo/token", "/graphql/", "//readyz", "/READYZ", "/readyz?query={me}"),
    *("/field/", "/field/documents.json", "/field/../readyz", "/field/assets/../../readyz"),
    *("/graphql/../readyz", "/graphql/assets/../../readyz", "/graphql/assets/%2e%2e/%2e%2e/readyz", "/readyz#/graphql"),
]
QUERY = 'query @inquiry(purpose: C, reason: TRAFFIC_STOP, attention: "Lee 4417") { person(id: "P0000001") { id } }'
WRITE = r" --silent --show-error --write-out '\n%{http_version}'"
FORGED = ["203.0.113.9", "127.0.0.1", "203.0.113.9, 127.0.0.1", "not an address", ""]

for_each_proxy = pytest.mark.parametrize("proxy", ["nginx", "haproxy"])


@pytest.fixture(scope="module")
def deployed(tool: Tool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with whole_deployment(tool, tmp_path_factory.mktemp("deployment")) as deployed:
        yield deployed


@for_each_proxy
async def test_only_graphql_and_the_field_app_are_published(deployed: Deployment, tool: Tool, proxy: str) -> None:
    asset = next((DIST / "assets").glob("index-*.js")).name
    with deployed.proxy(proxy, tool(proxy)):
        statuses = {path: get(deployed, path) for path in UNPUBLISHED}
        app = [get(deployed, path) for path in ("/field", "/field/callback?code=a", f"/field/assets/{asset}")]
        async with deployed.client() as client:
            answered = await client.post("/graphql", json={"query": "{ me { name } }"})

    assert {path: status for path, status in statuses.items() if status not in {400, 404}} == {}
    assert app == [200, 200, 200]
    assert answered.json() == {"data": {"me": {"name": "Sam Lee"}}}
    assert answered.headers["strict-transport-security"] == "max-age=31536000"


def test_each_instance_has_metrics_beside_its_port(deployed: Deployment) -> None:
    for each in deployed.instances:
        metrics = httpx.get(f"http://127.0.0.1:{each.metrics}/metrics").text
        assert f"needtoknow_workers_wanted {deployed.settings['NEEDTOKNOW_WORKERS']}.0\n" in metrics


def get(deployed: Deployment, path: str) -> int:
    """The status of a GET, whose path is sent as it is."""
    context = ssl.create_default_context(cafile=str(deployed.authority.certificate))
    connection = HTTPSConnection("127.0.0.1", deployed.port, context=context)
    with closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status


@for_each_proxy
async def test_the_journal_has_the_address_of_the_caller_whatever_it_forges(
    deployed: Deployment, tool: Tool, proxy: str
) -> None:
    with deployed.proxy(proxy, tool(proxy)):
        async with deployed.client("127.0.4.1") as client:
            replies = [
                await client.post("/graphql", json={"query": QUERY}, headers=[(name, forged), (name, "127.0.0.1")])
                for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded")
                for forged in FORGED
            ]

    inquiries = [reply.json()["extensions"]["inquiry"]["id"] for reply in replies]
    journal = deployed.data / "journal.db"
    addresses = [[found.entry.address for found in search(journal, id=inquiry)] for inquiry in inquiries]
    assert addresses == [["127.0.4.1", "127.0.4.1"]] * len(inquiries)


@for_each_proxy
def test_the_first_question_is_answered_over_http_2_to_who_trusts_the_authority(
    deployed: Deployment, tool: Tool, proxy: str, tmp_path: Path
) -> None:
    """The command of docs/deploy.md, with the address and the authority of the test."""
    page = (FILES.parent / "deploy.md").read_text("utf-8").replace("\\\n", " ")
    command, *_ = re.findall(r"^ {4}(curl .*)$", page, re.MULTILINE)
    tool("curl")
    with deployed.proxy(proxy, tool(proxy)):
        answer, refusal = (
            subprocess.run(
                [
                    "sh",
                    "-euc",
                    replaced(command, {"https://records.example.gov": deployed.url, "ca.pem": str(each)}) + WRITE,
                ],
                env={"TOKEN": deployed.token(), "PATH": "/usr/bin:/bin"},
                capture_output=True,
                text=True,
                check=False,
            )
            for each in (deployed.authority.certificate, Authority(tmp_path, "other").certificate)
        )

    body, version = answer.stdout.rsplit("\n", 1)
    assert (json.loads(body)["data"]["me"]["name"], version) == ("Sam Lee", "2")
    assert (refusal.returncode, refusal.stdout) == (60, "\n0")
    assert "unable to get local issuer certificate" in refusal.stderr


def test_haproxy_answers_each_post_while_no_instance_does(deployed: Deployment, tool: Tool) -> None:
    nobody = "127.0.0.1:1"
    environment = {**deployed.haproxy, "SERVER1": nobody, "SERVER2": nobody}
    proxy = Process("alone", [tool("haproxy"), "-W", "-db", "-f", FILES / "haproxy.cfg"], deployed.folder, environment)
    ask = [tool("curl"), "--silent", "--http2", "--cacert", str(deployed.authority.certificate), "--data", "{}"]
    ask += ["--output", "/dev/null", "--write-out", "%{http_code}", f"{deployed.url}/graphql"]
    proxy.start()
    try:
        wait_for(lambda: "has no server available" in proxy.log.read_text(), "haproxy", START_S, proxy.log)
        statuses = [subprocess.run(ask, capture_output=True, text=True, check=False).stdout for _ in range(20)]
    finally:
        proxy.stop()

    assert statuses == ["503"] * 20


@for_each_proxy
def test_no_process_that_serves_requests_is_root(deployed: Deployment, tool: Tool, proxy: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    with deployed.proxy(proxy, tool(proxy)) as process:
        serving = process.pids()[1:]
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in serving}

    assert serving
    assert 0 not in owners


@for_each_proxy
async def test_one_address_is_limited_and_others_are_not(deployed: Deployment, tool: Tool, proxy: str) -> None:
    statuses: Counter[int] = Counter()

    async def send(client: httpx.AsyncClient, count: int) -> None:
        for _ in range(count):
            reply = await client.post("/graphql", content=b"", headers={"Content-Type": "application/json"})
            statuses[reply.status_code] += 1

    with deployed.proxy(proxy, tool(proxy)):
        async with deployed.client("127.0.2.1") as one, deployed.client("127.0.2.2") as other:
            while not statuses[429]:
                await asyncio.gather(*(send(one, 25) for _ in range(8)))
                assert statuses.total() < 3_000
            limited = await other.post("/graphql", json={"query": "{ me { name } }"})

    assert set(statuses) == {400, 429}
    assert limited.status_code == 200


@for_each_proxy
async def test_no_log_of_a_proxy_or_server_has_anything_personal(
    deployed: Deployment, tool: Tool, proxy: str, tmp_path: Path
) -> None:
    secret = "Zzyzxova"
    with deployed.proxy(proxy, tool(proxy)):
        async with deployed.client("127.0.3.1") as client:
            await client.get("/graphql", params={"query": secret}, headers={"X-Terminal": secret, "User-Agent": secret})
            await client.get(f"/{secret}")
            await client.post("/graphql", json={"query": f"{{ {secret} }}", "variables": {secret: secret}})
            with suppress(httpx.RemoteProtocolError):  # a refusal that comes before the body has been sent may be lost
                await client.post("/graphql", content=b"x" * 200_000)

    logs = {file.name: file.read_text(errors="replace") for file in deployed.folder.glob("*.log")}
    assert {name for name, text in logs.items() if secret in text or "127.0.3.1" in text} == set()
    assert {f"{proxy}.log", *(each.process.log.name for each in deployed.instances)} <= logs.keys()


def test_a_broken_certificate_stops_a_proxy_with_one_line_that_names_it(
    deployed: Deployment, tool: Tool, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n")
    site = tmp_path / "nginx.conf"
    site.write_text(deployed.nginx.replace(str(deployed.pair.certificate), str(broken)))
    environment = {**deployed.haproxy, "CERTIFICATE": str(broken)}

    nginx = subprocess.run([tool("nginx"), "-t", "-c", site], capture_output=True, text=True, check=False)
    haproxy = subprocess.run(
        [tool("haproxy"), "-c", "-f", "docs/deploy/haproxy.cfg"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    for done in (nginx, haproxy):
        assert done.returncode != 0
        assert [line for line in done.stderr.splitlines() if str(broken) in line] != []
