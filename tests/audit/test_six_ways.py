"""A journal that was tampered with in six ways is caught six times; `python -m tests.audit.six_ways` shows it."""

import shutil
from pathlib import Path

import pytest

from api.config.checkpoints import CHECKPOINT_FILE, KEY_FILE
from tests.audit.six_ways import ENTRIES, WAYS, tamper, verdict, write


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("whole")
    write(data)
    return data


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "data"))


def test_an_untouched_journal_is_vouched_for_to_its_end(data: Path) -> None:
    ended, said = verdict(data)

    assert ended == 0
    assert said.splitlines()[:2] == [
        f"The journal is whole. Entries: {ENTRIES}",
        f"Signed checkpoints cover entries 1 to {ENTRIES} of {ENTRIES}.",
    ]


@pytest.mark.parametrize(
    ("way", "found"),
    [
        ("edited", "Entry 31: its text does not match its hash."),
        ("dropped", "Entry 31: it is missing; the next entry is 32."),
        ("reordered", "Entry 31: it does not follow from the entry before it."),
        ("inserted", "Entry 32: it does not follow from the entry before it."),
        (
            "truncated",
            (
                "Entry 91: it is missing, with all entries up to 100, "
                "which the checkpoint in line 5 of {place} was made for."
            ),
        ),
        (
            "rewritten",
            (
                "Entry 40: it is not the entry that the checkpoint in line 2 of {place} was made for; "
                "the journal was rewritten from entry 21 or later on."
            ),
        ),
    ],
)
def test_the_first_entry_that_does_not_hold_is_named_when_a_journal_was(data: Path, way: str, found: str) -> None:
    tamper(data, way)

    place = data / CHECKPOINT_FILE
    assert verdict(data) == (1, f"needtoknow: The journal is not whole. {found.format(place=place)}\n")


def test_there_are_six_ways() -> None:
    assert list(WAYS) == ["edited", "dropped", "reordered", "inserted", "truncated", "rewritten"]


@pytest.mark.parametrize("way", ["truncated", "rewritten"])
def test_only_checkpoints_catch_a_journal_that_was(data: Path, way: str) -> None:
    tamper(data, way)
    for kept in (CHECKPOINT_FILE, KEY_FILE):
        (data / kept).unlink()

    ended, said = verdict(data)

    assert ended == 0
    assert "No signed checkpoint or anchor covers an entry" in said
