"""What docs/http.md says of errors, of a router's inquiry and of an answer's own account is what the code does."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from api.operation.inquiry import LONGEST_WORD, NAMES
from api.operation.response_body import source_statuses
from policy.caller import Assurance, Caller
from policy.decide import decide
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.roles import Role
from policy.table import Policy
from policy.verdicts import Verdicts
from resolvers.loaders import SourceOutcome
from telemetry.allow_list import ATTRIBUTES
from tests.harness import World

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "http.md").read_text("utf-8")
# The codes are written here and nowhere else.
ERRORS = "".join((CHECKOUT / "api" / "operation" / name).read_text("utf-8") for name in ("errors.py", "messages.py"))
PERSON = 'query %s { person(id: "P0000001") { name { full } } }'


def section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def words(heading: str, form: str) -> list[str]:
    """The first cells of a section's tables."""
    return re.findall(rf"^\| `({form})` \|", section(heading), re.MULTILINE)


def vocabulary(key: str) -> frozenset[str]:
    values = ATTRIBUTES[key].values
    assert isinstance(values, frozenset)
    return values


def test_every_error_code_is_on_the_page_once() -> None:
    told = words("Errors", "[A-Z_]+")

    assert sorted(told) == sorted(vocabulary("code"))


def test_every_code_on_the_page_is_said_and_no_other() -> None:
    said = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)*)"', ERRORS))

    assert said == set(words("Errors", "[A-Z_]+"))


async def test_an_answer_says_of_itself_what_the_page_lists(world: World) -> None:
    reply = await world.execute(PERSON % "@inquiry(purpose: C, reason: TRAFFIC_STOP)")

    inquiry = reply.body["extensions"]["inquiry"]
    heading = "What an answer says of itself"
    assert list(inquiry) == words(heading, "[a-z]+")
    assert set(words(heading, "[A-Z_]+")) == vocabulary("answer")
    for part in ("sources", "exclusions"):
        (told,) = re.findall(rf"^\| `{part}` \|(.*)$", section(heading), re.MULTILINE)
        assert {key for each in inquiry[part] for key in each} == set(re.findall(r"`(\w+)`", told))


async def test_the_header_on_the_page_is_the_inquiry_of_a_router(world: World) -> None:
    (header,) = re.findall(r"^    X-Inquiry: (.+)$", PAGE, re.MULTILINE)
    world.resources.pipeline._routers = frozenset({"127.0.0.1"})

    reply = await world.execute(PERSON % "", headers={"X-Inquiry": header})

    assert reply.data == {"person": {"name": {"full": "Victor Ames Thornquist"}}}
    assert {entry.attention for entry in world.journal_entries()} == {"Lee 4417"}
    assert all(f'"{name}"' in header for name in NAMES)
    assert f"at most {LONGEST_WORD} printable" in section("An inquiry from a router")


async def test_a_header_that_no_record_depends_on_is_not_looked_at(world: World) -> None:
    reply = await world.execute("{ me { name } }", headers={"X-Inquiry": "nonsense"})

    assert reply.errors == []
    assert reply.data["me"]["name"]


@pytest.mark.parametrize("assurance", Assurance, ids=lambda each: each.value)
def test_a_history_is_called_empty_only_to_those_who_would_see_all_of_it(assurance: Assurance) -> None:
    policy = Policy.load()
    told = {role: status_of_nothing(policy, role, assurance) for role in Role}

    assert {role for role, status in told.items() if status == "EMPTY"} == {
        Assurance.AAL1: {Role.PROSECUTOR, Role.COURT},
        Assurance.AAL2: {Role.INVESTIGATOR, Role.SUPERVISION, Role.PROSECUTOR, Role.COURT},
    }[assurance]
    assert set(told.values()) == {"EMPTY", "OK"}


def test_another_source_that_holds_nothing_is_called_empty() -> None:
    (warrants,) = source_statuses(
        ["warrants"], {"warrants": SourceOutcome("EMPTY", 1)}, verdicts(Policy.load(), Role.PATROL)
    )

    assert warrants == {"name": "warrants", "status": "EMPTY", "ms": 1}


def status_of_nothing(policy: Policy, role: Role, assurance: Assurance) -> str:
    asked = {"criminal_history": SourceOutcome("EMPTY", 1)}
    (one,) = source_statuses(asked, asked, verdicts(policy, role, assurance))
    return str(one["status"])


def verdicts(policy: Policy, role: Role, assurance: Assurance = Assurance.AAL1) -> Verdicts:
    caller = Caller("u-1", "Ann Doe", "DOE", "CA0190000", role, True, date(2027, 1, 1), assurance, "t-1")
    inquiry = Inquiry(Purpose.C, Reason.INVESTIGATION, "26-0417", None)
    return decide(policy, caller, inquiry, (), today=date(2026, 3, 2))
