"""The JavaScript clients of docs/clients, as a reader copies them, with deferred fragments and without.

Each ends with the same data and the same errors either way.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.system.client_process import reading
from tests.system.server import demo_server, needtoknow

OF_PERSON = ["person.ssn STEP_UP_REQUIRED", "person.vehicles SOURCE_UNAVAILABLE"]
SUBJECT = "person.warrants.0.subject"
ERRORS = {
    "stop": OF_PERSON,
    "list": [f"searchPersons.edges.{number}.node.vehicles SOURCE_UNAVAILABLE" for number in range(2)],
    "nested": [f"{SUBJECT}.ssn STEP_UP_REQUIRED", f"{SUBJECT}.vehicles SOURCE_UNAVAILABLE"],
    "overlap": OF_PERSON,
    "status": [],
}
"""Documents of clients_js/deferred.mjs whose vehicles are down."""

# The history is late for 5 s, in which all clients get their first part.
LATE = {"NEEDTOKNOW_SOURCE_DEADLINE_MS": "5000", "NEEDTOKNOW_JOURNAL_DEADLINE_MS": "500"}

Run = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def run_in_parts(tool: Callable[[str], str], clients: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs one client against a server whose sources take some time, so that parts come apart. Vehicles are down."""
    node, data = tool("node"), tmp_path_factory.mktemp("world")
    needtoknow("seed", "--data", str(data), "--people", "60", "--rng", "1")
    with demo_server(data, {"NEEDTOKNOW_PROFILE": "dmv-down"}) as server:
        address, token = f"{server.url}/graphql", server.token("investigator")
        yield lambda file: reading(node, file, address, token, folder=clients)


def assert_parts_make_the_whole(read: dict[str, Any]) -> None:
    """Whether a client ended with the data and errors of the whole, in parts of one inquiry."""
    assert {name: each["errors"] for name, each in read.items()} == ERRORS
    for name, each in read.items():
        assert {"data": each["data"], "errors": each["errors"]} == each["whole"], name
        assert each["ids"] == 1, "all parts are of one inquiry"
        first, *_, last = each["pending"]
        assert first > last == 0, "the first part names sources that are still asked, and the last none"


def test_apollo_client_makes_the_whole_of_parts_of_both_formats(run_in_parts: Run) -> None:
    read = run_in_parts("apollo_parts.mjs")

    assert read.keys() == {"Defer20220824Handler", "GraphQL17Alpha9Handler"}
    for each in read.values():
        assert_parts_make_the_whole(each)
        for states in (document["states"] for document in each.values()):
            assert (states[0], set(states[1:-1]), states[-1]) == ("empty", {"streaming"}, "complete")


def test_urql_makes_the_whole_of_multipart_and_of_events(run_in_parts: Run) -> None:
    read = run_in_parts("urql_parts.mjs")

    assert set(read["types"]) == {"multipart/mixed", "text/event-stream", "application/json"}
    assert_parts_make_the_whole(read["multipart"])
    assert_parts_make_the_whole(read["events"])


def test_graphql_sse_and_fetch_alone_make_the_whole_of_parts(run_in_parts: Run) -> None:
    read = run_in_parts("sse_parts.mjs")

    assert_parts_make_the_whole(read["events"])
    assert_parts_make_the_whole(read["multipart"])


@pytest.mark.usefixtures("compiled")
def test_relay_stores_the_same_of_parts_with_each_error(run_in_parts: Run) -> None:
    read = run_in_parts("relay_parts.mjs")

    assert read["warnings"] == []
    for name, each in read["read"].items():
        assert each["parts"]["store"] == each["whole"]["store"], name
        assert each["parts"]["payloads"] > each["whole"]["payloads"] == 1
    person = read["read"]["Overlap"]["parts"]["store"]["P0000001"]
    assert (person["ssn"], person["vehicles"]) == (None, None)
    assert person["__errors"].keys() == {"ssn", "vehicles"}, "a null of the first part keeps its error in later parts"


@pytest.mark.usefixtures("compiled")
def test_a_part_that_the_journal_refuses_is_an_error_for_each_client(
    tool: Callable[[str], str], clients: Path, tmp_path: Path
) -> None:
    """All clients have their first part when another process locks the journal. The history is late until then."""
    needtoknow("seed", "--data", str(tmp_path), "--people", "60", "--rng", "1")
    profile = tmp_path / "late.toml"
    profile.write_text("seed = 1\n[criminal_history]\nmedian_ms = 600000\np99_ms = 600000\n")
    with demo_server(tmp_path, {"NEEDTOKNOW_PROFILE": str(profile)} | LATE) as server:
        command = [tool("node"), "refused.mjs", f"{server.url}/graphql", server.token("investigator")]
        with (
            subprocess.Popen(command, cwd=clients, stdout=subprocess.PIPE, text=True) as node,
            closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as journal,
        ):
            assert node.stdout is not None
            assert [node.stdout.readline() for _ in range(7)] == ["first\n"] * 7
            journal.execute("BEGIN IMMEDIATE")
            read = json.loads(node.stdout.readline())
            journal.execute("ROLLBACK")

    # As docs/clients/README.md says: by itself urql drops the errors of a fragment that failed.
    assert read.pop("urql_by_default") == {"codes": [], "isThere": False}
    assert len(read) == 6
    assert set(map(str, read.values())) == {str({"codes": ["AUDIT_UNAVAILABLE"], "isThere": False})}
