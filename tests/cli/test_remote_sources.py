"""Remote sources: the example of docs/sources.md as it is written, TLS, credentials, and what cannot be remote."""

from __future__ import annotations

import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from api.auth.demo_issuer import DemoIssuer
from engine.declarations import Edge
from policy.roles import Role
from resolvers.catalogue import NAMES, SPECS
from resolvers.remote_tables import can_be_remote
from schema.build import guarded_schema
from tests.command_line import Run
from tests.remote_server import remote_server
from tests.server_process import CHECKOUT, server_process
from tests.tls_files import Authority, Pair

PAGE = (CHECKOUT / "docs" / "sources.md").read_text("utf-8")
SECTION = PAGE.partition("### A remote source\n")[2].partition("\n## ")[0]
COMMANDS = re.findall(r"^ {4}((?:needtoknow|python|chmod|export) .+)$", SECTION, re.MULTILINE)
MESSAGES = [json.loads(each) for each in re.findall(r"^ {4}(\{.+\})$", SECTION, re.MULTILINE)]
WARRANT = (
    'query @inquiry(purpose: C, reason: TRAFFIC_STOP) { person(id: "P0000001") { id warrants { number offense } } }'
)
REFUSED = ("TLS failed: ", "the connection was lost: it may want another certificate")
TOKEN = "NEEDTOKNOW_SOURCE_WARRANTS_TOKEN"
COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]
NOT_REMOTE = {
    **{spec.name: "a query is not by the values of one column" for spec in SPECS},
    **{spec.name: "it is searched by" for spec in SPECS if spec.searches is not None},
    "accidents": "a rule reads further rows than those of the keys",
}
"""Why a source that cannot be remote cannot."""
REMOTE = [spec.name for spec in SPECS if can_be_remote(spec.name)]

Report = Callable[..., dict[str, Any]]


@pytest.fixture
def report(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """What `needtoknow sources` says of the warrants, with settings of theirs: address, token and so on."""

    def report(address: str, **files: Path) -> dict[str, Any]:
        monkeypatch.setenv("NEEDTOKNOW_SOURCE_WARRANTS", address)
        for name, file in files.items():
            monkeypatch.setenv(f"NEEDTOKNOW_SOURCE_WARRANTS_{name.upper()}", str(file))
        result = run("sources", "--data", data, "--json")
        if result.status:
            return {"error": result.err}
        found = {each["name"]: each for each in json.loads(result.out)["sources"]}
        return dict(found["warrants"])

    return report


def secret(path: Path, content: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(content)
    return path


def asked(url: str, data: Path, query: str) -> dict[str, Any]:
    """The response to an operation over HTTP."""
    headers = {"Authorization": f"Bearer {DemoIssuer.open(data).token(Role.PATROL)}"}
    body: dict[str, Any] = httpx.post(f"{url}/graphql", json={"query": query}, headers=headers, timeout=60).json()
    return body


@dataclass
class Example:
    """What the page's commands have made: settings, and the process that answers."""

    settings: dict[str, str]
    process: subprocess.Popen[str]


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Example]:
    """The page's commands run in their order, in a folder like a checkout, except the last two, which need a port.

    The port of the page may be taken, so the example chooses one.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").symlink_to(CHECKOUT / "docs")
    settings, processes = {}, []
    try:
        for line in COMMANDS:
            command, _, output = line.partition(" > ")
            program, *arguments = shlex.split(command)
            if program == "export":
                name, _, settings[name] = arguments[0].partition("=")
            elif "--port" in arguments:
                arguments[arguments.index("--port") + 1] = "0"
                started = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
                processes.append(started)
            elif arguments[0] not in {"sources", "serve"}:
                start = {"needtoknow": COMMAND, "python": [sys.executable]}.get(program, [program])
                done = subprocess.run([*start, *arguments], check=True, capture_output=True, env=environment())
                if output:
                    Path(output).write_bytes(done.stdout)
        (process,) = processes
        assert process.stdout is not None
        settings["NEEDTOKNOW_SOURCE_WARRANTS"] = process.stdout.readline().strip()
        yield Example(settings, process)
    finally:
        for each in processes:
            each.kill()
            each.communicate()


def environment(**settings: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
    return own | {"PYTHONPATH": str(CHECKOUT)} | settings


def in_file(data: Path) -> list[dict[str, Any]]:
    """The warrants of the first person of the demonstration, as the file has them."""
    with closing(sqlite3.connect(data / "warrants.db")) as file:
        rows = file.execute("SELECT number, offense FROM warrant WHERE subject_fbi = '000001DM0'").fetchall()
    return [{"number": number, "offense": offense} for number, offense in rows]


@pytest.mark.slow
def test_the_worked_example_runs_as_it_is_written(example: Example, tmp_path: Path) -> None:
    data, settings = tmp_path / "data", example.settings
    done = subprocess.run([*COMMAND, "sources", "--json"], check=True, capture_output=True, env=environment(**settings))
    with server_process(data, **settings | {TOKEN: str(tmp_path / "token.txt")}) as server:
        answer = asked(server.url, data, WARRANT)
        example.process.kill()
        example.process.wait()
        without = asked(server.url, data, WARRANT)

    assert set(settings) == {"NEEDTOKNOW_SOURCE_WARRANTS", TOKEN}
    assert answer["data"]["person"]["warrants"] == in_file(data) != []
    assert without["data"]["person"]["warrants"] is None
    assert [each["extensions"]["code"] for each in without["errors"]] == ["SOURCE_UNAVAILABLE"]
    assert {each["name"]: (each["kind"], each["status"]) for each in json.loads(done.stdout)["sources"]} == {
        name: ("remote" if name == "warrants" else "sqlite", "OK") for name in NAMES
    }


@pytest.mark.slow
def test_the_messages_of_the_page_and_of_every_call_fit_the_schema(run: Run) -> None:
    printed = run("sources", "--remote-schema", "warrants")
    schema = json.loads(printed.out)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)

    assert len(MESSAGES) == 2
    assert [error.message for each in MESSAGES for error in validator.iter_errors(each)] == []
    request, reply = MESSAGES
    for wrong in (request | {"user": "u-1"}, request | {"table": "person"}, reply | {"complete": False}, {}):
        assert not validator.is_valid(wrong)
    for name in REMOTE:
        Draft202012Validator.check_schema(json.loads(run("sources", "--remote-schema", name).out))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in REMOTE])
def test_a_source_that_is_not_read_by_one_column_cannot_be_remote(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"NEEDTOKNOW_SOURCE_{name.upper()}", "https://records.example/")
    why = f"{name} cannot be remote: {NOT_REMOTE[name]}"

    for command in (("sources", "--data", data), ("serve", "--demo", "--data", data)):
        result = run(*command)
        assert result.status == 1
        assert result.err.startswith(f"needtoknow: NEEDTOKNOW_SOURCE_{name.upper()} cannot be used: {why}")
        assert len(result.err.splitlines()) == 1
    assert why in run("sources", "--remote-schema", name).err


def test_every_source_with_a_search_says_so() -> None:
    """A search is a fetch that no specification lists: it is not by a key."""
    declared = {each for spec in SPECS for each in spec.fetches}
    edges = (spec.declaration for spec in guarded_schema().fields.values())
    fetches = {each for edge in edges if isinstance(edge, Edge) for each in edge.fetches}
    searched = {each.source for each in fetches if each not in declared and not each.name.endswith(".hits")}

    assert searched & set(NAMES) == {spec.name for spec in SPECS if spec.searches is not None}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "authority")


@pytest.fixture
def ours(authority: Authority) -> Pair:
    return authority.pair("needtoknow")


@pytest.fixture
def encrypted(authority: Authority, data: Path, tmp_path: Path) -> Iterator[str]:
    """The URL of the example with TLS, a token, and certificates of clients."""
    pair, token = authority.pair("records", "127.0.0.1"), secret(tmp_path / "theirs.txt", "s3cret-token\n")
    with remote_server(
        data / "warrants.db", certificate=pair.certificate, key=pair.key, clients=authority.certificate, token=token
    ) as url:
        yield url


@pytest.mark.slow
def test_mutual_tls_and_a_token_are_accepted_over_graphql(
    encrypted: str, authority: Authority, ours: Pair, report: Report, data: Path, tmp_path: Path
) -> None:
    token = secret(tmp_path / "token.txt", "s3cret-token\n")
    files = {"ca": authority.certificate, "certificate": ours.certificate, "key": ours.key, "token": token}
    found = report(encrypted, **files)
    settings = {f"NEEDTOKNOW_SOURCE_WARRANTS_{name.upper()}": str(file) for name, file in files.items()}
    with server_process(data, NEEDTOKNOW_SOURCE_WARRANTS=encrypted, **settings) as server:
        answer = asked(server.url, data, WARRANT)

    assert encrypted.startswith("https://")
    assert (found["status"], found["cause"], found["place"]) == ("OK", None, encrypted)
    assert answer["data"]["person"]["warrants"] == in_file(data) != []


def test_each_missing_or_wrong_credential_has_its_cause(
    encrypted: str, authority: Authority, ours: Pair, report: Report, tmp_path: Path
) -> None:
    other = Authority(tmp_path, "other")
    token = secret(tmp_path / "token.txt", "another-token")
    pair = {"certificate": ours.certificate, "key": ours.key}
    stranger = other.pair("stranger")
    ca = {"ca": authority.certificate}
    wrong = ca | {"certificate": stranger.certificate, "key": stranger.key}
    causes = [
        report(encrypted, **ca, **pair, token=token)["cause"],
        report(encrypted, **wrong)["cause"],
        report(encrypted, ca=other.certificate)["cause"],
        report(encrypted.replace("127.0.0.1", "localhost"), **ca)["cause"],
    ]

    assert causes[0] == "it refuses our token or certificate: status 401"
    assert causes[1].startswith(REFUSED)
    assert causes[2].startswith("its certificate is refused: ")
    assert "Hostname mismatch" in causes[3]


def test_without_a_certificate_the_server_ends_tls(encrypted: str, authority: Authority, report: Report) -> None:
    assert report(encrypted, ca=authority.certificate)["cause"].startswith(REFUSED)


def test_a_credential_that_cannot_be_used_is_one_line_without_it(
    report: Report, authority: Authority, ours: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "https://127.0.0.1:1/"
    two_words = secret(tmp_path / "two.txt", "s3cret x")
    open_to_all = secret(tmp_path / "open.txt", "s3cret")
    open_to_all.chmod(0o644)
    cases: dict[str, tuple[str, dict[str, Any]]] = {
        "_TOKEN cannot be used: it must name a file that is there": (address, {"token": "s3cret"}),
        "_CA cannot be used: it must name a file that is there": (address, {"ca": "s3cret" * 1_000}),
        "_TOKEN cannot be used: it holds no bearer token": (address, {"token": two_words}),
        "_CA cannot be used: it holds no certificate in PEM": (address, {"ca": secret(tmp_path / "ca.txt", "s3cret")}),
        "_CERTIFICATE cannot be used: a certificate and its key belong together": (address, {"key": ours.key}),
        "_CERTIFICATE cannot be used: certificate and key are not in PEM or not of one pair": (
            address,
            {"certificate": ours.certificate, "key": authority.pair("another").key},
        ),
        "Other users can read": (address, {"token": open_to_all}),
        "WARRANTS cannot be used: certificates need https://": ("http://127.0.0.1:1/", {"ca": authority.certificate}),
        "_TOKEN cannot be used: it is for a source at https://": ("sqlite:///x.db", {"token": open_to_all}),
    }  # fmt: skip
    for message, (at, files) in cases.items():
        for name in ("CA", "CERTIFICATE", "KEY", "TOKEN"):
            monkeypatch.delenv(f"NEEDTOKNOW_SOURCE_WARRANTS_{name}", raising=False)
        error = report(at, **files)["error"]

        assert message in error
        assert "s3cret" not in error
        assert len(error.splitlines()) == 1


def test_a_system_that_does_not_know_a_column_is_down(report: Report, data: Path) -> None:
    with remote_server(data / "vehicles.db") as url:
        found = report(url)

    assert (found["kind"], found["status"], found["cause"]) == ("remote", "DOWN", "it answers with status 400")
