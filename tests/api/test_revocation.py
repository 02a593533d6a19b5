"""Accounts and tokens that ended: nobody who is on the list is let in, from the moment that they are on it."""

from __future__ import annotations

import base64
from pathlib import Path

import orjson
import pytest

from api.auth.revocation import InvalidRevocationList, open_revocation_list, read_revocation_list
from audit.entry import Kind
from tests.harness import PERSON_QUERY, serving

STILL = "The previous revocation list stays in force."


def put(path: Path, text: str | bytes) -> None:
    """In place of what is there, as `mv` does."""
    new = path.with_suffix(".new")
    new.write_bytes(text if isinstance(text, bytes) else text.encode())
    new.replace(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ended.txt"
    put(path, "# nobody yet\n")
    return path


def claim_of(token: str, name: str) -> str:
    payload = token.split(".")[1]
    return str(orjson.loads(base64.urlsafe_b64decode(payload + "==="))[name])


def test_a_line_is_a_subject_or_a_token_and_the_rest_is_comment(file: Path) -> None:
    put(file, "# since June\n\n  u-4417 \r\njti/9c0e  # a lost token, u-1\nu#5\n#u-2\n")

    assert read_revocation_list(file) == {"u-4417", "jti/9c0e", "u#5"}


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (b"", 1, "the line has no end"),
        (b"u-1\nu-44", 2, "the line has no end"),
        (b"u-1\nu-2 2026-01-31\n", 2, "a line has one sub or jti"),
        (b"u-1, u-2\n", 1, "a line has one sub or jti"),
        (b"u-1\n\n\xff\n", 3, "the line is not UTF-8"),
        (b"\xef\xbb\xbfu-1\n", 1, "a sub or jti has no such character"),
        (b"# a\nu-1\0\n", 2, "a sub or jti has no such character"),
    ],
)
def test_a_list_that_is_wrong_is_refused_whole_with_its_line(file: Path, text: bytes, line: int, why: str) -> None:
    put(file, text)

    with pytest.raises(InvalidRevocationList, match=why) as wrong:
        read_revocation_list(file)

    assert str(wrong.value).startswith(f"{file}:{line}: ")
    assert "u-" not in str(wrong.value).removeprefix(str(file))


def test_a_list_gone_bad_ends_nobody_more_and_nobody_less_and_says_so_once(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(file, "u-1\n")
    now = open_revocation_list(file)

    put(file, "u-1\nu-2 u-3\n")
    assert [now() for _ in range(3)] == [{"u-1"}] * 3
    file.unlink()
    assert [now() for _ in range(3)] == [{"u-1"}] * 3
    put(file, "u-2\n")

    assert now() == {"u-2"}
    assert [record.getMessage() for record in caplog.records] == [
        f"{STILL} {file}:2: a line has one sub or jti; a comment begins with #.",
        f"{STILL} {file} cannot be read: No such file or directory.",
    ]


@pytest.mark.parametrize("text", ["u-1 u-2\n", None])
async def test_a_server_does_not_start_with_a_list_that_is_wrong(data: Path, file: Path, text: str | None) -> None:
    file.unlink() if text is None else put(file, text)

    with pytest.raises(InvalidRevocationList, match="ended.txt cannot be read" if text is None else "ended.txt:1: "):
        async with serving(data, revoked=str(file)):
            pass


@pytest.mark.parametrize("claim", ["sub", "jti"])
async def test_who_is_put_on_the_list_is_let_in_no_more_though_known_a_moment_ago(
    data: Path, file: Path, claim: str
) -> None:
    """And is let in again once they are off it: nothing but the list changes."""
    async with serving(data, revoked=str(file)) as world:
        mine, theirs = world.token(subject="u-1"), world.token(subject="u-2")
        assert (await world.execute(PERSON_QUERY, token=mine)).status == 200
        put(file, f"{claim_of(mine, claim)}\n")
        refused = await world.execute(PERSON_QUERY, token=mine)
        others = await world.execute(PERSON_QUERY, token=theirs)
        put(file, "# nobody\n")
        again = await world.execute(PERSON_QUERY, token=mine)

    assert (refused.status, refused.codes, refused.data) == (401, ["UNAUTHENTICATED"], None)
    assert (others.status, again.status) == (200, 200)
    (entry,) = (entry for entry in world.journal_entries() if entry.kind is Kind.REFUSAL)
    # Auditors look for who asked after the account had ended.
    assert (entry.user, entry.role, entry.flags) == ("u-1", "patrol", ("ENDED",))
