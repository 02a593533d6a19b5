"""Claims: which values are accepted, and the page that lists them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from joserfc import jws

from api.auth.failures import AuthFailure, Unauthenticated
from api.auth.token_checks import PAST_DAYS
from policy.clearance import Clearance
from policy.roles import Role
from tests.api.tokens import (
    ABSENT,
    CLAIMS,
    ES256,
    NOW,
    Harness,
    signed,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "callers.md"


NO_NUMBER = [ABSENT, None, "1", True, [NOW], {}]
NO_WORDS = [ABSENT, None, "", " ", "x ", "x" * 201, 5, True, ["x"], {"x": 1}, "a\nb", "a\x1b[2Jb", "a\u202eb"]
NO_DAY = [
    ABSENT,
    None,
    "",
    "2025-02-30",
    "20250630",
    "2025-W01-1",
    "2025-06-30T00:00",
    "٢٠٢٥-06-30",
    20250630,
    True,
    ["2025-06-30"],
]
WRONG: dict[str, list[Any]] = {
    "exp": NO_NUMBER,
    "iat": NO_NUMBER,
    "auth_time": NO_NUMBER,
    "nbf": NO_NUMBER[1:],
    "sub": NO_WORDS,
    "jti": NO_WORDS,
    "name": [*NO_WORDS, "李 小龙", "Reyes, Dana", "Reyes,Dana", "Jr., Dana Reyes", "...", "Dana 7"],
    "family_name": [*NO_WORDS[1:], "李"],
    "ori": [
        ABSENT,
        None,
        "",
        "CA919420",
        "CA91942000",
        "ca0194200",
        "0A0194200",
        "CA919420É",
        "CA9194200\n",
        5,
        ["CA9194200"],
    ],
    "role": [
        ABSENT,
        None,
        "",
        "PATROL",
        "Patrol",
        "patrol ",
        "chief",
        ["patrol"],
        {"patrol": True},
        0,
        True,
        "patrol,records",
    ],
    "sworn": [ABSENT, None, "true", 1, 0, [True]],
    "certified_until": NO_DAY,
    **dict.fromkeys(sorted(PAST_DAYS), NO_DAY[1:]),
    "acr": [ABSENT, None, "AAL2", "aal3", "aal0", 2, ["aal2"], True],
}


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        pytest.param(claim, value, id=f"{claim}-{place}")
        for claim, values in WRONG.items()
        for place, value in enumerate(values)
    ],
)
async def test_an_invalid_claim_is_named_and_its_value_is_not_repeated(
    harness: Harness, claim: str, value: Any
) -> None:
    rejected = await harness.rejection(f"Bearer {signed(**{claim: value})}")

    assert (rejected.reason, rejected.claim) == (AuthFailure.BAD_CLAIM, claim)
    assert str(rejected) == f"BAD_CLAIM {claim}"


def test_every_claim_has_invalid_values_above() -> None:
    assert WRONG.keys() | {"iss", "aud"} == CLAIMS.keys() | {"nbf", "family_name"} | PAST_DAYS


@pytest.mark.parametrize("claim", sorted(PAST_DAYS))
async def test_a_day_of_a_clearance_in_the_future_is_rejected(harness: Harness, claim: str) -> None:
    today = date.fromtimestamp(NOW)  # noqa: DTZ012
    rejected = await harness.rejection(f"Bearer {signed(**{claim: (today + timedelta(1)).isoformat()})}")
    accepted = await harness.authenticate(signed(**{claim: today.isoformat()}))

    assert (rejected.reason, rejected.claim) == (AuthFailure.NOT_YET, claim)
    assert getattr(accepted.clearance, claim) == today


async def test_a_recertification_before_the_training_is_rejected(harness: Harness) -> None:
    days = {"trained_on": "2025-03-02", "recertified_on": "2025-03-01"}
    rejected = await harness.rejection(f"Bearer {signed(**days)}")

    assert (rejected.reason, rejected.claim) == (AuthFailure.BAD_CLAIM, "recertified_on")


@pytest.mark.parametrize("claim", sorted(PAST_DAYS))
async def test_a_day_of_a_clearance_may_stand_for_the_certificate(harness: Harness, claim: str) -> None:
    caller = await harness.authenticate(signed(certified_until=ABSENT, **{claim: "2025-03-01"}))

    assert caller.clearance == Clearance(**{claim: date(2025, 3, 1)})
    with pytest.raises(Unauthenticated, match=r"^BAD_CLAIM certified_until$"):
        await harness.authenticate(signed(certified_until=None, **{claim: "2025-03-01"}))


@pytest.mark.parametrize("number", [b"1e999", b"9" * 400, b"-1e999"])
async def test_a_number_out_of_range_is_rejected(harness: Harness, number: bytes) -> None:
    payload = orjson.dumps({**CLAIMS, "exp": 1}).replace(b'"exp":1', b'"exp":' + number)
    token = jws.serialize_compact({"alg": "ES256", "typ": "JWT", "kid": "es"}, payload, ES256)

    assert (await harness.rejection(f"Bearer {token}")).reason is AuthFailure.MALFORMED


@pytest.mark.parametrize("role", Role, ids=str)
async def test_every_role_is_accepted_by_its_name(harness: Harness, role: Role) -> None:
    assert (await harness.authenticate(signed(role=role.value))).role is role


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("Dana Reyes", "REYES"),
        ("Dana O'Brien-Peña", "OBRIENPENA"),
        ("Dana Đặng", "DANG"),
        ("Dana Łuczak", "LUCZAK"),
        ("Dana Øster", "OSTER"),
        ("Dana Groß", "GROSS"),
        ("Dana Reyes Jr.", "REYES"),
        ("Dana Reyes, Jr.", "REYES"),
        ("Dana Reyes III", "REYES"),
        ("Reyes", "REYES"),
        ("Jr.", "JR"),
    ],
)
async def test_the_surname_is_the_last_word_before_a_suffix(harness: Harness, name: str, surname: str) -> None:
    assert (await harness.authenticate(signed(name=name))).surname == surname


async def test_a_surname_of_several_words_comes_from_family_name(harness: Harness) -> None:
    caller = await harness.authenticate(signed(name="María de la Cruz", family_name="de la Cruz"))

    assert caller.surname == "DELACRUZ"


def test_the_page_lists_every_failure_claim_and_role() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", document, re.MULTILINE)
    claims = re.findall(r"^\| `([a-z_]+)` \|", document, re.MULTILINE)

    assert listed == [(refusal.name, refusal.value) for refusal in AuthFailure]
    assert set(claims) == WRONG.keys() | {"iss", "aud"}
    assert all(f"`{role.value}`" in document for role in Role)
