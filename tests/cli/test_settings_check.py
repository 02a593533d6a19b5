"""`needtoknow serve --check`: it says what would end the start, and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api.tokens import ES256
from tests.command_line import Result, Run

ISSUER = "NEEDTOKNOW_ISSUER=https://id.example.gov"
KEYS = f"{ISSUER}\nNEEDTOKNOW_JWKS={{folder}}/jwks.json"


def test_settings_can_be_checked_without_serving(run: Run, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "needtoknow.env"
    before = contents(data)
    file.write_text("NEEDTOKNOW_SOURCE_WARRANTS=postgresql://u:s3cret@127.0.0.1/records\n")
    good = run("serve", "--check", "--demo", "--data", data, "--env-file", file)
    file.write_text("NEEDTOKNOW_SOURCE_WARRANTS=ftp://s3cret\n")
    bad = run("serve", "--check", "--demo", "--data", data, "--env-file", file)
    file.write_text("NEEDTOKNOW_WORKERS=s3cret\n")
    worse = run("serve", "--check", "--demo", "--data", data, "--env-file", file)

    assert good == Result(0, "The settings can be used.\n", "")
    assert (bad.status, bad.err.split(": ")[1]) == (1, "NEEDTOKNOW_SOURCE_WARRANTS cannot be used")
    assert worse == Result(1, "", f"needtoknow: {file}, line 1: NEEDTOKNOW_WORKERS must be a whole number.\n")
    assert contents(data) == before


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """The mode and the bytes of each file."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes()) for path in files}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("", "No token could be accepted: set NEEDTOKNOW_ISSUER and NEEDTOKNOW_JWKS, or use --demo."),
        (f"{ISSUER}\nNEEDTOKNOW_JWKS=absent.json", "absent.json cannot be read: No such file or directory."),
        (
            f"{ISSUER}\nNEEDTOKNOW_JWKS=http://id.example.gov/jwks.json",
            "NEEDTOKNOW_JWKS must be a file, an https URL, or an http URL on this machine.",
        ),
        (
            f"{ISSUER}\nNEEDTOKNOW_JWKS=http://127.0.0.1:1/jwks.json",
            "The JWKS of 127.0.0.1 could not be fetched: the connection was refused.",
        ),
        (f"{KEYS}\nNEEDTOKNOW_REVOKED=absent.txt", "absent.txt cannot be read: No such file or directory."),
        (
            f"{KEYS}\nNEEDTOKNOW_POLICY=absent.txt",
            "absent.txt: the need-to-know matrix cannot be read: No such file or directory.",
        ),
        (
            f"{KEYS}\nNEEDTOKNOW_CHECKPOINTS={{folder}}/absent/journal",
            "NEEDTOKNOW_CHECKPOINTS: there is no folder {folder}/absent. Create it, or mount it.",
        ),
        (
            f"{KEYS}\nNEEDTOKNOW_CHECKPOINTS={{folder}}",
            "NEEDTOKNOW_CHECKPOINTS: {folder} cannot be written. The server's user must own it.",
        ),
        (
            f"{KEYS}\nNEEDTOKNOW_DATA={{folder}}",
            "There is no world in {folder}. Create one: needtoknow seed --data {folder}",
        ),
        (f"{KEYS}\nNEEDTOKNOW_CHECKPOINTS={{folder}}/journal", ""),
    ],
    ids=[
        *("no issuer", "no file of keys", "keys over plain http", "keys not served", "no revocation list"),
        *("no policy", "no folder", "a folder in place of a file", "no world", "usable"),
    ],
)
def test_a_check_finds_what_would_end_the_start(
    run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, message: str
) -> None:
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [ES256.as_dict(private=False)]}))
    file = tmp_path / "needtoknow.env"
    file.write_text(f"{lines}\n".format(folder=tmp_path))
    monkeypatch.setenv("NEEDTOKNOW_DATA", str(data))
    result = run("serve", "--check", "--env-file", file)

    expected = f"needtoknow: {message.format(folder=tmp_path)}\n"
    assert result == (Result(1, "", expected) if message else Result(0, "The settings can be used.\n", ""))
