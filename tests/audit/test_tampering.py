"""Tampering with a journal in six ways, each detected."""

import shutil
from pathlib import Path

import pytest

from api.config.data_folder import CHECKPOINTS
from api.config.secret_file import CHECKPOINT_KEY
from tests.audit.tampering import ENTRIES, SCRIPTS, audit_verify, main, tamper, write_journal


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("intact")
    write_journal(data)
    return data


@pytest.fixture
def data(intact: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(intact, tmp_path / "data"))


def test_an_untouched_journal_is_covered_to_its_end(data: Path) -> None:
    exit_status, output = audit_verify(data)

    assert exit_status == 0
    assert output.splitlines()[:3] == [
        f"The journal is whole. Entries: {ENTRIES}",
        f"Signed checkpoints cover entries 1 to {ENTRIES} of {ENTRIES}.",
        "The checkpoints are in the journal's folder: they prove nothing against someone who can write there.",
    ]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("edited", "Entry 31: its text does not match its hash."),
        ("dropped", "Entry 31: it is missing; the next entry is 32."),
        ("reordered", "Entry 31: it does not follow from the entry before it."),
        ("inserted", "Entry 32: it does not follow from the entry before it."),
        (
            "truncated",
            (
                "Entry 91: it is missing, with all entries up to 100, "
                "which the checkpoint in line 5 of {file} was made for."
            ),
        ),
        (
            "rewritten",
            (
                "Entry 40: it is not the entry that the checkpoint in line 2 of {file} was made for; "
                "the journal was rewritten from entry 21 or later on."
            ),
        ),
    ],
)
def test_the_first_broken_entry_is_named_after_tampering(data: Path, kind: str, reason: str) -> None:
    tamper(data / "journal.db", SCRIPTS[kind])

    exit_status, output = audit_verify(data)
    *listed, message = output.splitlines()
    first = reason.format(file=data / CHECKPOINTS)
    assert exit_status == 1
    assert message.startswith(f"needtoknow: The journal is not whole. {first}")
    assert listed[:1] == ([] if message.endswith(first) else [first])


def test_the_command_tries_six_kinds_of_tampering(capsys: pytest.CaptureFixture[str]) -> None:
    main()

    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": needtoknow: The journal is not whole. Entry ")[0] for line in lines] == [
        *("edited", "dropped", "reordered", "inserted", "truncated", "rewritten")
    ]


@pytest.mark.parametrize("kind", ["truncated", "rewritten"])
def test_only_checkpoints_detect_a_cut_or_rewritten_journal(data: Path, kind: str) -> None:
    tamper(data / "journal.db", SCRIPTS[kind])
    for name in (CHECKPOINTS, CHECKPOINT_KEY.name):
        (data / name).unlink()

    exit_status, output = audit_verify(data)

    assert exit_status == 0
    assert "No signed checkpoint or anchor covers an entry" in output
