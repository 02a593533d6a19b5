"""`needtoknow serve`: a real process, from start-up output to shutdown."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from api.auth.demo_issuer import DemoIssuer
from api.server.server import GRACE_S
from audit.entry import Kind
from audit.sqlite.search import search
from policy.roles import Role
from tests.command_line import Result, Run
from tests.harness import PERSON_QUERY
from tests.server_process import START_S, ServerProcess, server_process
from tests.sources.file_faults import slow


@pytest.fixture(scope="module")
def served(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServerProcess, Path]]:
    """A server that no test stops, and its data folder."""
    data = Path(shutil.copytree(seeded, tmp_path_factory.mktemp("served") / "data"))
    with server_process(data) as server:
        yield server, data


def test_serve_prints_its_address_and_what_to_try(run: Run, served: tuple[ServerProcess, Path]) -> None:
    server, data = served
    output = "".join(server.printed)
    result = run("ask", "--url", server.url, "--data", data, "-", stdin=b"{ me { name } }")
    health = httpx.get(f"{server.url}/healthz")

    assert server.port != 0
    assert f"{server.url}/graphql" in output
    assert "choose a demo role" in output
    assert f"{server.url}/field" in output
    assert f"needtoknow ask --as patrol --url {server.url} --data {data} -" in output
    assert (result.status, health.status_code) == (0, 200)
    assert "Morgan Ashgrove" in result.out
    assert "server" not in health.headers


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.system)])
def test_serve_stops_cleanly_with_open_connections(data: Path, how: signal.Signals) -> None:
    with (
        server_process(data) as server,
        httpx.Client(base_url=server.url) as client,
        socket.create_connection(("127.0.0.1", server.port)) as partial_request,
    ):
        client.get("/readyz").raise_for_status()
        partial_request.sendall(b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{")
        client.get("/readyz").raise_for_status()
        status, stderr = server.stop(how)

    assert (status, stderr) == (0, "")


@pytest.mark.slow
def test_serve_finishes_active_operations_before_it_stops(data: Path) -> None:
    """The source hangs until its deadline, which is longer than the grace period of partial requests."""
    deadline_s = GRACE_S + 1.0
    token = DemoIssuer.open(data).token(Role.PATROL)
    with (
        server_process(data, NEEDTOKNOW_SOURCE_DEADLINE_MS=str(round(deadline_s * 1000))) as server,
        slow(data / "persons.db"),
        ThreadPoolExecutor() as thread,
    ):
        request = thread.submit(
            httpx.post,
            f"{server.url}/graphql",
            json={"query": PERSON_QUERY},
            headers={"Authorization": f"Bearer {token}"},
            timeout=START_S,
        )
        while not any(found.entry.kind is Kind.INTENT for found in search(data / "journal.db")):
            assert not request.done()
        status, stderr = server.stop(signal.SIGTERM)
        response = request.result().json()

    assert response["data"] == {"person": None}
    assert [each["extensions"]["code"] for each in response["errors"]] == ["SOURCE_UNAVAILABLE"]
    assert (status, stderr) == (0, "")
    assert [found.entry.kind for found in search(data / "journal.db")] == [Kind.RELEASE, Kind.INTENT]


def test_the_start_page_leads_to_graphiql_and_to_the_field_app(served: tuple[ServerProcess, Path]) -> None:
    server, _ = served
    response = httpx.get(f"{server.url}/", headers={"Host": "evil.example"})

    assert re.findall('href="(.+?)"', response.text) == ["/graphql", "/field"]
    assert "evil.example" not in response.text


def test_a_taken_port_of_metrics_is_a_one_line_error(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("NEEDTOKNOW_METRICS_PORT", str(port))
        result = run("serve", "--demo", "--data", data, "--port", 0)

    message = f"Port {port} of 127.0.0.1 is in use. Choose another with NEEDTOKNOW_METRICS_PORT."
    assert result == Result(1, "", f"needtoknow: {message}\n")


def test_the_demo_sign_in_serves_its_own_origin_only(served: tuple[ServerProcess, Path]) -> None:
    server, _ = served
    response = httpx.post(f"{server.url}/demo/token", json={"role": "jail"}, headers={"Origin": server.url})
    other = httpx.post(f"{server.url}/demo/token", json={"role": "jail"}, headers={"Origin": "http://evil.example"})

    assert (response.status_code, response.json()["user"]) == (200, "demo-jail")
    assert other.status_code == 403


def test_a_taken_port_is_a_one_line_error(run: Run, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--demo", "--data", data, "--port", port)

    assert (result.status, result.out) == (1, "")
    assert result.err == (
        f"needtoknow: Port {port} of 127.0.0.1 is in use. Choose another with --port; 0 takes any free one.\n"
    )


@pytest.mark.slow
def test_a_fault_profile_is_printed_and_takes_effect(run: Run, data: Path) -> None:
    inquiry = "query @inquiry(purpose: C, reason: TRAFFIC_STOP)"
    query = f'{inquiry} {{ person(id: "P0000001") {{ id vehicles {{ vin }} warrants {{ number }} }} }}'
    with server_process(data, NEEDTOKNOW_PROFILE="dmv-down") as server:
        response = json.loads(run("ask", "--url", server.url, "--data", data, "-", stdin=query.encode()).out)

    assert "  Its sources follow the fault profile dmv-down.\n" in server.printed
    assert response["data"]["person"] == {"id": "P0000001", "vehicles": None, "warrants": [{"number": "W000000001"}]}
    assert [error["extensions"]["code"] for error in response["errors"]] == ["SOURCE_UNAVAILABLE"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--host 192.0.2.1", "192.0.2.1 is not an address of this machine. Choose another with --host."),
        ("", "No token could be accepted: set NEEDTOKNOW_ISSUER and NEEDTOKNOW_JWKS, or use --demo."),
        (
            "--demo --profile busy",
            (
                "busy cannot be read: No such file or directory. "
                "A profile is a file, or one of dmv-down, field-day, flapping, history-slow, quiet."
            ),
        ),
    ],
    ids=["foreign address", "no issuer", "unknown profile"],
)
def test_an_unusable_setting_is_a_one_line_error(run: Run, data: Path, options: str, message: str) -> None:
    result = run("serve", "--data", data, "--port", 0, *options.split())

    assert (result.status, result.out, result.err) == (1, "", f"needtoknow: {message}\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("warrants.db", None, "The world in {} lacks warrants.db: run `needtoknow seed "),
        ("world.json", None, "The world in {} is half-written: run `needtoknow seed "),
        ("journal.db", b"x" * 4096, "The journal {}/journal.db cannot be"),
    ],
)
def test_a_damaged_data_folder_is_a_one_line_error(
    run: Run, data: Path, file: str, content: bytes | None, message: str
) -> None:
    (data / file).unlink(missing_ok=True)
    if content:
        (data / file).write_bytes(content)

    result = run("serve", "--demo", "--data", data, "--port", 0)

    assert (result.status, result.out, result.err.count("\n")) == (1, "", 1)
    assert result.err.startswith(f"needtoknow: {message.format(data)}")
