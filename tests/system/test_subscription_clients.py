"""Subscriptions, as graphql-sse, urql and Apollo Client read them with the files of docs/clients."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.operation.event_stream import STREAMS_BY_CALLER
from audit.entry import Kind
from audit.sqlite.search import search
from tests.file_renewal import renewed
from tests.system.client_process import output
from tests.system.server import demo_server, needtoknow

NAMES = ("graphqlSse", "urql", "apollo")
OF_HTTP = "Response not successful: Received status code 503"
HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]


@pytest.fixture(scope="module")
def clients(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clients with the packages that they import, outside the checkout."""
    folder = tmp_path_factory.mktemp("clients") / "clients"
    shutil.copytree(HERE / "clients_js", folder, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(ROOT / "docs" / "clients", folder / "docs")
    output(tool("npm"), "ci", "--omit=dev", "--ignore-scripts", "--silent", folder=folder)
    return folder


def test_each_client_reads_events_and_refusals_and_ends_its_streams(
    tool: Callable[[str], str], clients: Path, tmp_path: Path
) -> None:
    """All clients wait for the same look, because two looks are 15 s apart at least. Vehicles are down until then."""
    needtoknow("seed", "--data", str(tmp_path), "--people", "60", "--rng", "1")
    vehicles, absent = tmp_path / "vehicles.db", tmp_path / "vehicles.absent"
    with ExitStack() as processes:
        with demo_server(tmp_path) as server:
            vehicles.rename(absent)
            command = [tool("node"), "subscriptions.mjs", f"{server.url}/graphql", server.token("investigator")]
            started = subprocess.Popen(command, cwd=clients, stdout=subprocess.PIPE, text=True)
            node = processes.enter_context(started)
            assert node.stdout is not None
            assert node.stdout.readline() == "first\n"
            with renewed(tmp_path / "warrants.db") as warrants:
                warrants.execute("DELETE FROM warrant")
            absent.rename(vehicles)
            (tmp_path / "firearms.db").unlink()
            found = json.loads(node.stdout.readline())
        ended = json.loads(node.stdout.readline())

    assert len(ended) == STREAMS_BY_CALLER, "the streams of before were ended by their clients"
    assert [each for number, each in enumerate(ended) if each != {NAMES[number % 3]: []}] == []
    assert found.keys() == set(NAMES)
    for name, read in found.items():
        first, later = read["person"], read["personLater"]
        assert first.pop("inquiry") != later.pop("inquiry"), "each look is an inquiry"
        assert first == {"warrants": 1, "vehicles": None, "codes": ["SOURCE_UNAVAILABLE"]}, name
        # As docs/clients/README.md says: urql keeps the errors of an event until another one has errors.
        assert later == {"warrants": 0, "vehicles": 1, "codes": first["codes"] if name == "urql" else []}, name
        assert (read["status"], read["statusLater"]) == (["vehicles"], ["firearms"])
        assert read["withoutInquiry"] == {"refused": ["PURPOSE_REQUIRED"]}
        assert read["oneTooMany"] == {"refused": [OF_HTTP if name == "apollo" else "OVERLOADED"]}


def test_an_event_source_resumes_its_subscription_after_its_last_event(
    tool: Callable[[str], str], clients: Path, tmp_path: Path
) -> None:
    """Its connection breaks twice: the first time nothing has changed since, the second time a warrant has gone."""
    needtoknow("seed", "--data", str(tmp_path), "--people", "60", "--rng", "1")
    with demo_server(tmp_path) as server:
        command = [tool("node"), "resumed.mjs", f"{server.url}/graphql", server.token("investigator")]
        with subprocess.Popen(
            command, cwd=clients, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        ) as node:
            assert node.stdin is not None
            assert node.stdout is not None
            assert node.stdout.readline() == "resumed\n"
            with renewed(tmp_path / "warrants.db") as warrants:
                warrants.execute("DELETE FROM warrant")
            node.stdin.write("changed\n")
            read = json.loads(node.stdout.readline())

    first, second = read["events"]
    assert (first["warrants"], second["warrants"]) == (1, 0)
    assert (first["event"], second["event"]) == ("next", "next")
    assert read["ids"] == [None, first["id"], first["id"]]
    outcomes = [found.entry.outcome for found in search(tmp_path / "journal.db") if found.entry.kind is Kind.RELEASE]
    assert outcomes[::-1] == ["ANSWERED", "UNCHANGED", "ANSWERED"]
