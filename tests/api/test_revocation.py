"""Revocation list: a listed account or token is rejected from the next request on."""

from __future__ import annotations

import base64
from pathlib import Path

import orjson
import pytest

from api.auth.revocation import InvalidRevocationList, open_revocation_list, read_revocation_list
from audit.entry import Kind
from tests.harness import PERSON_QUERY, running_app

ON_ERROR = "The previous revocation list stays in force."


def write(path: Path, text: str | bytes) -> None:
    """Replace the file atomically, as `mv` does."""
    new = path.with_suffix(".new")
    new.write_bytes(text if isinstance(text, bytes) else text.encode())
    new.replace(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "revoked.txt"
    write(path, "# nobody yet\n")
    return path


def claim_of(token: str, name: str) -> str:
    payload = token.split(".")[1]
    return str(orjson.loads(base64.urlsafe_b64decode(payload + "==="))[name])


def test_a_line_is_one_sub_or_jti_and_a_comment(file: Path) -> None:
    write(file, "# since June\n\n  u-4417 \r\njti/9c0e  # a lost token, u-1\nu#5\n#u-2\n")

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
def test_an_invalid_list_is_an_error_that_names_its_line(file: Path, text: bytes, line: int, why: str) -> None:
    write(file, text)

    with pytest.raises(InvalidRevocationList, match=why) as wrong:
        read_revocation_list(file)

    assert str(wrong.value).startswith(f"{file}:{line}: ")
    assert "u-" not in str(wrong.value).removeprefix(str(file))


def test_an_invalid_new_list_is_ignored_and_logged_once(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(file, "u-1\n")
    revoked = open_revocation_list(file)

    write(file, "u-1\nu-2 u-3\n")
    assert [revoked() for _ in range(3)] == [{"u-1"}] * 3
    file.unlink()
    assert [revoked() for _ in range(3)] == [{"u-1"}] * 3
    write(file, "u-2\n")

    assert revoked() == {"u-2"}
    assert [record.getMessage() for record in caplog.records] == [
        f"{ON_ERROR} {file}:2: a line has one sub or jti; a comment begins with #.",
        f"{ON_ERROR} {file} cannot be read: No such file or directory.",
    ]


@pytest.mark.parametrize("text", ["u-1 u-2\n", None])
async def test_a_server_does_not_start_with_an_invalid_list(data: Path, file: Path, text: str | None) -> None:
    file.unlink() if text is None else write(file, text)

    with pytest.raises(
        InvalidRevocationList, match="revoked.txt cannot be read" if text is None else "revoked.txt:1: "
    ):
        async with running_app(data, revoked=str(file)):
            pass


@pytest.mark.parametrize("claim", ["sub", "jti"])
async def test_a_revoked_caller_is_rejected_although_cached(data: Path, file: Path, claim: str) -> None:
    """And accepted again when the list no longer has it."""
    async with running_app(data, revoked=str(file)) as world:
        mine, theirs = world.token(subject="u-1"), world.token(subject="u-2")
        assert (await world.execute(PERSON_QUERY, token=mine)).status == 200
        write(file, f"{claim_of(mine, claim)}\n")
        rejected = await world.execute(PERSON_QUERY, token=mine)
        others = await world.execute(PERSON_QUERY, token=theirs)
        write(file, "# nobody\n")
        again = await world.execute(PERSON_QUERY, token=mine)

    assert (rejected.status, rejected.codes, rejected.data) == (401, ["UNAUTHENTICATED"], None)
    assert (others.status, again.status) == (200, 200)
    (entry,) = (entry for entry in world.journal_entries() if entry.kind is Kind.REFUSAL)
    # The misuse report looks for requests of revoked accounts.
    assert (entry.user, entry.role, entry.flags) == ("u-1", "patrol", ("ENDED",))
