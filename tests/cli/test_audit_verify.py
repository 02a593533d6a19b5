"""`needtoknow audit verify` and `audit key`: whole and changed journals, checkpoints and their key."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from api.config.secret_file import CHECKPOINT_KEY
from audit.signed_note import Signer, new_key
from tests.audit.tampering import tamper
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


def edit(data: Path, *sequences: int) -> None:
    """Change the user in the text of these entries, and restore the triggers."""
    places = ", ".join(map(str, sequences))
    tamper(
        data / "journal.db",
        f"UPDATE entry SET body = replace(body, 'demo-', 'de-mo') WHERE sequence IN ({places})",
    )


def test_one_changed_entry_is_named_in_one_line(run: Run, journalled: Path) -> None:
    edit(journalled, 2)

    result = run("audit", "verify", "--data", journalled)

    assert (result.status, result.out, result.err) == (
        1,
        "",
        "needtoknow: The journal is not whole. Entry 2: its text does not match its hash.\n",
    )


def test_several_changed_entries_are_listed_and_counted(run: Run, journalled: Path) -> None:
    edit(journalled, 2, 3)
    tamper(journalled / "journal.db", "UPDATE entry SET case_number = '' WHERE sequence <> 3; DROP INDEX entry_by_at")

    result = run("audit", "verify", "--data", journalled)
    short = run("audit", "verify", "--data", journalled, "--limit", 1)

    empty = "a searchable column is empty, and its text has no such field."
    assert result.out.splitlines() == [
        f"Entry 1: {empty}",
        "Entry 2: its text does not match its hash.",
        "Entry 3: its text does not match its hash.",
        f"Entry 4: {empty}",
        "The index entry_by_at is missing.",
    ]
    first = f"needtoknow: The journal is not whole. Entry 1: {empty}"
    assert result.err == f"{first} Faults: 2 TEXT, 2 EMPTY_COLUMN, 1 FILE.\n"
    assert short.out.splitlines() == [
        line for number, line in enumerate(result.out.splitlines()) if number not in {2, 3}
    ]
    assert short.err == f"{first} Faults: 2 TEXT, 2 EMPTY_COLUMN, 1 FILE. --limit lists more.\n"
    assert (result.status, short.status) == (1, 1)


def test_an_invalid_checkpoint_hides_no_entry_and_no_other_checkpoint(run: Run, journalled: Path) -> None:
    file = journalled / "checkpoints.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(["{}\n", *lines]))
    edit(journalled, 3)

    result = run("audit", "verify", "--data", journalled)

    assert len(lines) == 2
    assert result.out.splitlines() == [
        "Entry 3: its text does not match its hash.",
        f"There is no checkpoint in line 1 of {file}.",
    ]
    assert result.err.endswith("Faults: 1 TEXT, 1 CHECKPOINT.\n")


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

    # A server signs at its start and at its end.
    assert (verified.status, verified.out.count("\n"), verified.err.count("\n")) == (1, 2 * (damage is another_key), 1)
    assert verified.err.startswith(f"needtoknow: {to_verify.format(data=journalled)}")
    if to_serve == "":
        assert json.loads(served.out)["errors"][0]["extensions"]["code"] == "PURPOSE_REQUIRED"
    else:
        assert (served.status, served.out, served.err.count("\n")) == (1, "", 1)
        assert (to_serve or to_verify.format(data=journalled)) in served.err


def test_checkpoints_of_another_key_are_refused(run: Run, journalled: Path) -> None:
    other = Signer("needtoknow", new_key()).verifier

    result = run("audit", "verify", "--data", journalled, "--key", other)

    assert (result.status, result.out.count("\n")) == (1, 2)
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
