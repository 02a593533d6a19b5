"""`needtoknow audit verify` and `audit key`: whole and changed journals, checkpoints and their key."""

from __future__ import annotations

import json
import os
import pty
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from api.config.secret_file import CHECKPOINT_KEY
from audit.signed_note import Signer, new_key
from tests.cli.conftest import DataAfter
from tests.cli.inquiries import PERSON, STOP
from tests.command_line import Run


@pytest.fixture
def journalled(data_after: DataAfter) -> Path:
    """A data folder in which patrol and then records made an inquiry about one person."""
    return data_after("patrol", "records", operation=STOP)


def test_a_whole_journal_is_reported_with_an_anchor(run: Run, journalled: Path) -> None:
    result = run("audit", "verify", "--data", journalled)
    anchor = result.out.split()[-1]

    assert (result.status, result.out.splitlines()[0]) == (0, "The journal is whole. Entries: 4")
    assert run("audit", "verify", "--data", journalled, "--anchor", anchor).status == 0
    assert run("audit", "verify", "--data", journalled, "--anchor", f"4:{'0' * 64}").status == 1


def test_verify_names_the_first_changed_entry(run: Run, journalled: Path) -> None:
    with closing(sqlite3.connect(journalled / "journal.db", isolation_level=None)) as journal:
        for (trigger,) in journal.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            journal.execute(f"DROP TRIGGER {trigger}")
        journal.execute("UPDATE entry SET body = replace(body, 'demo-patrol', 'demo-jail') WHERE sequence = 2")

    result = run("audit", "verify", "--data", journalled)

    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("needtoknow: The journal is not whole. Entry 2: ")


def test_checkpoints_cover_every_entry_under_the_printed_key(run: Run, journalled: Path) -> None:
    shown = run("audit", "key", "--data", journalled)
    result = run("audit", "verify", "--data", journalled, "--key", shown.out.strip())

    assert (shown.status, shown.out.count("\n")) == (0, 1)
    assert (journalled / "checkpoint.key").stat().st_mode & 0o777 == 0o600
    assert (result.status, result.out.splitlines()[1:3]) == (
        0,
        [
            "Signed checkpoints cover entries 1 to 4 of 4.",
            "The checkpoints are in the journal's folder: they prove nothing against someone who can write there.",
        ],
    )


def test_the_setting_names_the_checkpoint_file(
    run: Run, journalled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEEDTOKNOW_CHECKPOINTS", str(tmp_path / "elsewhere.jsonl"))
    run("ask", "--data", journalled, "-", stdin=STOP)

    result = run("audit", "verify", "--data", journalled)

    assert json.loads((tmp_path / "elsewhere.jsonl").read_text().splitlines()[-1])["size"] == 6
    assert (result.status, result.out.splitlines()[1:-1]) == (
        0,
        [
            "Signed checkpoints cover entries 1 to 6 of 6.",
            (
                "The checkpoints have the journal's owner: they prove nothing against that user, "
                "unless the user can only append to them."
            ),
        ],
    )


def test_an_anchor_without_checkpoints_is_said_to_cover_the_entries(run: Run, journalled: Path) -> None:
    anchor = run("audit", "verify", "--data", journalled).out.split()[-1]
    for name in ("checkpoint.key", "checkpoints.jsonl"):
        (journalled / name).unlink()

    with_anchor = run("audit", "verify", "--data", journalled, "--anchor", anchor)
    without = run("audit", "verify", "--data", journalled)

    assert with_anchor.out.splitlines()[1:-1] == ["The anchor covers entries 1 to 4 of 4."]
    assert without.out.splitlines()[1:-1] == [
        "No signed checkpoint or anchor covers an entry: entries may have been cut off or rewritten unseen."
    ]


def no_key(data: Path) -> None:
    (data / "checkpoint.key").unlink()


def another_key(data: Path) -> None:
    no_key(data)
    CHECKPOINT_KEY.create(data, new_key)


def half_a_key(data: Path) -> None:
    (data / "checkpoint.key").write_text("-----BEGIN PRIVATE KEY-----")


def shared_key(data: Path) -> None:
    (data / "checkpoint.key").chmod(0o640)


def no_checkpoints(data: Path) -> None:
    (data / "checkpoints.jsonl").unlink()


def scribbled(data: Path) -> None:
    (data / "checkpoints.jsonl").write_text("{}\n")


@pytest.mark.parametrize(
    ("damage", "to_verify", "to_serve"),
    [
        (no_key, "There is no {data}/checkpoint.key: the server creates it at its first start.", "not signed by"),
        (another_key, "The checkpoint in line 1 of {data}/checkpoints.jsonl is not signed by", "not signed by"),
        (half_a_key, "{data}/checkpoint.key is not an Ed25519 private key in PEM. Restore it", None),
        (
            shared_key,
            "Other users can read {data}/checkpoint.key, and so sign checkpoints. Restore it with mode 600,",
            None,
        ),
        (no_checkpoints, "The checkpoints {data}/checkpoints.jsonl cannot be used: No such file or directory.", ""),
        (
            scribbled,
            "There is no checkpoint in line 1 of {data}/checkpoints.jsonl.",
            "There is no checkpoint in the last",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_faulty_key_or_checkpoint_file_is_a_one_line_error(
    run: Run, journalled: Path, damage: Callable[[Path], None], to_verify: str, to_serve: str | None
) -> None:
    damage(journalled)

    verified = run("audit", "verify", "--data", journalled)
    served = run("ask", "--data", journalled, "-", stdin=PERSON)

    assert (verified.status, verified.out, verified.err.count("\n")) == (1, "", 1)
    assert verified.err.startswith(f"needtoknow: {to_verify.format(data=journalled)}")
    if to_serve == "":
        assert json.loads(served.out)["errors"][0]["extensions"]["code"] == "PURPOSE_REQUIRED"
    else:
        assert (served.status, served.out, served.err.count("\n")) == (1, "", 1)
        assert (to_serve or to_verify.format(data=journalled)) in served.err


def test_checkpoints_of_another_key_are_refused(run: Run, journalled: Path) -> None:
    other = Signer("needtoknow", new_key()).verifier

    result = run("audit", "verify", "--data", journalled, "--key", other)

    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(
        f"needtoknow: The checkpoint in line 1 of {journalled}/checkpoints.jsonl is not signed by"
    )


def test_verify_shows_progress_on_a_terminal(journalled: Path) -> None:
    command = [sys.executable, "-c", "from api.cli import main; main()", "audit", "verify", "--data", journalled]
    terminal, its_end = pty.openpty()
    with (
        os.fdopen(terminal, "rb", buffering=0) as shown,
        subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=its_end, env={**os.environ, "TERM": "xterm"}
        ) as process,
    ):
        os.close(its_end)
        seen = b""
        with suppress(OSError):  # a terminal raises this when its other end is closed
            while part := shown.read(4_096):
                seen += part

    assert process.returncode == 0
    assert b"Verifying the journal" in seen
