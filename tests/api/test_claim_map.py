"""Claim map: where claims are read, what their values mean, and which maps are refused."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from api.auth.failures import AuthFailure
from api.auth.token_checks import PAST_DAYS
from api.config.claim_map import PROTOCOL_CLAIMS
from api.config.claim_settings import NAMES, ClaimSettings
from api.config.setting import InvalidSettings
from api.config.settings import Settings
from policy.caller import Assurance
from policy.roles import Role
from tests.api.tokens import ABSENT, CLAIMS, NOW, Harness, signed


def harness(**claims: Any) -> Harness:
    return Harness(claims=ClaimSettings(**claims))


@pytest.mark.parametrize(
    ("place", "claims"),
    [
        ("job", {"job": "jail"}),
        ("extn.role", {"extn.role": "jail"}),
        ("https://agency.example/role", {"https://agency.example/role": "jail"}),
        ("/access/needtoknow/role", {"access": {"needtoknow": {"role": "jail"}}}),
        ("/https:~1~1agency.example/a~0b", {"https://agency.example": {"a~b": "jail"}}),
    ],
)
async def test_a_claim_is_read_at_its_place(place: str, claims: dict[str, Any]) -> None:
    caller = await harness(role=place).authenticate(signed(role=ABSENT, **claims))

    assert caller.role is Role.JAIL


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"access": None},
        {"access": {}},
        {"access": "jail"},
        {"access": ["jail"]},
        {"access": {"role": None}},
        {"access": {"role": {"role": "jail"}}},
        {"access": {"role": ["jail"]}},
        {"/access/role": "jail"},
        {"access/role": "jail"},
        {"access.role": "jail"},
    ],
    ids=str,
)
async def test_a_claim_that_is_not_at_its_place_is_missing(claims: dict[str, Any]) -> None:
    """Although the token has a claim of our name: only the place counts."""
    rejected = await harness(role="/access/role").rejection(f"Bearer {signed(role='patrol', **claims)}")

    assert (rejected.reason, rejected.claim) == (AuthFailure.BAD_CLAIM, "role")


ROLES = ("Patrol Officers=patrol", "Patrol Sergeants=patrol", "CN=Court = court", "jail")


@pytest.mark.parametrize(
    ("value", "role"),
    [
        ("Patrol Officers", Role.PATROL),
        ("CN=Court", Role.COURT),
        ("jail", Role.JAIL),
        (["Patrol Officers"], Role.PATROL),
        (["offline_access", "Patrol Officers", "Fleet"], Role.PATROL),
        (["Patrol Officers", "Patrol Officers"], Role.PATROL),
        (["Patrol Officers", "Patrol Sergeants"], Role.PATROL),
    ],
    ids=str,
)
async def test_a_named_value_stands_for_a_role(value: Any, role: Role) -> None:
    caller = await harness(role="groups", role_values=ROLES).authenticate(signed(role=ABSENT, groups=value))

    assert caller.role is role


@pytest.mark.parametrize(
    "value",
    [
        *("patrol", "Patrol officers", " Patrol Officers", "Patrol", "", "Patrol Officers, jail"),
        *([], ["patrol"], ["Patrol Officers", "jail"], ["Patrol Officers", 5], [["Patrol Officers"]]),
        *({"Patrol Officers": True}, None, True, 5),
    ],
    ids=str,
)
async def test_a_value_that_is_not_named_or_is_ambiguous_is_refused(value: Any) -> None:
    token = signed(role="patrol", groups=value)
    rejected = await harness(role="groups", role_values=ROLES).rejection(f"Bearer {token}")

    assert (rejected.reason, rejected.claim) == (AuthFailure.BAD_CLAIM, "role")


async def test_values_of_the_assurance_level_and_of_sworn_can_be_named() -> None:
    named = harness(
        acr="acrs", acr_values=("urn:mfa=aal2", "1=aal1"), sworn="kind", sworn_values=("Sworn=true", "false")
    )

    caller = await named.authenticate(signed(acr=ABSENT, acrs=["urn:mfa"], kind="Sworn", sworn=False))
    other = await named.authenticate(signed(acr="aal2", acrs="1", kind="false", sworn=True))

    assert (caller.assurance, caller.sworn) == (Assurance.AAL2, True)
    assert (other.assurance, other.sworn) == (Assurance.AAL1, False)


@pytest.mark.parametrize("value", [["1", "urn:mfa"], "2", 1, True])
async def test_an_assurance_level_that_is_not_named_is_refused(value: Any) -> None:
    named = harness(acr_values=("urn:mfa=aal2", "1=aal1"))

    assert (await named.rejection(f"Bearer {signed(acr=value)}")).claim == "acr"


async def test_an_old_sign_in_lowers_a_mapped_level_too() -> None:
    named = harness(acr_values=("2=aal2",), auth_time="/session/started")
    token = signed(acr="2", auth_time=NOW, session={"started": NOW - named.sign_in_max_age_s})

    assert (await named.authenticate(token)).assurance is Assurance.AAL1


@pytest.mark.parametrize("name", NAMES)
async def test_every_claim_about_the_caller_can_be_elsewhere(name: str) -> None:
    there = {"family_name": "Lee", **dict.fromkeys(PAST_DAYS, "2025-03-01"), **CLAIMS}
    elsewhere = signed(**{name: ABSENT, "theirs": {"x": there[name]}})

    expected = await Harness().authenticate(signed(**{name: there[name]}))
    assert await harness(**{name: "/theirs/x"}).authenticate(elsewhere) == expected


@pytest.mark.parametrize("claim", PROTOCOL_CLAIMS)
async def test_a_claim_of_the_protocol_has_its_own_name_alone(claim: str) -> None:
    token = signed(**{claim: "elsewhere", "theirs": {**CLAIMS, "family_name": "Lee", claim: CLAIMS.get(claim, NOW)}})
    rejected = await harness(**{name: f"/theirs/{name}" for name in NAMES}).rejection(f"Bearer {token}")

    assert rejected.claim == claim


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ROLE", "/", "must be the name of a claim, or a path such as /realm_access/roles."),
        ("ROLE", "/s3cret/", "must be the name of a claim, or a path such as /realm_access/roles."),
        ("ROLE", "//s3cret", "must be the name of a claim, or a path such as /realm_access/roles."),
        ("ROLE", "/s3cret~2", "must be the name of a claim, or a path such as /realm_access/roles."),
        ("ROLE", "/s3cret~", "must be the name of a claim, or a path such as /realm_access/roles."),
        ("AUTH_TIME", "iat", "must not be iat, which says nothing about the caller."),
        ("SUB", "/aud/s3cret", "must not be aud, which says nothing about the caller."),
        ("ACR_VALUES", "s3cret", "must say VALUE=aal1|aal2 in entry 1."),
        ("ACR_VALUES", "1=aal1, s3cret=", "must say VALUE=aal1|aal2 in entry 2."),
        ("ACR_VALUES", "s3cret=AAL2", "must say VALUE=aal1|aal2 in entry 1."),
        ("ACR_VALUES", "s3cret=aal1, s3cret=aal2", "must give each value one meaning; entry 2 has another."),
        ("SWORN_VALUES", "s3cret=yes", "must say VALUE=true|false in entry 1."),
    ],
)
def test_a_broken_map_is_one_line_that_names_the_setting(name: str, value: str, message: str) -> None:
    with pytest.raises(InvalidSettings) as error:
        Settings.from_environment({f"NEEDTOKNOW_CLAIM_{name}": value})

    assert str(error.value) == f"NEEDTOKNOW_CLAIM_{name} {message}"


def test_a_role_that_there_is_not_is_a_broken_map() -> None:
    with pytest.raises(InvalidSettings, match=r"^NEEDTOKNOW_CLAIM_ROLE_VALUES must say VALUE=patrol\|.* in entry 2\.$"):
        Settings.from_environment({"NEEDTOKNOW_CLAIM_ROLE_VALUES": "Patrol=patrol, Chiefs=chief"})


def test_the_default_map_reads_our_names_and_nothing_else() -> None:
    read = ClaimSettings().map.read({**CLAIMS, "nbf": 1, "family_name": "Lee", "admin": True})

    assert read == {**CLAIMS, "nbf": 1, "family_name": "Lee"}
    assert orjson.dumps(read)
