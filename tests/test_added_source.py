"""A record system that is not in this repository: installed, seeded, served and asked, in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.auth.demo_issuer import DemoIssuer
from policy.roles import Role
from resolvers.catalogue import BUILT_IN
from tests.harness import PEOPLE_COUNT
from tests.remote_server import remote_server
from tests.server_process import CHECKOUT, ServerProcess, server_process

EXAMPLE = CHECKOUT / "docs" / "pawns"
INQUIRY = "@inquiry(purpose: C, reason: TRAFFIC_STOP)"
REPORT = "number status agencyOri claimantPhone subject { id }"
BY_PERSON = f'query {INQUIRY} {{ person(id: "P0000005") {{ id pawns {{ number status }} }} }}'
BY_NUMBER = f'query {INQUIRY} {{ pawnedItem(number: "n-00000005") {{ {REPORT} }} }}'

Ask = Callable[[str, str], dict[str, Any]]


def install(folder: Path) -> None:
    """The example in a folder, as an installer would leave it there."""
    (folder / "pawns").symlink_to(EXAMPLE / "pawns")
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    metadata = folder / f"pawns-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n", "utf-8")
    lines = [
        line
        for group, points in project["entry-points"].items()
        for line in (f"[{group}]", *(f"{name} = {value}" for name, value in points.items()))
    ]
    (metadata / "entry_points.txt").write_text("\n".join(lines), "utf-8")


def needtoknow(path: Path, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """A finished command, with a folder of installed distributions in the path, and settings as variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
    return subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
        env={**environment, "PYTHONPATH": str(path), **settings},
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site-packages")
    install(folder)
    return folder


@pytest.fixture(scope="module")
def data(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world of `seeded` with the added source."""
    folder = tmp_path_factory.mktemp("world")
    done = needtoknow(installed, "seed", "--data", folder, "--people", PEOPLE_COUNT, "--rng", 1)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def server(installed: Path, data: Path) -> Iterator[ServerProcess]:
    with server_process(data, PYTHONPATH=str(installed)) as server:
        yield server


@pytest.fixture
def ask(server: ServerProcess, data: Path) -> Ask:
    def ask(role: str, document: str) -> dict[str, Any]:
        token = DemoIssuer.open(data).token(Role(role))
        response = httpx.post(
            f"{server.url}/graphql", json={"query": document}, headers={"Authorization": f"Bearer {token}"}
        )
        found: dict[str, Any] = response.json()
        return found

    return ask


def source_status(response: dict[str, Any]) -> str:
    (status,) = (each["status"] for each in response["extensions"]["inquiry"]["sources"] if each["name"] == "pawns")
    return str(status)


@pytest.mark.slow
def test_the_schema_gains_its_types_and_fields_and_loses_none(installed: Path) -> None:
    added = needtoknow(installed, "schema").stdout.splitlines()
    own = (CHECKOUT / "schema" / "schema.graphql").read_text("utf-8").splitlines()

    assert {"type PawnedItem @needToKnow(of: IDENTITY) {", "enum PawnStatus {"} <= set(added) - set(own)
    assert any(line.startswith("  pawns: [PawnedItem!] @needToKnow(of: IDENTITY)") for line in added)
    assert "  pawnedItem(" in added
    assert set(own) <= set(added)


@pytest.mark.slow
def test_a_world_has_its_rows_and_the_same_other_rows(data: Path, seeded: Path) -> None:
    without, added = ({each.name: each.read_bytes() for each in folder.glob("*.db")} for folder in (seeded, data))

    assert added.keys() - without.keys() == {"pawns.db"}
    assert {name: added[name] for name in without} == without


@pytest.mark.slow
def test_the_command_checks_its_rows(installed: Path, data: Path) -> None:
    found = json.loads(needtoknow(installed, "sources", "--data", data, "--json").stdout)["sources"][-1]

    assert (found["name"], found["status"], found["columns"]) == ("pawns", "OK", {})
    assert found["checked"] == found["rows"] > 1


def test_a_record_is_found_by_its_edge_and_by_its_number(ask: Ask) -> None:
    by_person, by_number = ask("patrol", BY_PERSON), ask("records", BY_NUMBER)

    assert by_person["data"] == {"person": {"id": "P0000005", "pawns": [{"number": "N00000005", "status": "HELD"}]}}
    assert by_number["data"] == {
        "pawnedItem": {
            "number": "N00000005",
            "status": "HELD",
            "agencyOri": "CA9190000",
            "claimantPhone": "(213) 555-0123",
            "subject": {"id": "P0000005"},
        }
    }
    assert source_status(by_person) == source_status(by_number) == "OK"


def test_a_role_without_the_right_is_denied_and_the_source_not_asked(ask: Ask) -> None:
    denied, partly = ask("auditor", BY_NUMBER), ask("supervision", BY_NUMBER)

    assert denied["data"] == {"pawnedItem": None}
    assert [each["extensions"]["code"] for each in denied["errors"]] == ["NEED_TO_KNOW"]
    assert source_status(denied) == "WITHHELD"
    assert (partly["data"]["pawnedItem"]["status"], partly["data"]["pawnedItem"]["claimantPhone"]) == ("HELD", None)
    assert [each["path"] for each in partly["errors"]] == [["pawnedItem", "claimantPhone"]]


def test_it_is_among_the_sources_of_the_server(ask: Ask) -> None:
    sources = ask("patrol", "{ sources { name status } }")["data"]["sources"]

    assert sources[-1] == {"name": "pawns", "status": "OK"}
    assert len(sources) == len(BUILT_IN) + 1


@pytest.mark.slow
def test_the_journal_names_its_records(ask: Ask, installed: Path, data: Path) -> None:
    asked = ask("jail", BY_PERSON)["extensions"]["inquiry"]["id"]
    search = ("audit", "search", "--data", data, "--subject", "N00000005", "--user", "demo-jail", "--json")
    (entry,) = map(json.loads, needtoknow(installed, *search).stdout.splitlines())

    assert (entry["id"], entry["kind"]) == (asked, "RELEASE")
    assert entry["record_ids"] == ["persons/P0000005", "pawns/N00000005"]
    assert "Person.pawns" in entry["released"]


@pytest.mark.slow
def test_it_can_be_remote(installed: Path, data: Path, tmp_path: Path) -> None:
    question = tmp_path / "question.graphql"
    question.write_text(BY_PERSON)
    with remote_server(data / "pawns.db") as url:
        settings = {"NEEDTOKNOW_SOURCE_PAWNS": url}
        done = needtoknow(installed, "ask", "--as", "patrol", "--data", data, question, **settings)
        printed = needtoknow(installed, "sources", "--data", data, "--json", **settings)
    found = json.loads(printed.stdout)["sources"][-1]

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["data"]["person"]["pawns"] == [{"number": "N00000005", "status": "HELD"}]
    assert (found["kind"], found["status"], found["cause"]) == ("remote", "OK", None)


@pytest.mark.slow
def test_a_field_without_a_label_stops_the_schema_in_one_line(tmp_path: Path) -> None:
    install(tmp_path)
    (tmp_path / "pawns").unlink()
    package = Path(shutil.copytree(EXAMPLE / "pawns", tmp_path / "pawns"))
    text = (package / "schema.py").read_text("utf-8")
    (package / "schema.py").write_text(text.replace(", directives=know(RecordClass.IDENTITY)", ""), "utf-8")
    done = needtoknow(tmp_path, "schema")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "needtoknow: PawnedItem.number has no label and is not on the open list\n"


@pytest.mark.slow
def test_a_source_that_does_not_load_is_one_line(tmp_path: Path) -> None:
    install(tmp_path)
    (tmp_path / "pawns").unlink()
    done = needtoknow(tmp_path, "seed", "--data", tmp_path / "data", "--people", 60)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "needtoknow: The source pawns of pawns, pawns.resolvers:SPEC, cannot be loaded:"
        " ModuleNotFoundError: No module named 'pawns'\n"
    )
