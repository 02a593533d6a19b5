"""`needtoknow explain`: what would be read, at what cost, and what would be withheld, told without reading anything."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bench.workloads import EVERYTHING, INQUIRY
from tests.attacks.responses import errors
from tests.cli.conftest import Run
from tests.engine.engine_page import PAGE, block
from tests.harness import World

CHECKOUT = Path(__file__).parents[2]
MANY = EVERYTHING % INQUIRY
IDS = {"ids": [f"P{number:07}" for number in range(1, 41)]}
STOP = b'query Stop @inquiry(purpose: C, reason: TRAFFIC_STOP) {\n  person(id: "P0000001") { id ssn }\n}'
PLAIN = b'{ person(id: "P0000001") { id ssn } }'


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where there is no data folder."""
    monkeypatch.chdir(tmp_path_factory.mktemp("nowhere"))


def told(run: Run, *arguments: object, stdin: bytes = b"") -> dict[str, Any]:
    ended = run("explain", "--json", *arguments, "-", stdin=stdin)
    assert (ended.status, ended.err) == (0, "")
    found: dict[str, Any] = json.loads(ended.out)
    return found


@pytest.mark.parametrize("aal", [1, 2])
@pytest.mark.parametrize("role", ["patrol", "dispatcher", "investigator", "records", "court", "jail", "auditor"])
async def test_what_is_told_is_what_is_then_asked_shown_and_withheld(
    world: World, run: Run, role: str, aal: int
) -> None:
    found = told(run, "--as", role, "--aal", aal, "--variables", json.dumps(IDS), stdin=MANY.encode())
    reply = await world.execute(MANY, as_=role, aal=aal, variables=IDS)

    asked = Counter(each["source"] for level in found["levels"] for each in level for _ in range(each["statements"]))
    assert asked == Counter(source for source, _ in world.batches)
    assert found["statements"] == len(world.batches)
    assert found["exclusions"] == reply.body["extensions"]["inquiry"]["exclusions"]
    for error in found["withheld"]:
        del error["locations"]
    assert found["withheld"] == errors(reply)


async def test_the_columns_that_are_told_are_those_of_the_statements(world: World, run: Run) -> None:
    question = STOP.decode()
    (((asked,),), _) = (told(run, "--as", "patrol", stdin=STOP)["levels"], await world.execute(question))
    (statement,) = world.statements

    assert asked["columns"] == [{"name": "id", "masked": False}, {"name": "ssn", "masked": True}]
    assert "substr(ssn, -4)" in statement


def test_without_a_role_everything_is_told_and_nothing_decided(run: Run) -> None:
    found = told(run, "--variables", json.dumps(IDS), stdin=MANY.encode())

    assert [[each["fetch"] for each in level] for level in found["levels"]] == [
        ["persons.by_id"],
        [
            *("vehicles.by_owner", "warrants.by_person", "protective_orders.by_restrained", "criminal_history.by_cii"),
            "criminal_history.by_cii_number",
        ],
        ["protective_orders.by_order", "criminal_history.by_cycle"],
    ]
    assert [[each["rows"] for each in level] for level in found["levels"]] == [
        *([40], [120, 120, 120, 40, 120], [360, 360])
    ]
    assert found.keys().isdisjoint({"withheld", "exclusions", "role"})


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
def test_the_command_line_may_say_another_reason_than_the_document(
    run: Run, options: str, needs: list[str] | None
) -> None:
    found = told(run, *options.split(), stdin=STOP)

    assert [error["extensions"].get("needs", []) for error in found["withheld"]] == ([] if needs is None else [needs])


def test_a_document_that_does_not_say_why_can_be_told_on_the_command_line(run: Run) -> None:
    found = told(run, "--as", "records", "--purpose", "C", "--reason", "BOOKING", stdin=PLAIN)

    assert (found["role"], found["purpose"], found["reason"]) == ("records", "C", "BOOKING")
    assert found["withheld"] == []


def test_a_search_is_a_statement_of_its_own_and_only_the_one_that_is_asked_is_told(run: Run) -> None:
    question = b"""{
      a: searchPersons(by: {name: {surname: "Lee"}}, first: 30) { edges { node { vehicles { plate } } } }
      b: searchPersons(by: {name: {surname: "Reyes"}}) { total }
      vehicle(by: {plate: {number: "1ABC123"}}) { owner { id } }
    }"""
    found = told(run, stdin=question)

    assert [[(each["fetch"], each["statements"], each["rows"]) for each in level] for level in found["levels"]] == [
        [("persons.by_name", 2, 50), ("vehicles.by_plate", 1, 1)],
        [("vehicles.by_owner", 1, 90), ("persons.by_license", 1, 1)],
    ]


def test_a_later_page_is_planned_like_the_first(run: Run) -> None:
    question = b'{ searchPersons(by: {name: {surname: "Lee"}}, after: "sealed elsewhere") { total } }'

    assert told(run, stdin=question)["statements"] == 1


def test_what_touches_no_record_asks_nobody_and_needs_no_reason(run: Run) -> None:
    found = told(run, "--as", "outsider", stdin=b"{ me { name } __schema { types { name } } }")

    assert (found["levels"], found["statements"], found["cost"]["estimate"]) == ([], 0, 2)


def test_of_several_operations_the_one_named_is_told(run: Run) -> None:
    question = b'query A { me { name } } query B { person(id: "1") { id } }'

    assert told(run, "--operation", "B", stdin=question)["operation"] == "B"
    assert run("explain", "-", stdin=question).err == (
        "needtoknow: -: The document holds several operations: say which in operationName.\n"
    )


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (b"{", "-:1:2: GraphQL syntax error."),
        (b"{\n  me { nam }\n}", "-:2:8: Cannot query field '…' on type 'Caller'."),
        (b"{ me { a b } }", "-:1:8: Cannot query field '…' on type 'Caller'. (and 1 more)"),
        (b"query ($id: ID!) { person(id: $id) { id } }", "-:1:8: A variable does not fit."),
        (b"query A { me { name } }\nquery A { me { name } }", "-:1:7: There can be only one operation named '…'."),
        (b'{ searchPersons(by: {ssn: "1"}) { total } }', "-:1:3: ssn must be written NNN-NN-NNNN."),
        (b"{ searchVehicles(by: {make: TOYT}, first: 900) { total } }", "-:1:3: first must be from 1 to 100."),
        (b"{ me" * 1_100, "-:1:801: The document is too long or nests too deeply."),
        (
            b'{ person(id: "1") {' + b" vehicles { owner {" * 8 + b" id" + b" } }" * 8 + b" } }",
            "-:1:144: The document nests",
        ),
        (b"{ me {" + b" name" * 200 + b" } }", "-: The document selects too much under one name."),
        (
            b"{ me {" + b" ".join(b"a%d: ori" % each for each in range(500)) + b" } }",
            "-:1:4887: The operation asks for too many",
        ),
    ],
)
def test_what_a_server_would_not_run_is_told_in_one_line_with_its_place(
    run: Run, question: bytes, message: str
) -> None:
    ended = run("explain", "-", stdin=question)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith(f"needtoknow: {message}")
    assert ended.err.count("\n") == 1


def test_what_costs_too_much_is_told_whole_and_that_it_would_be_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = json.dumps(IDS)
    assert run("explain", "--variables", ids, "-", stdin=MANY.encode()).status == 0
    monkeypatch.setenv("NEEDTOKNOW_COST_LIMIT", "12840")

    ended = run("explain", "--variables", ids, "-", stdin=MANY.encode())

    assert ended.status == 1
    assert ended.out.startswith("Everything: cost 12,841 of at most 12,840, 8 statements in 3 levels\n")
    assert ended.err == "needtoknow: A server would refuse it: the cost is 12,841, the limit 12,840.\n"


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
def test_a_reason_without_a_role_or_a_role_without_a_reason_is_told_so(
    run: Run, options: str, status: int, message: str
) -> None:
    ended = run("explain", *options.split(), "-", stdin=PLAIN)

    assert (ended.status, ended.out) == (status, "")
    assert ended.err.startswith(f"needtoknow: {message}")


def test_the_tree_says_what_is_withheld_by_which_rule_and_what_would_turn_it(run: Run) -> None:
    ended = run("explain", "--as", "investigator", "-", stdin=STOP)

    assert ended.status == 0
    assert ended.out.splitlines() == [
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
        "    ├── IDENTITY by own-record (local policy)",
        "    ├── IDENTITY by same-surname (local policy); needs CASE_NUMBER, AAL2",
        "    └── IDENTITY by colleague (local policy); needs CASE_NUMBER, AAL2",
    ]


def test_a_world_is_neither_needed_nor_made(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDTOKNOW_DATA", "absent")

    assert run("explain", "--as", "records", "-", stdin=STOP).status == 0
    assert list(Path.cwd().iterdir()) == []


def test_the_plan_on_the_page_about_the_engine_is_what_is_printed(run: Run) -> None:
    ended = run("explain", "--as", "patrol", "-", stdin=block("A question").encode())

    assert ended.out == block("A plan, printed") + "\n"


def test_the_costs_on_the_page_about_the_engine_are_what_is_told(run: Run) -> None:
    thousand = json.dumps({"ids": [f"P{number:07}" for number in range(1_000)]})
    one = json.dumps({"id": "P0000001"})
    of_all = told(run, "--variables", thousand, stdin=MANY.encode())["cost"]["estimate"]
    of_one = told(run, "--variables", one, stdin=(CHECKOUT / "docs" / "everything.graphql").read_bytes())["cost"]

    assert f"1,000 people with everything about them cost {of_all:,}, " in PAGE
    assert f"and `docs/everything.graphql` {of_one['estimate']:,}." in PAGE
    assert of_all < of_one["most"]
