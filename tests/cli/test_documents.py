"""`needtoknow documents check`: what a server makes of manifests, and what a role is not shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Run
from tests.harness import World
from tests.manifests import BY_ID, STOP, WHO, apollo, by_id, id_of, write_manifest

HISTORY = """query History($id: ID!, $case: String) @inquiry(purpose: C, reason: INVESTIGATION, caseNumber: $case) {
  person(id: $id) { ssn criminalHistory { cycles { arrestedOn } } }
}"""
SEARCH = """query Search($by: PersonSearch!, $first: Int) @inquiryFromRequest {
  searchPersons(by: $by, first: $first) { edges { node { id } } }
}"""


@pytest.fixture(autouse=True)
def _empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A working directory without a data folder."""
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "documents.json"


def checked(run: Run, *arguments: object) -> dict[str, dict[str, Any]]:
    result = run("documents", "check", "--json", *arguments)
    assert (result.status, result.err) == (0, "")
    return {each["name"]: each for each in json.loads(result.out)}


def test_the_cost_of_entities_is_that_of_the_dearest_type(run: Run, file: Path) -> None:
    """As of a hundred people by number, each with their warrants; the sources of all types are listed."""
    text = """query Entities($of: [_Any!]!) @inquiryFromRequest { _entities(representations: $of) {
      ... on Vehicle { make }
      ... on Person { name { full } warrants { number } } } }"""
    people = """query People($ids: [ID!]!) @inquiryFromRequest {
      persons(ids: $ids) { name { full } warrants { number } } }"""
    write_manifest(file, by_id(text, people))
    found = checked(run, file)

    assert found["Entities"]["cost"] == found["People"]["cost"] + 1, "the field of the other type"
    assert found["Entities"]["recordClasses"] == ["DMV_RECORD", "IDENTITY", "WANTS"]


def test_each_document_has_its_cost_classes_and_inquiry(run: Run, file: Path) -> None:
    write_manifest(file, by_id(STOP, BY_ID, WHO))

    assert checked(run, file) == {
        "Stop": {
            "name": "Stop",
            "id": id_of(STOP),
            "cost": 3,
            "recordClasses": ["IDENTITY", "SSN"],
            "inquiry": "states its inquiry",
        },
        "ById": {
            "name": "ById",
            "id": id_of(BY_ID),
            "cost": 2,
            "recordClasses": ["IDENTITY"],
            "inquiry": "inquiry from the request",
        },
        "Who": {
            "name": "Who",
            "id": id_of(WHO),
            "cost": 2,
            "recordClasses": [],
            "inquiry": "reads no records",
        },
    }


@pytest.mark.parametrize(("role", "aal"), [("patrol", 1), ("patrol", 2), ("outsider", 1), ("records", 1), ("court", 2)])
async def test_what_is_withheld_is_what_a_server_withholds(
    run: Run, world: World, file: Path, role: str, aal: int
) -> None:
    write_manifest(file, by_id(HISTORY))
    report = checked(run, "--as", role, "--aal", aal, file)["History"]
    response = await world.execute(HISTORY, role=role, aal=aal, variables={"id": "P0000001"})

    assert report["withheld"] == response.withheld
    assert report["exclusions"] == response.body["extensions"]["inquiry"]["exclusions"]


def test_a_case_number_shows_what_it_lifts(run: Run, file: Path) -> None:
    write_manifest(file, by_id(HISTORY))
    without = checked(run, "--as", "patrol", "--aal", 2, file)["History"]
    given = checked(run, "--as", "patrol", "--aal", 2, "--case", "26-0417", file)["History"]

    assert [each["code"] for each in without["withheld"]] == ["STEP_UP_REQUIRED"]
    assert given["withheld"] == []


def test_each_key_of_a_search_is_tried(run: Run, file: Path) -> None:
    write_manifest(file, apollo(SEARCH))
    report = checked(run, "--as", "patrol", "--purpose", "C", "--reason", "TRAFFIC_STOP", file)["Search"]

    assert report["recordClasses"] == ["IDENTITY", "SSN"]
    assert [(each["path"], each["recordClass"]) for each in report["withheld"]] == [(["searchPersons", "edges"], "SSN")]


def test_the_tree_says_the_same(run: Run, file: Path) -> None:
    write_manifest(file, by_id(STOP))
    result = run("documents", "check", "--as", "outsider", file)

    assert result.status == 0
    first, *lines = result.out.splitlines()
    assert first == "Stop: cost up to 3 of at most 500,000, states its inquiry"
    assert f"id: {id_of(STOP)}" in lines[0]
    assert "classes: IDENTITY, SSN" in lines[1]
    assert "withheld from outsider" in lines[2]
    assert "person: IDENTITY by " in lines[3]


def test_the_files_of_a_folder_are_checked_together(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "manifests"
    folder.mkdir()
    write_manifest(folder / "a.json", by_id(STOP))
    write_manifest(folder / "b.json", by_id(WHO))

    assert checked(run, folder).keys() == {"Stop", "Who"}


REFUSED = {
    "no manifest": (b"{}", [], 1, "FILE has no document."),
    "a document that is not valid": (
        json.dumps(by_id("query A { x }")).encode(),
        [],
        1,
        "FILE, document 1, line 1, column 11: Cannot query field '…' on type 'Query'.",
    ),
    "no inquiry for a marked document": (
        json.dumps(by_id(BY_ID)).encode(),
        ["--as", "patrol"],
        1,
        "ById has its inquiry from the request. Give it with --purpose and --reason.",
    ),
    "a purpose without a role": (
        b"{}",
        ["--purpose", "C"],
        2,
        "--purpose, --reason and --case need a role: give one with --as. (see needtoknow documents check --help)",
    ),
}


@pytest.mark.parametrize(("content", "options", "status", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_checked_is_one_line(
    run: Run, file: Path, content: bytes, options: list[str], status: int, message: str
) -> None:
    file.write_bytes(content)
    result = run("documents", "check", *options, file)

    assert (result.status, result.out) == (status, "")
    (line,) = result.err.replace(str(file), "FILE").splitlines()
    assert message in line


def test_a_check_of_the_settings_reads_the_manifests(
    run: Run, data: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEEDTOKNOW_DOCUMENTS", str(file))
    write_manifest(file, by_id(STOP))
    usable = run("serve", "--check", "--demo", "--data", data)
    write_manifest(file, {id_of(STOP): WHO})
    unusable = run("serve", "--check", "--demo", "--data", data)

    assert (usable.status, usable.err) == (0, "")
    assert unusable.status == 1
    assert unusable.err == (
        f"needtoknow: {file}, document 1: its id is not the SHA-256 of its text. Generate the manifest again.\n"
    )
