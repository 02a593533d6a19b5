"""docs/clients/field_stop.py, run as docs/app-author.md says: no line of it reads an absent answer as "no record"."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType

import pytest

from api.auth.demo_issuer import DemoIssuer
from policy.roles import Role
from schema.inquiry_status import AnswerStatus
from tests.docs.blocks import BLOCKS, CHECKOUT
from tests.server_process import ServerProcess, server_process

CLIENT = CHECKOUT / "docs" / "clients" / "field_stop.py"
THORNQUIST = [
    "SAFETY  ARMED AND DANGEROUS",
    "SAFETY  VIOLENT TENDENCIES NO_ARREST_ON_THIS",
    "SAFETY  WANTED, FELONY: FULL EXTRADITION W000000001 CONFIRM_FIRST",
    "VEHICLE  BLK CHEV Silverado, not stolen",
    "OWNER  Victor Ames Thornquist",
    "WARRANT  W000000001 ROBBERY - STREET - GUN FELONY_FULL",
    "ORDER  none on file",
]

Stop = Callable[..., list[str]]


@pytest.fixture(scope="module")
def folder(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(seeded, tmp_path_factory.mktemp("stop") / "data"))


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[ServerProcess]:
    with server_process(folder) as server:
        yield server


@pytest.fixture(scope="module")
def stop(folder: Path, server: ServerProcess) -> Stop:
    """Runs the client in a process of its own, and returns the lines that it prints."""

    def stop(*arguments: str, role: Role = Role.PATROL, aal: int = 1) -> list[str]:
        token = DemoIssuer.open(folder).token(role, aal=aal)
        command = [sys.executable, "-I", str(CLIENT), f"{server.url}/graphql", *arguments]
        done = subprocess.run(command, input=token, capture_output=True, text=True, check=False, timeout=60)
        return (done.stdout + done.stderr).splitlines()

    return stop


def test_the_officer_reads_safety_first_and_what_to_add_last(stop: Stop) -> None:
    (shown,) = [
        block.text.splitlines() for block in BLOCKS if block.page == "docs/app-author.md" and block.language == "text"
    ]

    assert stop("1N00001") == shown == [*THORNQUIST, "ARREST  not shown without: CASE_NUMBER, AAL2"]


def test_a_case_number_and_a_second_factor_show_the_history(stop: Stop) -> None:
    assert stop("1N00001", "26-004417", aal=2) == [
        *THORNQUIST,
        "ARREST  2014-06-03 AGGRAVATED ASSAULT - NONFAMILY - GUN",
    ]


def test_a_plate_that_is_not_on_file_needs_no_step_up(stop: Stop) -> None:
    assert stop("9ZZZ999") == ["VEHICLE  none on file"]


def test_a_caller_without_the_right_reads_that_it_is_not_shown(stop: Stop) -> None:
    assert stop("1N00001", role=Role.OUTSIDER) == ["VEHICLE  not shown to you"]


@pytest.mark.parametrize(
    ("source", "unknown"),
    [("vehicles", "VEHICLE"), ("persons", "OWNER"), ("warrants", "WARRANT")],
)
def test_a_source_that_is_gone_is_never_no_record(stop: Stop, folder: Path, source: str, unknown: str) -> None:
    file = folder / f"{source}.db"
    away = file.rename(folder / "away.db")
    try:
        lines = stop("1NTK011")
    finally:
        away.rename(file)

    assert f"{unknown}  NOT CHECKED: ask dispatch" in lines
    assert ("SAFETY  NOT COMPLETE" in lines) == (source != "vehicles")


def test_a_stolen_car_is_said_first_with_the_number_of_its_report(stop: Stop) -> None:
    first, *others = stop("1NTK011")

    assert first == "SAFETY  STOLEN VEHICLE V000000011 CONFIRM_FIRST"
    assert "VEHICLE  SIL TOYT Camry, STOLEN" in others


def test_a_car_is_not_called_not_stolen_while_the_reports_are_gone(stop: Stop, folder: Path) -> None:
    file = folder / "property.db"
    away = file.rename(folder / "away.db")
    try:
        lines = stop("1N00001")
    finally:
        away.rename(file)

    assert "VEHICLE  BLK CHEV Silverado, stolen? NOT CHECKED: ask dispatch" in lines
    assert "SAFETY  NOT COMPLETE" in lines


def test_a_bad_token_gives_a_sentence_and_a_trace_id(stop: Stop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DemoIssuer, "token", lambda *_, **__: "no-token")

    (line,) = stop("1N00001")

    assert line.startswith("Sign in: a bearer token from this server's issuer is required. Nothing was checked. Trace ")


@pytest.fixture
def client() -> ModuleType:
    spec = importlib.util.spec_from_file_location("field_stop", CLIENT)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_only_a_source_that_answered_or_has_no_number_says_none_on_file(client: ModuleType) -> None:
    """Without an error, and with nothing withheld."""
    said = {}
    for status in AnswerStatus:
        sources = [{"name": "warrants", "status": status.value}]
        answer = client.Answer({}, [], {"sources": sources, "withheld": []})
        said[status.value] = answer.nothing(("person", "warrants"), "warrants")

    assert said == dict.fromkeys(("OK", "EMPTY", "NO_NUMBER"), "none on file") | {"WITHHELD": "not shown to you"} | (
        dict.fromkeys(("TIMEOUT", "DOWN", "NOT_ASKED", "PENDING"), client.NOT_CHECKED)
    )


@pytest.mark.slow
def test_an_overloaded_server_is_asked_again_and_given_up(client: ModuleType) -> None:
    requests = []
    body = json.dumps(
        {"errors": [{"message": "Busy.", "extensions": {"code": "OVERLOADED", "traceId": "4bf9"}}]}
    ).encode()

    class Overloaded(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            requests.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(503)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    with HTTPServer(("127.0.0.1", 0), Overloaded) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(client.NotAnswered, match=r"^Busy\. Nothing was checked\. Trace 4bf9\.$"):
            client.ask(f"http://127.0.0.1:{server.server_port}/graphql", "token", client.STOP, {"plate": "1N00001"})
        server.shutdown()

    assert len(requests) == client.TRIES
