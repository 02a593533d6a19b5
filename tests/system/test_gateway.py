"""Gateways, as docs/clients configures them, in front of a server whose warrants are gone.

Hive Gateway has our fields below `records`. Apollo Gateway and Hive Gateway join our entities with a subgraph of
computer-aided dispatch.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.system.client_process import output, reading
from tests.system.server import DemoServer, needtoknow

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
ROLES = ("patrol", "investigator", "outsider")

Answers = dict[str, dict[str, Any]]
"""By question and role: data, errors, and the inquiries in the reply's extensions."""


@pytest.fixture(scope="module")
def folder(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gateways with their packages, outside the checkout."""
    folder = tmp_path_factory.mktemp("gateways") / "installed"
    shutil.copytree(HERE / "gateways", folder, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(ROOT / "docs" / "clients", folder / "docs")
    shutil.copy(ROOT / "schema" / "schema.graphql", folder)
    output(tool("npm"), "ci", "--ignore-scripts", "--silent", folder=folder)
    return folder


@pytest.fixture(scope="module")
def answers(tool: Callable[[str], str], folder: Path, without_warrants: DemoServer) -> dict[str, Answers]:
    """What clients of each gateway got."""
    (folder / "records.graphql").write_text(needtoknow("schema", "--federation"), "utf-8")
    tokens = json.dumps({role: without_warrants.token(role) for role in ROLES})
    url = f"{without_warrants.url}/graphql"
    return reading(tool("node"), "gateways.mjs", "records.graphql", url, tokens, folder=folder)


def codes(answer: dict[str, Any]) -> dict[str, str]:
    return {each.get("path"): each["code"] for each in answer["errors"]}


def test_hive_gateway_moves_the_path_of_an_error_and_passes_extensions(
    tool: Callable[[str], str], folder: Path, without_warrants: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECORDS_URL", f"{without_warrants.url}/graphql")
    mesh = (tool("npx"), "--no-install", "mesh-compose", "-c", "docs/mesh.config.mjs", "-o", "supergraph.graphql")
    output(*mesh, folder=folder)
    read = reading(tool("node"), "below_records.mjs", without_warrants.token("investigator"), folder=folder)

    below = ["records", "searchPersons"]
    assert read == {
        "warrants": [None],
        "down": ["warrants"],
        "errors": [{"path": [*below, "edges", 0, "node", "warrants"], "code": "SOURCE_UNAVAILABLE"}],
        "extensions": ["inquiries"],
        "inquiries": 2,
        "directive": [{"path": below, "code": "PURPOSE_REQUIRED"}],
        "asides": [["STEP_UP_REQUIRED"], []],
    }


for_each_gateway = pytest.mark.parametrize("gateway", ["apollo", "hive"])


def test_the_subgraph_composes_with_one_that_refers_to_its_entities(answers: dict[str, Any]) -> None:
    """The hints: @inquiry is in no supergraph, unless each subgraph defines it, and so its enums are not used."""
    assert answers["hints"] == ["INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE", "UNUSED_ENUM_TYPE"]
    assert answers["kept"] == ["join__type"]


@for_each_gateway
def test_an_entity_behind_a_gateway_shows_each_role_what_it_may_know(answers: dict[str, Answers], gateway: str) -> None:
    patrol, investigator, outsider = (answers[gateway][f"one {role}"] for role in ROLES)
    suspect = {"id": "P0000001", "name": {"full": "Victor Ames Thornquist"}, "warrants": None}

    assert patrol["data"]["call"]["suspect"] == {**suspect, "ssn": "***-**-7001", "criminalHistory": None}
    assert codes(patrol) == {"call.suspect.warrants": "SOURCE_UNAVAILABLE"}
    history = {"cycles": [{"charges": [{"code": "1304"}]}]}
    assert investigator["data"]["call"]["suspect"] == {**suspect, "ssn": None, "criminalHistory": history}
    assert codes(investigator) == {
        "call.suspect.warrants": "SOURCE_UNAVAILABLE",
        "call.suspect.ssn": "STEP_UP_REQUIRED",
    }
    assert outsider["data"]["call"] == {
        "location": "4th St / F St",
        "suspect": {"id": "P0000001", "name": None, "ssn": None, "warrants": None, "criminalHistory": None},
        "vehicle": {"vin": "1HGCR2F88KZ000002", "plate": None, "owner": None},
    }
    assert set(codes(outsider).values()) == {"NEED_TO_KNOW"}
    assert {path.split(".")[1] for path in codes(outsider)} == {"suspect", "vehicle"}


@for_each_gateway
def test_a_hidden_person_looks_absent_behind_a_gateway(answers: dict[str, Answers], gateway: str) -> None:
    """The investigator's own record, and a number that nobody has."""
    own, absent = (answers[gateway][f"{question} investigator"] for question in ("own", "absent"))
    assert own["data"]["call"]["suspect"].pop("id") == "P0000008"
    assert absent["data"]["call"]["suspect"].pop("id") == "P9999999"

    assert own["data"] == absent["data"]
    assert own["errors"] == absent["errors"] == []
    assert answers[gateway]["own patrol"]["data"]["call"]["suspect"]["name"] == {"full": "Dana Lucia Reyes"}


@for_each_gateway
def test_a_malformed_number_of_another_subgraph_is_bad_input_alone(answers: dict[str, Answers], gateway: str) -> None:
    everyone, one = answers[gateway]["all patrol"], answers[gateway]["malformed patrol"]

    names = [each["suspect"]["name"] and each["suspect"]["name"]["full"] for each in everyone["data"]["calls"]]
    assert names == ["Victor Ames Thornquist", "Dana Lucia Reyes", None, None, "Keisha Anne Winterbourne"]
    assert [path.startswith("calls.3.suspect") for path in codes(everyone)] == [True]
    assert set(codes(everyone).values()) == set(codes(one).values()) == {"BAD_INPUT"}
    assert {path.split(".")[1] for path in codes(one)} == {"suspect", "vehicle"}


@for_each_gateway
@pytest.mark.parametrize("role", ROLES)
def test_no_record_leaves_a_gateway_without_an_inquiry(answers: dict[str, Answers], gateway: str, role: str) -> None:
    without, directive = (answers[gateway][f"{question} {role}"] for question in ("without", "directive"))

    assert {each["code"] for each in without["errors"]} == {"PURPOSE_REQUIRED"}
    assert set(without["data"]["call"]["suspect"].values()) == {"P0000001", None}
    assert not directive.get("data")
    assert [each["message"].rstrip(".") for each in directive["errors"]] == ['Unknown directive "@inquiry"']


@for_each_gateway
def test_all_calls_are_one_inquiry_whose_status_reaches_the_client(
    answers: dict[str, Answers], gateway: str, without_warrants: DemoServer
) -> None:
    (inquiry,) = answers[gateway]["all patrol"]["inquiries"]
    assert {each["name"] for each in inquiry["sources"] if each["status"] == "OK"} == {"persons"}
    shown = needtoknow("audit", "show", inquiry["id"], "--data", str(without_warrants.data))
    assert "persons/P0000001" in shown
    assert "persons/P0000003" in shown

    twice = answers[gateway]["twice"]["inquiries"]
    assert len({each["id"] for each in twice}) == 2, "equal requests at the same time are inquiries of their own"
    one = answers[gateway]["one patrol"]["inquiries"]
    withheld = [(each["path"], each["code"]) for inquiry in one for each in inquiry["withheld"]]
    # Hive Gateway asks for the entities of several types in one request, with an alias for each.
    entities = "_entities" if gateway == "apollo" else "_v0__entities"
    assert withheld == [([entities, "@", "criminalHistory", "cycles", "@", "charges"], "STEP_UP_REQUIRED")]

    root = answers[gateway]["root patrol"]
    assert root["data"]["inquiryStatus"]["id"] == root["inquiries"][0]["id"]
    assert root["data"]["inquiryStatus"]["sources"][0] == {"name": "persons", "status": "OK"}
