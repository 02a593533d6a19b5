"""docs/http.md against the code: errors, a router's inquiry and extensions.inquiry."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from api.operation.inquiry import NAMES, TEXT_LIMIT
from api.operation.source_status import source_statuses
from policy.caller import Assurance
from policy.decide import decide
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.roles import Role
from policy.table import Policy
from policy.verdicts import Verdicts
from resolvers.loaders import SourceOutcome
from telemetry.allow_list import ATTRIBUTES
from tests.callers import make_caller
from tests.harness import World, running_app

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "http.md").read_text("utf-8")
# The only files that contain the codes.
ERRORS = "".join((CHECKOUT / "api" / "operation" / name).read_text("utf-8") for name in ("errors.py", "messages.py"))
PERSON = 'query %s { person(id: "P0000001") { name { full } } }'


def section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def first_cells(heading: str, form: str) -> list[str]:
    """The first cells of a section's tables that match a pattern."""
    return re.findall(rf"^\| `({form})` \|", section(heading), re.MULTILINE)


def allowed_values(key: str) -> frozenset[str]:
    values = ATTRIBUTES[key].values
    assert isinstance(values, frozenset)
    return values


def test_the_page_lists_every_error_code_once() -> None:
    codes = first_cells("Errors", "[A-Z_]+")

    assert sorted(codes) == sorted(allowed_values("code"))


def test_the_code_uses_exactly_the_listed_error_codes() -> None:
    codes = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)*)"', ERRORS))

    assert codes == set(first_cells("Errors", "[A-Z_]+"))


async def test_the_page_lists_all_of_extensions_inquiry(world: World) -> None:
    stop = "query @inquiry(purpose: C, reason: TRAFFIC_STOP)"
    response = await world.execute(f'{stop} {{ person(id: "P0000001") {{ id ssn }} }}', role="investigator")

    inquiry = response.body["extensions"]["inquiry"]
    heading = "The inquiry extension"
    assert list(inquiry) == first_cells(heading, "[a-z]+")
    assert set(first_cells(heading, "[A-Z_]+")) == allowed_values("source_status")
    for part in ("sources", "withheld", "exclusions"):
        (cell,) = re.findall(rf"^\| `{part}` \|(.*)$", section(heading), re.MULTILINE)
        assert {key for each in inquiry[part] for key in each} == set(re.findall(r"`(\w+)`", cell))


async def test_the_example_header_is_accepted_from_a_trusted_router(data: Path) -> None:
    (header,) = re.findall(r"^    X-Inquiry: (.+)$", PAGE, re.MULTILINE)
    async with running_app(data, trusted_routers=("127.0.0.1",)) as world:
        response = await world.execute(PERSON % "", headers={"X-Inquiry": header})
        attention = {entry.attention for entry in world.journal_entries()}

    assert response.data == {"person": {"name": {"full": "Victor Ames Thornquist"}}}
    assert attention == {"Lee 4417"}
    assert all(f'"{name}"' in header for name in NAMES)
    assert f"1 to {TEXT_LIMIT} printable" in section("An inquiry without a directive")


async def test_the_header_is_ignored_if_no_record_is_read(world: World) -> None:
    response = await world.execute("{ me { name } }", headers={"X-Inquiry": "nonsense"})

    assert response.errors == []
    assert response.data["me"]["name"]


@pytest.mark.parametrize("assurance", Assurance, ids=lambda each: each.value)
def test_a_history_is_empty_only_to_callers_who_see_all_of_it(assurance: Assurance) -> None:
    policy = Policy.load()
    statuses = {role: status_without_a_match(policy, role, assurance) for role in Role}

    assert {role for role, status in statuses.items() if status == "EMPTY"} == {
        Assurance.AAL1: {Role.PROSECUTOR, Role.COURT},
        Assurance.AAL2: {Role.INVESTIGATOR, Role.SUPERVISION, Role.PROSECUTOR, Role.COURT},
    }[assurance]
    assert set(statuses.values()) == {"EMPTY", "OK"}


def test_a_source_without_a_match_is_empty() -> None:
    (warrants,) = source_statuses(
        ["warrants"], {"warrants": SourceOutcome("EMPTY", 1)}, verdicts(Policy.load(), Role.PATROL)
    )

    assert warrants == {"name": "warrants", "status": "EMPTY", "ms": 1}


def status_without_a_match(policy: Policy, role: Role, assurance: Assurance) -> str:
    outcomes = {"criminal_history": SourceOutcome("EMPTY", 1)}
    (one,) = source_statuses(outcomes, outcomes, verdicts(policy, role, assurance))
    return str(one["status"])


def verdicts(policy: Policy, role: Role, assurance: Assurance = Assurance.AAL1) -> Verdicts:
    caller = make_caller(role=role, assurance=assurance)
    inquiry = Inquiry(Purpose.C, Reason.INVESTIGATION, "26-0417", None)
    return decide(policy, caller, inquiry, (), today=date(2026, 3, 2))


@pytest.mark.parametrize("host", ["evil.example", "test"])
async def test_an_address_with_a_slash_is_not_found_and_redirects_nowhere(world: World, host: str) -> None:
    response = await world.client.post("/graphql/", content=b"{}", headers={"Host": host})

    assert response.status_code == 404
    assert "location" not in response.headers
