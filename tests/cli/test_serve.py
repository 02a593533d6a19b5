"""`needtoknow serve`: a real process, from what it prints at the start to how it ends."""

from __future__ import annotations

import json
import re
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from api.auth.demo_issuer import DemoIssuer
from api.server.server import GRACE_S
from audit.entry import Kind
from audit.search import search
from policy.roles import Role
from tests.cli.conftest import Run
from tests.cli.server import START_S, server_process
from tests.harness import PERSON_QUERY
from tests.sources.file_faults import slow


def test_it_says_where_it_is_how_to_sign_in_and_what_to_try(run: Run, data: Path) -> None:
    with server_process(data) as server:
        said = "".join(server.printed)
        answer = run("ask", "--url", server.url, "--data", data, "-", stdin=b"{ me { name } }")
        health = httpx.get(f"{server.url}/healthz")

    assert server.port != 0
    assert f"{server.url}/graphql" in said
    assert "choose a demo role" in said
    assert f"needtoknow ask --as patrol --url {server.url} --data {data} -" in said
    assert (answer.status, health.status_code) == (0, 200)
    assert "Morgan Ashgrove" in answer.out
    assert "server" not in health.headers


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_at_once_even_under_open_connections(data: Path, how: signal.Signals) -> None:
    with (
        server_process(data) as server,
        httpx.Client(base_url=server.url) as client,
        socket.create_connection(("127.0.0.1", server.port)) as half_a_request,
    ):
        client.get("/readyz").raise_for_status()
        half_a_request.sendall(b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{")
        client.get("/readyz").raise_for_status()
        status, seconds, told = server.stop(how)

    assert (status, told) == (0, "")
    assert seconds < 5


def test_a_lookup_that_is_under_way_is_answered_before_it_stops(data: Path) -> None:
    """Its source answers nobody, and is given up by a deadline that is longer than what is left to strangers."""
    deadline_s = GRACE_S + 1.0
    token = DemoIssuer.open(data).token(Role.PATROL)
    with (
        server_process(data, NEEDTOKNOW_SOURCE_DEADLINE_MS=str(round(deadline_s * 1000))) as server,
        slow(data / "persons.db"),
        ThreadPoolExecutor() as thread,
    ):
        asking = thread.submit(
            httpx.post,
            f"{server.url}/graphql",
            json={"query": PERSON_QUERY},
            headers={"Authorization": f"Bearer {token}"},
            timeout=START_S,
        )
        while not any(found.entry.kind is Kind.INTENT for found in search(data / "journal.db")):
            assert not asking.done()
        status, _, told = server.stop(signal.SIGTERM)
        answer = asking.result().json()

    assert answer["data"] == {"person": None}
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["SOURCE_UNAVAILABLE"]
    assert (status, told) == (0, "")
    assert [found.entry.kind for found in search(data / "journal.db")] == [Kind.RELEASE, Kind.INTENT]


def test_a_sign_in_page_finds_its_token(data: Path) -> None:
    with server_process(data) as server:
        reply = httpx.post(f"{server.url}/demo/token", json={"role": "jail"}, headers={"Origin": server.url})
        other = httpx.post(f"{server.url}/demo/token", json={"role": "jail"}, headers={"Origin": "http://evil.example"})

    assert (reply.status_code, reply.json()["user"]) == (200, "demo-jail")
    assert other.status_code == 403


def test_a_taken_port_is_one_line(run: Run, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("serve", "--demo", "--data", data, "--port", port)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err == (
        f"needtoknow: Port {port} of 127.0.0.1 is taken. Choose another with --port; 0 takes any free one.\n"
    )


def test_an_address_of_another_machine_is_one_line(run: Run, data: Path) -> None:
    ended = run("serve", "--data", data, "--host", "192.0.2.1")

    assert (ended.status, ended.out) == (1, "")
    assert ended.err == "needtoknow: There is no address 192.0.2.1 here. Choose another with --host.\n"


def test_with_a_profile_it_says_so_and_answers_in_part(run: Run, data: Path) -> None:
    inquiry = "query @inquiry(purpose: C, reason: TRAFFIC_STOP)"
    question = f'{inquiry} {{ person(id: "P0000001") {{ id vehicles {{ vin }} warrants {{ number }} }} }}'
    with server_process(data, NEEDTOKNOW_PROFILE="dmv-down") as server:
        answer = json.loads(run("ask", "--url", server.url, "--data", data, "-", stdin=question.encode()).out)

    assert "  Its sources behave as the profile dmv-down says.\n" in server.printed
    assert answer["data"]["person"] == {"id": "P0000001", "vehicles": None, "warrants": [{"number": "W000000001"}]}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["SOURCE_UNAVAILABLE"]


def test_a_profile_that_is_none_is_one_line(run: Run, data: Path) -> None:
    ended = run("serve", "--demo", "--data", data, "--port", 0, "--profile", "busy")

    assert (ended.status, ended.out) == (1, "")
    assert ended.err == (
        "needtoknow: busy cannot be read: No such file or directory. "
        "A profile is a file, or dmv-down, field-day, flapping, history-slow, quiet.\n"
    )


def test_without_an_issuer_it_says_how_callers_can_sign_in(run: Run, data: Path) -> None:
    ended = run("serve", "--data", data, "--port", 0)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err == (
        "needtoknow: Nobody can sign in: set NEEDTOKNOW_ISSUER and NEEDTOKNOW_JWKS, or try it out with --demo.\n"
    )


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("warrants.db", "lacks warrants.db"),
        ("world.json", "is half-written"),
    ],
)
def test_a_half_written_folder_is_one_line(run: Run, data: Path, damage: str, message: str) -> None:
    (data / damage).unlink()

    ended = run("serve", "--demo", "--data", data, "--port", 0)

    assert (ended.status, ended.out) == (1, "")
    assert re.fullmatch(rf"needtoknow: The world in {data} {message}: run `needtoknow seed .*\n", ended.err)


def test_a_journal_that_is_none_is_one_line(run: Run, data: Path) -> None:
    (data / "journal.db").write_bytes(b"x" * 4096)

    ended = run("serve", "--demo", "--data", data, "--port", 0)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith(f"needtoknow: The journal {data}/journal.db cannot be")
    assert ended.err.count("\n") == 1
