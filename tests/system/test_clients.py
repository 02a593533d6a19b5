"""The JavaScript clients of docs/clients, as a reader copies them, against servers with a source that is down.

None of them may read its null as "no record", and each ends with the same data whether fragments are deferred or not.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from graphql import get_named_type

from api.config.document_settings import DocumentSettings
from api.documents.loader import DocumentLoader
from engine.limits import Limits
from resolvers.catalogue import NAMES
from schema.build import guarded_schema
from tests.system.client_process import output, reading
from tests.system.server import DemoServer, demo_server, needtoknow

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
WARRANTS = {"path": ["person", "warrants"], "code": "SOURCE_UNAVAILABLE"}
SSN = {"path": ["person", "ssn"], "code": "STEP_UP_REQUIRED"}
OF_PERSON = ["person.ssn STEP_UP_REQUIRED", "person.vehicles SOURCE_UNAVAILABLE"]
SUBJECT = "person.warrants.0.subject"
ERRORS = {
    "stop": OF_PERSON,
    "list": [f"searchPersons.edges.{number}.node.vehicles SOURCE_UNAVAILABLE" for number in range(2)],
    "nested": [f"{SUBJECT}.ssn STEP_UP_REQUIRED", f"{SUBJECT}.vehicles SOURCE_UNAVAILABLE"],
    "overlap": OF_PERSON,
    "status": [],
}
"""Of the documents of clients_js/deferred.mjs, whose vehicles are down."""

# The history is late for 5 s, in which all clients get their first part.
LATE = {"NEEDTOKNOW_SOURCE_DEADLINE_MS": "5000", "NEEDTOKNOW_JOURNAL_DEADLINE_MS": "500"}

Run = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def clients(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clients with their packages and the schema, outside the checkout."""
    folder = tmp_path_factory.mktemp("clients") / "clients"
    shutil.copytree(HERE / "clients_js", folder, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(ROOT / "docs" / "clients", folder / "docs")
    shutil.copytree(ROOT / "docs" / "clients" / "trusted", folder / "trusted")
    shutil.copy(folder / "relay" / "package.json", folder / "trusted" / "relay")
    shutil.copy(ROOT / "schema" / "schema.graphql", folder)
    output(tool("npm"), "ci", "--ignore-scripts", "--silent", folder=folder)
    return folder


@pytest.fixture(scope="module")
def run(tool: Callable[[str], str], clients: Path, without_warrants: DemoServer) -> Run:
    """Runs one client, and returns what it read."""
    node, address, token = tool("node"), f"{without_warrants.url}/graphql", without_warrants.token("investigator")
    return lambda file: reading(node, file, address, token, folder=clients)


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


@pytest.fixture(scope="module")
def compiled(tool: Callable[[str], str], clients: Path) -> None:
    """The queries of Relay, compiled against the schema."""
    (clients / "relay" / "__generated__").mkdir()
    output(tool("npx"), "--no-install", "relay-compiler", "relay.config.json", folder=clients)


@pytest.fixture(scope="module")
def generated(tool: Callable[[str], str], clients: Path) -> None:
    """The typed document of graphql-codegen, generated, type-checked and emitted as JavaScript."""
    output(tool("npx"), "--no-install", "graphql-codegen", "--config", "docs/codegen.ts", folder=clients)
    output(tool("npx"), "--no-install", "tsc", "--project", "tsconfig.json", folder=clients)


@pytest.fixture(scope="module")
def manifests(tool: Callable[[str], str], clients: Path) -> list[Path]:
    """The manifests of docs/clients/trusted, each written by its real tool."""
    npx, trusted = (tool("npx"), "--no-install"), clients / "trusted"
    (trusted / "documents.json").unlink()
    config = "trusted/persisted-query-manifest.config.json"
    output(*npx, "generate-persisted-query-manifest", "--config", config, folder=clients)
    output(*npx, "graphql-codegen", "--config", "trusted/codegen.ts", folder=clients)
    (trusted / "relay" / "__generated__").mkdir()
    (trusted / "relay.json").write_text("{}")
    output(*npx, "relay-compiler", "trusted/relay.config.json", folder=clients)
    return [trusted / name for name in ("documents.json", "codegen/persisted-documents.json", "relay.json")]


@pytest.fixture(scope="module")
def trusting(manifests: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """A server that executes the documents of the three manifests, and texts of investigators alone."""
    data = tmp_path_factory.mktemp("world")
    needtoknow("seed", "--data", str(data), "--people", "60", "--rng", "1")
    settings = {
        "NEEDTOKNOW_DOCUMENTS": ",".join(map(str, manifests)),
        "NEEDTOKNOW_DOCUMENTS_MODE": "only",
        "NEEDTOKNOW_DOCUMENTS_FREE_ROLES": "investigator",
    }
    with demo_server(data, settings) as server:
        yield server


def test_the_tools_keep_both_directives_in_their_manifests(manifests: list[Path]) -> None:
    texts = [path.read_text() for path in manifests]

    assert manifests[0].read_bytes() == (ROOT / "docs/clients/trusted/documents.json").read_bytes()
    assert [text.count("@inquiry(purpose: C, reason: TRAFFIC_STOP)") for text in texts] == [1, 1, 1]
    assert [text.count("@inquiryFromRequest") for text in texts] == [1, 1, 2]
    found = DocumentLoader(DocumentSettings(documents=tuple(map(str, manifests))), guarded_schema(), Limits()).load()
    names = sorted(each.name for each in found.values())
    of_relay = ["lookupNextQuery", "lookupPeopleQuery", "lookupStopQuery"]
    assert names == ["TrustedLookup", "TrustedLookup", "TrustedStop", "TrustedStop", *of_relay]


@pytest.mark.parametrize(
    ("role", "ssn", "own"),
    [("patrol", "***-**-7001", "PERSISTED_QUERY_ID_REQUIRED"), ("investigator", None, "INVESTIGATOR")],
)
def test_real_clients_name_documents_of_manifests_by_id(
    tool: Callable[[str], str], clients: Path, trusting: DemoServer, role: str, ssn: str | None, own: str
) -> None:
    read = reading(tool("node"), "trusted.mjs", f"{trusting.url}/graphql", trusting.token(role), folder=clients)

    assert {name: read[name] for name in ("apollo", "urql", "codegen", "relay")} == dict.fromkeys(
        ("apollo", "urql", "codegen", "relay"), ssn
    )
    assert (read["page"], read["automatic"]) == (2, own)
    persisted, relay = ["extensions", "operationName", "variables"], ["extensions", "id", "variables"]
    assert {name: [sorted(each) for each in bodies] for name, bodies in read["sent"].items()} == {
        "apollo": [persisted],
        "automatic": [persisted, ["query"]],
        "urql": [persisted],
        "codegen": [["documentId", "variables"]],
        "relay": [relay, relay],
    }


@pytest.mark.usefixtures("compiled")
def test_relay_catches_and_throws_the_error_of_a_null_in_a_list(run: Run) -> None:
    read = run("relay.mjs")

    (warrants,) = read["caught"]
    assert warrants["ok"] is False
    assert [error["extensions"]["code"] for error in warrants["errors"]] == ["SOURCE_UNAVAILABLE"]
    assert read["error"] is not None
    first, second = read["pages"]
    assert (len(first), second[:1], len(set(second))) == (1, first, 2)


@pytest.mark.usefixtures("compiled")
def test_relay_pages_every_connection_of_the_schema(clients: Path) -> None:
    query = guarded_schema().graphql.query_type
    assert query is not None
    paged = {name for name, field in query.fields.items() if get_named_type(field.type).name.endswith("Connection")}
    artifacts = "".join(each.read_text() for each in (clients / "relay" / "__generated__").iterdir())

    assert {name.partition("_")[2] for name in re.findall(r'"__(queries_\w+)_connection"', artifacts)} == paged
    assert len(paged) == 5


def test_relay_takes_a_field_whose_null_has_an_error_for_non_null(tool: Callable[[str], str], clients: Path) -> None:
    (clients / "relay_types" / "__generated__").mkdir()
    output(tool("npx"), "--no-install", "relay-compiler", "relay.types.json", folder=clients)
    types = (clients / "relay_types" / "__generated__" / "nullabilityQuery.graphql.ts").read_text()

    read = {name: " | null" in kind for name, kind in re.findall(r"readonly (\w+): ([^{};]+);", types)}
    assert read == {"id": False, "ssn": True, "number": False, "bailCents": True}
    assert re.search(r"readonly warrants: ReadonlyArray<\{[^{}]*\}>;", types)
    assert re.search(r"readonly person: \{(.|\n)*\} \| null;\n\};", types)


def test_urql_shows_the_error_and_graphcache_asks_again(run: Run) -> None:
    read = run("urql.mjs")

    at_warrants = {"path": ["searchPersons", "edges", 0, "node", "warrants"], "code": "SOURCE_UNAVAILABLE"}
    assert (read["first"]["warrants"], read["first"]["errors"]) == ([None], [at_warrants])
    assert read["first"]["inquiry"] is True
    assert read["graphcache"] == [{"warrants": [None], "codes": ["SOURCE_UNAVAILABLE"], "requests": 1}] * 2


def test_apollo_client_asks_each_time_and_keeps_data_and_errors(run: Run) -> None:
    read = run("apollo.mjs")

    assert read["reads"] == [{"warrants": None, "down": ["warrants"], "errors": [WARRANTS, SSN]}] * 3
    assert read["inquiries"] == 3, "each reading is an inquiry of its own in the journal"


def test_graphql_request_gives_data_errors_and_withheld_places(run: Run) -> None:
    read = run("graphql_request.mjs")

    assert read["data"] == {"person": {"id": "P0000001", "ssn": None, "warrants": None}}
    assert (read["errors"], read["withheld"]) == ([WARRANTS, SSN], [["person", "ssn"]])


@pytest.mark.usefixtures("generated")
def test_graphql_codegen_gives_typed_data_and_errors(run: Run) -> None:
    read = run("built/codegen/wanted.js")

    answers = {"born": "1987-03-14", "answers": len(NAMES), "bail": None}
    assert read == answers | {"errors": [WARRANTS, SSN], "down": ["warrants"]}


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
