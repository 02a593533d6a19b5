"""`needtoknow explain`: the plan, its cost, and what would be withheld, without reading anything."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bench.workloads import EVERYTHING, INQUIRY
from tests.command_line import Run
from tests.diagonal import combinations
from tests.engine.engine_page import PAGE, block
from tests.harness import World, person_ids

CHECKOUT = Path(__file__).parents[2]
MANY = EVERYTHING % INQUIRY
IDS = {"ids": [f"P{number:07}" for number in range(1, 41)]}
STOP = b'query Stop @inquiry(purpose: C, reason: TRAFFIC_STOP) {\n  person(id: "P0000001") { id ssn }\n}'
PLAIN = b'{ person(id: "P0000001") { id ssn } }'


@pytest.fixture(autouse=True)
def _empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A working directory without a data folder."""
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))


def explained(run: Run, *arguments: object, stdin: bytes = b"") -> dict[str, Any]:
    result = run("explain", "--json", *arguments, "-", stdin=stdin)
    assert (result.status, result.err) == (0, "")
    explanation: dict[str, Any] = json.loads(result.out)
    return explanation


@combinations(
    role={each: each for each in ("patrol", "dispatcher", "investigator", "records", "court", "jail", "auditor")},
    aal={"one factor": 1, "two factors": 2},
)
async def test_the_explanation_matches_the_executed_operation(world: World, run: Run, role: str, aal: int) -> None:
    explanation = explained(run, "--as", role, "--aal", aal, "--variables", json.dumps(IDS), stdin=MANY.encode())
    response = await world.execute(MANY, role=role, aal=aal, variables={"ids": person_ids(world.folder)[:40]})

    statements = Counter(
        each["source"] for level in explanation["levels"] for each in level for _ in range(each["statements"])
    )
    assert statements == Counter(source for source, _ in world.batches)
    assert explanation["statements"] == len(world.batches)
    assert explanation["exclusions"] == response.body["extensions"]["inquiry"]["exclusions"]
    assert explanation["withheld"] == response.withheld


async def test_entities_are_explained_as_they_are_executed(world: World, run: Run) -> None:
    document = f"""query($r: [_Any!]!) {INQUIRY} {{ _entities(representations: $r) {{
        ... on Person {{ id warrants {{ number }} }} ... on Warrant {{ number }} }} }}"""
    asked = [{"__typename": "Warrant", "number": "W000000001"}, {"__typename": "Person", "id": "P0000001"}]
    explanation = explained(
        run, "--as", "patrol", "--variables", json.dumps({"r": [*asked, asked[0], 7]}), stdin=document.encode()
    )
    await world.execute(document, variables={"r": [*asked, asked[0], 7]})

    assert [[(each["fetch"], each["places"]) for each in level] for level in explanation["levels"]] == [
        [("persons.by_id", ["_entities"]), ("warrants.by_number", ["_entities"])],
        [("warrants.by_person", ["_entities.warrants"])],
    ]
    assert explanation["statements"] == len(world.batches) == 3


async def test_the_explained_columns_are_those_of_the_statements(world: World, run: Run) -> None:
    document = STOP.decode()
    (((fetch,),), _) = (explained(run, "--as", "patrol", stdin=STOP)["levels"], await world.execute(document))
    (statement,) = world.statements

    assert fetch["columns"] == [{"name": "id", "masked": False}, {"name": "ssn", "masked": True}]
    assert "substr(person.ssn, -4)" in statement


def test_without_a_role_everything_counts_as_granted(run: Run) -> None:
    explanation = explained(run, "--variables", json.dumps(IDS), stdin=MANY.encode())

    assert [[each["fetch"] for each in level] for level in explanation["levels"]] == [
        ["persons.by_id"],
        [
            *("vehicles.by_owner", "warrants.by_person", "protective_orders.by_restrained", "criminal_history.by_cii"),
            "criminal_history.by_cii_number",
        ],
        ["protective_orders.by_order", "criminal_history.by_cycle"],
    ]
    assert [[each["rows"] for each in level] for level in explanation["levels"]] == [
        *([40], [120, 120, 120, 40, 120], [360, 360])
    ]
    assert explanation.keys().isdisjoint({"withheld", "exclusions", "role"})


@pytest.mark.parametrize(
    ("options", "needs"),
    [
        ("--as investigator", ["CASE_NUMBER", "AAL2"]),
        ("--as investigator --case 26-1", ["AAL2"]),
        ("--as investigator --aal 2", ["CASE_NUMBER"]),
        ("--as investigator --case 26-1 --aal 2", None),
        ("--as records --purpose J", None),
        ("--as records --purpose D", []),
        ("--as records --reason CCW_PERMIT", []),
    ],
)
def test_options_override_the_documents_inquiry(run: Run, options: str, needs: list[str] | None) -> None:
    explanation = explained(run, *options.split(), stdin=STOP)

    assert [place["needs"] for place in explanation["withheld"]] == ([] if needs is None else [needs])


def test_options_can_replace_a_missing_inquiry(run: Run) -> None:
    explanation = explained(run, "--as", "records", "--purpose", "C", "--reason", "BOOKING", stdin=PLAIN)

    assert (explanation["role"], explanation["purpose"], explanation["reason"]) == ("records", "C", "BOOKING")
    assert explanation["withheld"] == []


def test_each_search_is_a_statement(run: Run) -> None:
    document = b"""{
      a: searchPersons(by: {name: {surname: "Lee"}}, first: 30) { edges { node { vehicles { plate } } } }
      b: searchPersons(by: {name: {surname: "Reyes"}}) { total }
      vehicle(by: {plate: {number: "1ABC123"}}) { owner { id } }
    }"""
    explanation = explained(run, stdin=document)

    assert [
        [(each["fetch"], each["statements"], each["rows"]) for each in level] for level in explanation["levels"]
    ] == [
        [("persons.by_name", 2, 50), ("vehicles.by_plate", 1, 1)],
        [("vehicles.by_owner", 1, 90), ("persons.by_license", 1, 1)],
    ]


def test_a_later_page_has_the_plan_of_the_first(run: Run) -> None:
    document = b'{ searchPersons(by: {name: {surname: "Lee"}}, after: "sealed elsewhere") { total } }'

    assert explained(run, stdin=document)["statements"] == 1


def test_an_operation_without_records_needs_no_inquiry(run: Run) -> None:
    explanation = explained(run, "--as", "outsider", stdin=b"{ me { name } __schema { types { name } } }")

    assert (explanation["levels"], explanation["statements"], explanation["cost"]["estimate"]) == ([], 0, 2)


def test_the_named_operation_of_several_is_explained(run: Run) -> None:
    document = b'query A { me { name } } query B { person(id: "P0000001") { id } }'

    assert explained(run, "--operation", "B", stdin=document)["operation"] == "B"
    assert run("explain", "-", stdin=document).err == (
        "needtoknow: -: The document has several operations. Name one in operationName.\n"
    )


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"{", "-:1:2: GraphQL syntax error."),
        (b"{\n  me { nam }\n}", "-:2:8: Cannot query field '…' on type 'Caller'."),
        (b"{ me { a b } }", "-:1:8: Cannot query field '…' on type 'Caller'. (and 1 more)"),
        (b"query ($id: ID!) { person(id: $id) { id } }", "-:1:8: A variable has a wrong value."),
        (b"query A { me { name } }\nquery A { me { name } }", "-:1:7: There can be only one operation named '…'."),
        (b'{ searchPersons(by: {ssn: "1"}) { total } }', "-:1:3: ssn must be written NNN-NN-NNNN."),
        (b"{ searchVehicles(by: {make: TOYT}, first: 900) { total } }", "-:1:3: first must be from 1 to 100."),
        (b"{ me" * 1_100, "-:1:801: The document is too long or nests too deeply."),
        (
            b'{ person(id: "1") {' + b" vehicles { owner {" * 8 + b" id" + b" } }" * 8 + b" } }",
            "-:1:144: The document nests",
        ),
        (b"{ me {" + b" name" * 200 + b" } }", "-: The document selects one name too many times."),
        (
            b"{ me {" + b" ".join(b"a%d: ori" % each for each in range(500)) + b" } }",
            "-:1:4887: The operation selects too many",
        ),
    ],
)
def test_an_invalid_operation_is_a_one_line_error_with_its_position(run: Run, document: bytes, message: str) -> None:
    result = run("explain", "-", stdin=document)

    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"needtoknow: {message}")
    assert result.err.count("\n") == 1


def test_an_operation_above_the_cost_limit_is_explained_with_status_1(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = json.dumps(IDS)
    assert run("explain", "--variables", ids, "-", stdin=MANY.encode()).status == 0
    monkeypatch.setenv("NEEDTOKNOW_COST_LIMIT", "13520")

    result = run("explain", "--variables", ids, "-", stdin=MANY.encode())

    assert result.status == 1
    assert result.out.startswith("Everything: cost 13,521 of at most 13,520, 8 statements in 3 levels\n")
    assert result.err == "needtoknow: A server would refuse it: the cost is 13,521, the limit 13,520.\n"


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (
            "--purpose C",
            2,
            "Invalid value: --purpose, --reason and --case need a role: give one with --as.",
        ),
        ("--as records", 1, "Add @inquiry(purpose: …, reason: …) to the operation"),
        ("--as records --reason BOOKING", 1, "Add @inquiry(purpose: …, reason: …) to the operation"),
    ],
)
def test_a_reason_needs_a_role_and_a_role_needs_a_reason(run: Run, options: str, status: int, message: str) -> None:
    result = run("explain", *options.split(), "-", stdin=PLAIN)

    assert (result.status, result.out) == (status, "")
    assert result.err.startswith(f"needtoknow: {message}")


def test_the_tree_shows_withheld_fields_rules_and_needs(run: Run) -> None:
    result = run("explain", "--as", "investigator", "-", stdin=STOP)

    assert result.status == 0
    assert result.out.splitlines() == [
        "Stop: cost 3 of at most 500,000, 1 statement in 1 level",
        "├── level 1",
        "│   └── persons.by_id, about 1 row for person",
        "│       ├── classes: IDENTITY",
        "│       └── columns: id",
        "├── withheld from investigator, purpose C, TRAFFIC_STOP",
        "│   └── person.ssn: SSN by social-security (local policy); needs CASE_NUMBER, AAL2",
        "└── excluded from every statement",
        "    ├── SEALED by sealed-arrest (PC 851.92); needs CASE_NUMBER, AAL2",
        "    ├── JUVENILE by juvenile-file (WIC 827); needs CASE_NUMBER, AAL2",
        "    ├── CONFIDENTIAL_ADDRESS by confidential-address (VC 1808.4); needs CASE_NUMBER, AAL2",
        "    ├── MISSING_HISTORY by missing-history (PC 14201); needs CASE_NUMBER, AAL2",
        "    └── IDENTITY by own-record (local policy)",
    ]


def test_no_world_is_needed_or_created(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDTOKNOW_DATA", "absent")

    assert run("explain", "--as", "records", "-", stdin=STOP).status == 0
    assert list(Path.cwd().iterdir()) == []


def test_the_plan_in_the_engine_page_is_what_is_printed(run: Run) -> None:
    result = run("explain", "--as", "patrol", "-", stdin=block("An example operation").encode())

    assert result.out == block("Its plan") + "\n"


def test_the_costs_in_the_engine_page_are_what_is_printed(run: Run) -> None:
    thousand = json.dumps({"ids": [f"P{number:07}" for number in range(1_000)]})
    one = json.dumps({"id": "P0000001"})
    of_all = explained(run, "--variables", thousand, stdin=MANY.encode())["cost"]["estimate"]
    of_one = explained(run, "--variables", one, stdin=(CHECKOUT / "docs" / "everything.graphql").read_bytes())["cost"]

    assert f"1,000 people with everything about them cost {of_all:,}, " in PAGE
    assert f"and `docs/everything.graphql` {of_one['estimate']:,}." in PAGE
    assert of_all < of_one["most"]
