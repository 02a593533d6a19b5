"""The promises that peers have in common agree with what needtoknow declares."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest
from graphql import GraphQLObjectType, build_schema, get_named_type
from joserfc.jwk import ECKey

from api.auth.demo_issuer import DemoIssuer
from bench.peers.peer_settings import PeerSettings
from bench.peers.promises import FILLED_BY, GUARDS, INQUIRY, RECORDS, Promises, RequestPlan
from bench.peers.statements import FILE, STATEMENTS
from bench.peers.tokens import Tokens
from bench.workloads import workloads
from policy.roles import Role
from policy.table import Policy
from schema.build import guarded_schema, guards

SCHEMA = build_schema(FILE.with_name("schema.graphql").read_text() + INQUIRY)


@pytest.mark.parametrize(("coordinate", "record_class"), GUARDS.items())
def test_a_guarded_field_or_its_type_has_the_record_class(coordinate: str, record_class: str) -> None:
    kind, name = coordinate.split(".")
    parent = guarded_schema().graphql.type_map[kind]
    assert isinstance(parent, GraphQLObjectType)
    target = get_named_type(parent.fields[name].type)
    fields = target.fields if isinstance(target, GraphQLObjectType) else {}

    classes = {
        each for place in (coordinate, *(f"{target.name}.{field}" for field in fields)) for each in guards()[place]
    }
    assert record_class in {each.value for each in classes}


@pytest.mark.parametrize("table", [FILLED_BY, {name: name for name in RECORDS}])
def test_the_tables_name_statements_of_the_peers(table: Mapping[str, str]) -> None:
    assert set(table.values()) <= set(STATEMENTS)


def test_every_statement_fills_a_field() -> None:
    assert set(FILLED_BY.values()) == set(STATEMENTS)


def test_the_settings_of_a_peer_have_every_cell_of_the_matrix(data: Path) -> None:
    PeerSettings.of(data).write(data)
    settings = PeerSettings.read(data)

    cells = {
        (cell.role.value, cell.record_class.value, cell.effect.value, cell.rule.name) for cell in Policy.load().cells
    }
    assert {
        (role, record_class, cell["effect"], cell["rule"])
        for role, classes in settings.roles.items()
        for record_class, cell in classes.items()
    } == cells
    assert "d" not in settings.key
    assert (data / "peer.json").stat().st_mode & 0o777 == 0o600


def test_a_token_of_the_issuer_is_valid_until_it_expires(data: Path) -> None:
    tokens, issuer = Tokens(PeerSettings.of(data)), DemoIssuer.open(data)
    token = issuer.token(Role.PATROL)

    claims = tokens.claims(f"Bearer {token}")

    assert claims is not None
    assert (claims["role"], claims["sub"]) == ("patrol", "demo-patrol")
    assert tokens.claims(f"Bearer {token}") is claims
    assert tokens.claims(f"Bearer {issuer.token(Role.PATROL, minutes=0)}") is None


def test_a_token_that_is_not_of_the_issuer_is_refused(data: Path) -> None:
    tokens = Tokens(PeerSettings.of(data))
    forged = DemoIssuer(ECKey.generate_key("P-256")).token(Role.PATROL)
    head, claims, signature = DemoIssuer.open(data).token(Role.PATROL).split(".")

    for text in (None, "", "Basic x", "Bearer x", f"Bearer {forged}", f"Bearer {head}.{claims}.{signature[::-1]}"):
        assert tokens.claims(text) is None


def test_a_plan_knows_which_statement_fills_each_field(seeded: Path) -> None:
    plate = next(each for each in workloads(seeded) if each.name == "a plate")
    text = orjson.loads(plate.bodies(sends_inquiry=True)[0])["query"]

    plan = RequestPlan.of(SCHEMA, text)

    assert (plan.name, plan.inquiry["caseNumber"]) == ("Plate", "24-01187")
    assert plan.guarded == ("Query.vehicle", "Vehicle.owner", "Person.residence", "Person.warrants")
    assert set(plan.coordinates) == {"vehicle_by_plate", "persons_by_license", "warrants_by_fbi"}
    assert plan.coordinates["warrants_by_fbi"] >= {"Warrant.number", "Court.name"}
    assert "Residence.city" in plan.coordinates["persons_by_license"]


@pytest.mark.parametrize(
    ("case_number", "acr", "needs"),
    [("24-01187", "aal2", None), ("24-01187", "aal1", ["AAL2"]), ("", "aal1", ["CASE_NUMBER", "AAL2"])],
)
def test_a_field_is_denied_by_role_case_number_and_assurance(
    data: Path, case_number: str, acr: str, needs: list[str] | None
) -> None:
    PeerSettings.of(data).write(data)
    promises = Promises(data)
    inquiry = f'@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "{case_number}")'
    text = f"query Q($ids: [ID!]!) {inquiry} {{ persons(ids: $ids) {{ id ssn }} }}"
    claims = {"sub": "x", "ori": "CA0000000", "role": "investigator", "acr": acr}

    trail = asyncio.run(promises.begin(claims, text, {"ids": ["P0000001"]}))
    promises.journal.close()

    denied = {"Person.ssn": {"field": "Person.ssn", "needs": needs, "record_class": "SSN", "rule": "social-security"}}
    assert trail.denied == ({} if needs is None else denied)
