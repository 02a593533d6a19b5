"""Refused tokens in the journal: which claim of which token, and never a value."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from audit.entry import Entry
from tests.api.tokens import signed
from tests.attacks.callers import token
from tests.harness import PERSON_QUERY, World, running_app

SECRET = "s3cret"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def refusal(world: World, given: str) -> Entry:
    """The entry of a token, of which the client learns nothing."""
    response = await world.execute(PERSON_QUERY, token=given)
    assert (response.status, response.codes) == (401, ["UNAUTHENTICATED"])
    return world.journal_entries()[-1]


@pytest.mark.parametrize(
    ("claims", "flag", "claim"),
    [
        ({"role": SECRET}, "BAD_CLAIM", "role"),
        ({"jti": [SECRET]}, "BAD_CLAIM", "jti"),
        ({"iss": SECRET}, "WRONG_ISSUER", "iss"),
        ({"aud": SECRET}, "WRONG_AUDIENCE", "aud"),
        ({"exp": 1}, "EXPIRED", "exp"),
        ({"auth_time": 9_999_999_999}, "NOT_YET", "auth_time"),
    ],
)
async def test_a_refused_token_is_journalled_with_its_claim_and_hash(
    world: World, claims: dict[str, Any], flag: str, claim: str
) -> None:
    given = token(world, "patrol", **claims)
    entry = await refusal(world, given)

    assert (entry.flags, entry.claim, entry.token_sha256) == ((flag,), claim, digest(given))


@pytest.mark.parametrize(
    ("header", "flag", "field"),
    [({"typ": SECRET}, "WRONG_TYPE", "typ"), ({"kid": SECRET}, "UNKNOWN_KEY", "kid")],
)
async def test_a_field_of_the_header_is_named_like_a_claim(
    world: World, header: dict[str, Any], flag: str, field: str
) -> None:
    given = signed(header=header)
    entry = await refusal(world, given)

    assert (entry.flags, entry.claim, entry.token_sha256) == ((flag,), field, digest(given))


async def test_a_forged_signature_is_named_and_its_token_known_again(world: World) -> None:
    (kid,) = world.issuer.keys
    forged = signed(header={"kid": kid})
    entries = [await refusal(world, forged) for _ in range(2)]

    assert [(each.flags, each.claim) for each in entries] == [(("BAD_SIGNATURE",), "signature")] * 2
    assert {each.token_sha256 for each in entries} == {digest(forged)}


@pytest.mark.parametrize("given", ["hunter2", "", "a.b.c", "a.b.c.d.e", f"{SECRET} {SECRET}"])
async def test_what_is_no_token_is_not_hashed(world: World, given: str) -> None:
    """It could be a password, by mistake of a client, and the hash of a password can be guessed."""
    entry = await refusal(world, given)

    assert (entry.flags, entry.claim, entry.token_sha256) == (("MALFORMED",), None, None)


async def test_a_revoked_token_is_journalled_with_the_claim_on_the_list(data: Path, tmp_path: Path) -> None:
    revoked = tmp_path / "revoked"
    revoked.write_text("demo-patrol\n")
    async with running_app(data, revoked=str(revoked)) as world:
        entry = await refusal(world, world.token("patrol"))

    assert (entry.flags, entry.claim, entry.user) == (("ENDED",), "sub", "demo-patrol")


async def test_no_value_of_a_refused_token_is_in_the_journal(world: World) -> None:
    claims = {"sub": f"{SECRET}-user", "jti": f"{SECRET}-id", "name": f"Sam {SECRET}", "ori": SECRET}
    given = token(world, "patrol", **claims)
    entry = await refusal(world, given)
    written = entry.to_bytes().decode()

    assert entry.claim == "ori"
    assert SECRET not in written
    assert not [part for part in given.split(".") if part in written]


async def test_an_accepted_token_leaves_no_hash(world: World) -> None:
    await world.execute(PERSON_QUERY)

    assert {(each.claim, each.token_sha256) for each in world.journal_entries()} == {(None, None)}
