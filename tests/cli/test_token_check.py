"""`needtoknow token check`: what it prints of a token, what it keeps to itself, and what it does with other input."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from joserfc.jwk import ECKey, Key

from api.auth.failures import AuthFailure
from audit.changes import Change, ChangeKind
from audit.postgres.changes import publish
from bench.postgres_server import PostgresServer
from tests.api.tokens import ABSENT, ES256, FORGER, ISSUER, segment, signed, unsigned
from tests.attacks.callers import token as demo_token
from tests.audit.postgres.databases import new_journal
from tests.command_line import Result, Run
from tests.harness import PERSON_QUERY, World


def now() -> int:
    return int(time.time())


def token(key: Key = ES256, header: dict[str, Any] | None = None, **claims: Any) -> str:
    times = {"iat": now() - 10, "exp": now() + 600, "auth_time": now() - 20}
    return signed(key, header=header, **{**times, **claims})


@pytest.fixture
def configured(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the keys of an issuer, whom the settings name."""
    (tmp_path / "jwks.json").write_bytes(orjson.dumps({"keys": [ES256.as_dict(private=False)]}))
    monkeypatch.setenv("NEEDTOKNOW_ISSUER", ISSUER)
    monkeypatch.setenv("NEEDTOKNOW_JWKS", str(tmp_path / "jwks.json"))
    return tmp_path


def rows(result: Result) -> dict[tuple[str, str], tuple[str, ...]]:
    """What was found, expected and decided, by claim and place."""
    lines = [tuple(cell.strip() for cell in line.split("│")[1:-1]) for line in result.out.splitlines() if "│" in line]
    return {(claim, place): tuple(others) for claim, place, *others in lines}


def test_an_accepted_token_says_as_whom(run: Run, configured: Path) -> None:
    given = token()
    result = run("token", "check", stdin=given.encode())

    assert (result.status, result.err) == (0, "")
    digest, accepted = result.out.splitlines()[-2:]
    assert digest == f"SHA-256 of the token, as the journal has it: {hashlib.sha256(given.encode()).hexdigest()}"
    assert accepted.startswith(
        "Accepted as Sam Lee (u-4417), patrol of CA9194200, aal2, certified until 2027-06-30, until 20"
    )
    assert rows(result)["role", "role"][::2] == ("patrol", "ok")
    assert rows(result)["alg", "header alg"] == ("ES256", "ES256", "ok")


def test_every_fault_is_a_row_and_the_first_is_the_error(run: Run, configured: Path) -> None:
    given = token(FORGER, role="chief", exp=now() - 60, jti=ABSENT, nonce="n")
    result = run("token", "check", stdin=given.encode())
    table = rows(result)

    assert result.status == 1
    assert result.err == (
        "needtoknow: The token is refused for signature: BAD_SIGNATURE, the signature is not valid.\n"
    )
    assert {claim: row[-1] for (claim, _), row in table.items() if row[-1] not in {"ok", "verdict"}} == {
        "signature": "BAD_SIGNATURE",
        "exp": "EXPIRED",
        "role": "BAD_CLAIM",
        "jti": "BAD_CLAIM",
        "": "not used",
    }
    assert table["role", "role"][0] == "chief"
    assert table["jti", "jti"][0] == "(absent)"
    assert table["", "nonce"][0] == "n"


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_neither_the_signature_nor_the_token_is_printed(run: Run, configured: Path, options: tuple[str, ...]) -> None:
    for given in (token(), token(FORGER), token(role="chief")):
        result = run("token", "check", *options, stdin=given.encode())
        head, payload, signature = given.split(".")

        assert result.out
        assert not [part for part in (head, payload, signature) if part in result.out + result.err]


def test_a_claim_controls_no_terminal(run: Run, configured: Path) -> None:
    given = token(name="Sam\x1b[2J\u202eLee", **{"x\x9b\n": {"y": "\x1b]0;z\x07"}})
    for options in ((), ("--json",)):
        result = run("token", "check", *options, stdin=given.encode())
        assert result.out.replace("\n", "").isprintable()


def test_json_has_the_verdict_of_each_claim(run: Run, configured: Path) -> None:
    accepted = json.loads(run("token", "check", "--json", stdin=token().encode()).out)
    refused = json.loads(run("token", "check", "--json", stdin=token(role=["patrol"]).encode()).out)
    (role,) = (each for each in refused["claims"] if each["claim"] == "role")

    assert (accepted["accepted"], accepted["caller"]["user"], accepted["refusal"]) == (True, "u-4417", None)
    assert (refused["accepted"], refused["caller"]) == (False, None)
    assert refused["refusal"] == {"flag": "BAD_CLAIM", "claim": "role"}
    assert (role["place"], role["found"], role["isAbsent"], role["verdict"]) == ("role", ["patrol"], False, "BAD_CLAIM")


def test_a_mapped_claim_is_shown_where_the_token_has_it(
    run: Run, configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEEDTOKNOW_CLAIM_ROLE", "/realm_access/roles")
    monkeypatch.setenv("NEEDTOKNOW_CLAIM_ROLE_VALUES", "Patrol Officers=patrol, Court Staff=court")
    roles = {"roles": ["Patrol Officers", "Court Staff"]}
    result = run("token", "check", stdin=token(realm_access=roles).encode())

    assert rows(result)["role", "/realm_access/roles"] == (
        '["Patrol Officers","Court Staff"]', "exactly one of Patrol Officers, Court Staff", "BAD_CLAIM",
    )  # fmt: skip
    assert rows(result)["", "role"] == ("patrol", "", "not used")


def test_without_an_issuer_the_rest_is_checked_and_the_status_is_1(run: Run, tmp_path: Path) -> None:
    result = run("token", "check", stdin=token().encode())

    assert result.status == 1
    assert rows(result)["role", "role"][-1] == "ok"
    assert [claim for (claim, _), row in rows(result).items() if row[-1] == "not checked"] == [
        "kid", "alg", "signature", "iss",
    ]  # fmt: skip
    assert "Not checked: iss. NEEDTOKNOW_ISSUER is not set.\n" in result.out
    assert "Not checked: signature. No token could be accepted: set NEEDTOKNOW_ISSUER and NEEDTOKNOW_JWKS" in result.out
    assert result.err.startswith("needtoknow: The token was not checked whole: ")


def test_keys_that_cannot_be_fetched_are_named(run: Run, configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDTOKNOW_JWKS", "http://127.0.0.1:1/jwks")
    result = run("token", "check", stdin=token(role="chief").encode())

    assert (
        "Not checked: signature. The JWKS of 127.0.0.1 could not be fetched: the connection was refused." in result.out
    )
    assert result.err == "needtoknow: The token is refused for role: BAD_CLAIM, a claim is missing or invalid.\n"


def test_a_revoked_token_is_refused(run: Run, configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (configured / "revoked").write_text("u-4417\n")
    monkeypatch.setenv("NEEDTOKNOW_REVOKED", str(configured / "revoked"))
    result = run("token", "check", stdin=token().encode())

    assert result.err == "needtoknow: The token is refused for sub: ENDED, the account or the token is revoked.\n"


def test_a_demo_token_is_checked_with_the_demo_key(run: Run, tmp_path: Path) -> None:
    given = run("token", "--as", "jail", "--data", tmp_path).out
    (tmp_path / "token").write_text(given)

    assert run("token", "check", tmp_path / "token", "--data", tmp_path, "--demo").status == 0
    assert run("token", "check", tmp_path / "token", "--data", tmp_path).status == 1


@pytest.mark.parametrize("prefix", ["Bearer ", "bearer  ", "Authorization: Bearer ", "authorization:bearer "])
def test_a_token_with_the_name_of_its_header_is_checked(run: Run, configured: Path, prefix: str) -> None:
    assert run("token", "check", "-", stdin=f"\n{prefix}{token()}\r\n".encode()).status == 0


ONE = "stdin must have one token and nothing else: three parts of letters, digits, - and _."
NO_JWT = "stdin has no JWT, which has three parts with dots between. An opaque token is not accepted."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", ONE),
        (b"\n", ONE),
        (b"Bearer", NO_JWT),
        (b"a.b.c\nd.e.f", ONE),
        (b"a.b.c d.e.f", ONE),
        (b'{"access_token":"a.b.c"}', ONE),
        (bytes(range(256)), ONE),
        ("tökén.a.b".encode(), ONE),
        (b"7c1f0d7a-opaque", NO_JWT),
        (b"a.b", NO_JWT),
        (b"a.b.c.d.e", "stdin has an encrypted token (JWE). Let the issuer sign access tokens, and not encrypt them."),
        (b"a" * 16_385, "stdin has more than 16,384 bytes, and a token has at most 8,192."),
        (
            b"a.b.c",
            "The token is refused: MALFORMED, the header is not one Bearer token in the compact form of a signed JWT.",
        ),
        (b"a.b." + b"c" * 9_000, "The token is refused: TOO_LONG, the token is longer than 8,192 bytes."),
        (
            unsigned({"alg": "ES256", "typ": "JWT", "kid": "es"}, "AA", b"[]").encode(),
            "The token is refused for signature: BAD_SIGNATURE, the signature is not valid.",
        ),
        (
            f"{segment(b'5')}.{segment(b'{}')}.AA".encode(),
            "The token is refused: MALFORMED, the header is not one Bearer token in the compact form of a signed JWT.",
        ),
    ],
)
def test_what_is_no_token_is_one_line_that_repeats_nothing(
    run: Run, configured: Path, text: bytes, message: str
) -> None:
    result = run("token", "check", stdin=text)

    assert (result.status, result.out, result.err) == (1, "", f"needtoknow: {message}\n")


@pytest.mark.parametrize("file", ["/dev/zero", "huge", "absent", "."])
def test_a_file_of_any_kind_is_read_to_a_limit(run: Run, tmp_path: Path, file: str) -> None:
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(1 << 30)

    result = run("token", "check", tmp_path / file)

    assert (result.status, result.out, result.err.count("\n")) == (1, "", 1)
    assert "more than 16,384 bytes" in result.err or "cannot be read" in result.err


def test_an_issuers_clock_that_is_ahead_is_named(run: Run, configured: Path) -> None:
    ahead = now() + 3_600
    result = run("token", "check", stdin=token(iat=ahead, auth_time=ahead, exp=ahead + 600).encode())

    assert result.err == f"needtoknow: The token is refused for iat: NOT_YET, {AuthFailure.NOT_YET.value}.\n"
    found, expected, _ = rows(result)["iat", "iat"]
    assert found.startswith(f"{ahead} (20")
    assert expected.startswith("a time not more than 30 s in the future; now it is ")


def test_what_an_accepted_token_does_not_give_is_said(
    run: Run, configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEEDTOKNOW_SIGN_IN_MAX_AGE_S", "10")
    result = run("token", "check", stdin=token(certified_until="2020-01-31").encode())

    assert (result.status, result.err) == (0, "")
    assert result.out.splitlines()[-2:] == [
        "Its aal2 counts as aal1: the sign-in is longer ago than NEEDTOKNOW_SIGN_IN_MAX_AGE_S.",
        "No record is shown: the certification ended on 2020-01-31.",
    ]


@pytest.mark.parametrize(
    ("clearance", "note"),
    [
        ("new", "Not trained: records are shown before {}, if attention names a supervisor."),
        ("none", "No record is shown: with a day of a clearance, cleared_on and fingerprinted_on are both required."),
    ],
)
def test_a_demo_token_without_full_access_says_why(run: Run, tmp_path: Path, clearance: str, note: str) -> None:
    issued = run("token", "--as", "patrol", "--clearance", clearance, "--data", tmp_path)
    result = run("token", "check", "--demo", "--data", tmp_path, stdin=issued.out.encode())

    assert (result.status, result.err) == (0, "")
    assert re.sub(r"\d{4}-\d\d-\d\d", "{}", result.out.splitlines()[-1]) == note


def test_the_settings_may_be_in_the_file_of_the_server(
    run: Run, configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEEDTOKNOW_ISSUER")
    (configured / "env").write_text(f"NEEDTOKNOW_ISSUER={ISSUER}\nNEEDTOKNOW_HOST=0.0.0.0\n")

    assert run("token", "check", "--env-file", configured / "env", stdin=token().encode()).status == 0
    assert run("token", "check", stdin=token().encode()).status == 1


@pytest.mark.slow
def test_published_keys_and_revocations_count_as_on_a_server(
    postgres: PostgresServer, run: Run, configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = asyncio.run(new_journal(postgres))
    other = ECKey.generate_key("P-256", {"kid": "other"})
    keys = orjson.dumps({"keys": [other.as_dict(private=False)]}).decode()
    given = token(other).encode()
    monkeypatch.setenv("NEEDTOKNOW_JOURNAL", database.as_server.url)
    results = []
    for change in (Change(ChangeKind.KEYS, keys), Change(ChangeKind.REVOKE, "u-4417")):
        results.append(run("token", "check", stdin=given).err)
        asyncio.run(publish(database.as_administrator, [change]))
    results.append(run("token", "check", stdin=given).err)

    assert results == [
        "needtoknow: The token is refused for kid: UNKNOWN_KEY, the issuer has no key with that kid.\n",
        "",
        "needtoknow: The token is refused for sub: ENDED, the account or the token is revoked.\n",
    ]


def test_a_journal_that_does_not_answer_is_named(run: Run, configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDTOKNOW_JOURNAL", "postgresql://nobody@127.0.0.1:1/journal")
    result = run("token", "check", stdin=token().encode())

    assert result.status == 1
    assert "Not checked: published keys and revocations. " in result.out
    assert result.err.count("\n") == 1


async def test_a_trace_id_leads_to_the_claim_and_to_the_token(world: World, run: Run) -> None:
    given = demo_token(world, "patrol", role="chief")
    response = await world.execute(PERSON_QUERY, token=given)
    trace_id = response.errors[0]["extensions"]["traceId"]

    search = await asyncio.to_thread(run, "audit", "search", "--data", world.folder, "--trace", trace_id, "--json")
    check = await asyncio.to_thread(
        run, "token", "check", "--demo", "--data", world.folder, "--json", stdin=given.encode()
    )

    entry, report = json.loads(search.out), json.loads(check.out)
    assert (entry["flags"], entry["claim"]) == (["BAD_CLAIM"], "role")
    assert (report["refusal"], report["sha256"]) == ({"flag": "BAD_CLAIM", "claim": "role"}, entry["token_sha256"])


def test_with_an_unknown_key_the_algorithm_is_shown_and_not_checked(run: Run, configured: Path) -> None:
    table = rows(run("token", "check", stdin=token(header={"kid": "rotated"}).encode()))

    assert table["kid", "header kid"] == ("rotated", "the kid of a key of the issuer: es", "UNKNOWN_KEY")
    assert table["alg", "header alg"] == ("ES256", "", "not checked")
    assert table["signature", "signature"] == ("(not shown)", "", "not checked")
