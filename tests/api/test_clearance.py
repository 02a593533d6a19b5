"""`me { authorization }`: where a caller stands, and what is due when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from policy.clearance import CLEARANCE_DATES
from tests.attacks.callers import token
from tests.harness import World

DOCUMENT = """{ me { certifiedUntil authorization { access rule { name } backgroundClearedOn fingerprintedOn employedOn
    trainedOn recertifiedOn trainBy recertifyBy } } }"""
TODAY = date.today()  # noqa: DTZ011  as the server decides
NO_DAYS = dict.fromkeys(CLEARANCE_DATES)
CHECKED = {"cleared_on": "2020-01-31", "fingerprinted_on": "2020-02-01"}


def iso(days: int) -> str:
    return (TODAY + timedelta(days)).isoformat()


async def authorization(world: World, **claims: Any) -> dict[str, Any]:
    """The fields of a caller with these days and no others, without those that are null."""
    response = await world.execute(DOCUMENT, token=token(world, "auditor", **NO_DAYS | claims))
    assert response.errors == []
    me = response.data["me"]
    return {name: value for name, value in {**me, **me["authorization"]}.items() if value and name != "authorization"}


async def test_a_caller_with_a_certificate_alone_has_full_access(world: World) -> None:
    found = await authorization(world, certified_until=iso(1))

    assert found == {"certifiedUntil": iso(1), "recertifyBy": iso(1), "access": "FULL"}
    assert world.journal_entries() == []


async def test_a_trained_caller_is_told_when_to_recertify(world: World) -> None:
    days = {**CHECKED, "employed_on": "2020-02-15", "trained_on": "2020-03-15", "recertified_on": iso(-10)}
    found = await authorization(world, **days)

    assert found.pop("recertifyBy")[:4] == str((TODAY - timedelta(10)).year + 2)
    assert found == {
        "access": "FULL",
        "backgroundClearedOn": "2020-01-31",
        "fingerprintedOn": "2020-02-01",
        "employedOn": "2020-02-15",
        "trainedOn": "2020-03-15",
        "recertifiedOn": iso(-10),
    }


@pytest.mark.parametrize(
    ("claims", "access", "rule", "due"),
    [
        ({**CHECKED, "employed_on": iso(-30)}, "SUPERVISED", "training", "trainBy"),
        ({**CHECKED, "employed_on": iso(-200)}, "NONE", "training", "trainBy"),
        ({"employed_on": iso(-30), "trained_on": iso(-1)}, "NONE", "background-check", "recertifyBy"),
        ({**CHECKED, "trained_on": iso(-800)}, "NONE", "certification", "recertifyBy"),
        ({"certified_until": iso(-1)}, "NONE", "certification", "recertifyBy"),
    ],
    ids=["new", "late", "unchecked", "over", "certificate-over"],
)
async def test_limited_access_has_the_rule_that_limits_it(
    world: World, claims: dict[str, Any], access: str, rule: str, due: str
) -> None:
    found = await authorization(world, **claims)

    assert (found["access"], found["rule"]) == (access, {"name": rule})
    assert found.keys() & {"trainBy", "recertifyBy"} == {due}
