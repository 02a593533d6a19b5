"""Report on a token: it says of every token what the server says of it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.auth.failures import AuthFailure, Unauthenticated
from api.auth.token_report import TokenReport, report_on
from api.config.claim_map import ABSENT as NOT_FOUND
from policy.caller import Caller
from tests.api.test_claims import WRONG
from tests.api.tokens import ABSENT, CLAIMS, FORGER, NOW, Harness, signed, unsigned


async def report(harness: Harness, token: str, *revoked: set[str]) -> TokenReport:
    return await report_on(token.encode(), harness.rules, harness.keys, revoked, harness.clock())


async def by_the_server(harness: Harness, token: str) -> Caller | tuple[AuthFailure, str | None]:
    try:
        return await harness.authenticate(token)
    except Unauthenticated as failure:
        return failure.reason, failure.claim


async def by_the_report(harness: Harness, token: str) -> Caller | tuple[AuthFailure, str | None] | None:
    try:
        found = await report(harness, token)
    except Unauthenticated as failure:
        return failure.reason, failure.claim
    return found.refusal or found.caller


VALUES = st.sampled_from([value for values in WRONG.values() for value in values])
TIMES = st.sampled_from([NOW - 1, NOW, NOW + 30, NOW + 31, NOW + 10_000, NOW - 3_600])
TOKENS = st.dictionaries(st.sampled_from([*CLAIMS, "nbf", "family_name"]), VALUES | TIMES, max_size=3)
HEADERS = st.dictionaries(
    st.sampled_from(["typ", "kid", "crit"]),
    st.sampled_from(["JWT", "es", "rs", "none", ["exp"], ABSENT, 5]),
    max_size=2,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claims=TOKENS, header=HEADERS)
async def test_the_first_fault_is_the_reason_of_the_server(claims: dict[str, Any], header: dict[str, Any]) -> None:
    harness = Harness()
    head = {"alg": "ES256", "typ": "at+jwt", "kid": "es", **header}
    head = {name: value for name, value in head.items() if value is not ABSENT}
    is_signed = "crit" not in head and head.get("kid") == "es" and isinstance(head.get("typ", ""), str)
    token = signed(header=header, **claims) if is_signed else unsigned(head, "AAAA")

    assert await by_the_report(harness, token) == await by_the_server(harness, token)


async def test_an_accepted_token_has_the_caller_of_the_server(harness: Harness) -> None:
    found = await report(harness, signed())

    assert (found.refusal, found.caller) == (None, await harness.authenticate(signed()))
    assert found.expires == CLAIMS["exp"]


async def test_every_fault_is_found_and_not_only_the_first(harness: Harness) -> None:
    token = signed(FORGER, header={"typ": "ID"}, aud="billing", exp=NOW, role="chief", jti=ABSENT)
    found = await report(harness, token)

    assert {each.name: each.failure for each in found.checks if each.failure is not None} == {
        "typ": AuthFailure.WRONG_TYPE,
        "signature": AuthFailure.BAD_SIGNATURE,
        "aud": AuthFailure.WRONG_AUDIENCE,
        "exp": AuthFailure.EXPIRED,
        "role": AuthFailure.BAD_CLAIM,
        "jti": AuthFailure.BAD_CLAIM,
    }
    assert found.refusal == (AuthFailure.WRONG_TYPE, "typ")
    assert found.caller is None


@pytest.mark.parametrize(("revoked", "claim"), [("u-4417", "sub"), ("4f1c", "jti")])
async def test_a_revoked_token_names_the_claim_on_the_list(harness: Harness, revoked: str, claim: str) -> None:
    found = await report(harness, signed(), set(), {revoked})

    assert found.refusal == (AuthFailure.ENDED, claim)


async def test_what_no_check_reads_is_listed_apart(harness: Harness) -> None:
    found = await report(harness, signed(header={"x5t": "abc"}, nonce="n", email="x@y"))

    assert found.unused() == [("header x5t", "abc"), ("nonce", "n"), ("email", "x@y")]


async def test_no_part_of_a_report_holds_the_signature(harness: Harness) -> None:
    token = signed()
    found = await report(harness, token)

    assert found.found("signature") is NOT_FOUND
    assert token.split(".")[2] not in repr(found) + orjson.dumps(found.payload).decode()


async def test_without_keys_the_claims_are_checked_and_the_signature_is_not(harness: Harness) -> None:
    found = await report_on(signed(FORGER).encode(), harness.rules, None, (), harness.clock())

    assert found.refusal is None
    assert not {"kid", "alg", "signature"} & {each.name for each in found.checks}
