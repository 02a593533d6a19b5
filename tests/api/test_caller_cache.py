"""Cache of authenticated callers: how long a caller and its assurance level last."""

from __future__ import annotations

import hashlib

from api.auth.authentication import CACHE_SIZE
from api.auth.failures import AuthFailure
from policy.caller import Assurance
from tests.api.tokens import (
    NOW,
    Harness,
    signed,
)


async def test_an_old_sign_in_counts_as_one_factor(harness: Harness) -> None:
    assert (await harness.authenticate(signed(auth_time=NOW - 3_599))).assurance is Assurance.AAL2
    assert (await harness.authenticate(signed(auth_time=NOW - 3_600))).assurance is Assurance.AAL1


async def test_a_sign_in_grows_old_while_its_caller_is_cached(harness: Harness) -> None:
    token = signed(auth_time=NOW - 3_590)
    assert (await harness.authenticate(token)).assurance is Assurance.AAL2

    harness.clock.now += 10

    assert (await harness.authenticate(token)).assurance is Assurance.AAL1


async def test_a_caller_is_cached_for_a_minute(harness: Harness) -> None:
    token = signed()
    for harness.clock.now in (NOW, NOW + 30, NOW + 59):
        await harness.authenticate(token)
    assert harness.keys.lookups == ["es"]

    harness.clock.now = NOW + 60
    await harness.authenticate(token)

    assert harness.keys.lookups == ["es", "es"]


async def test_a_caller_is_not_cached_beyond_the_tokens_expiry(harness: Harness) -> None:
    token = signed(exp=NOW + 5)
    await harness.authenticate(token)

    harness.clock.now = NOW + 5

    assert (await harness.rejection(f"Bearer {token}")).reason is AuthFailure.EXPIRED


async def test_the_cache_holds_hashes_of_accepted_tokens_only(harness: Harness) -> None:
    token = signed()
    await harness.authenticate(token)
    await harness.rejection(f"Bearer {signed(role='chief')}")

    assert list(harness.authenticator.cache) == [hashlib.sha256(token.encode()).digest()]


async def test_the_cache_of_callers_is_bounded(harness: Harness) -> None:
    admitted = harness.authenticator.cache
    await harness.authenticate(signed())
    first, anyone = next(iter(admitted.items()))
    admitted.update({str(number).encode(): anyone for number in range(CACHE_SIZE - 1)})

    await harness.authenticate(signed(jti="another"))

    assert len(admitted) == CACHE_SIZE
    assert first not in admitted
