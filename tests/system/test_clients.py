"""The JavaScript clients of docs/clients, as a reader copies them, against servers with a source that is down.

None of them may read its null as "no record".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
Run = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def run(tool: Callable[[str], str], clients: Path, without_warrants: DemoServer) -> Run:
    """Runs one client, and returns what it read."""
    node, address, token = tool("node"), f"{without_warrants.url}/graphql", without_warrants.token("investigator")
    return lambda file: reading(node, file, address, token, folder=clients)


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
