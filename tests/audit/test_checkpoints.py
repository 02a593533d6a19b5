"""The checkpoint file: its lines, their signatures, and invalid lines."""

import json
import re
import resource
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from audit import checkpoints
from audit.chain import Anchor, Receipt
from audit.errors import CheckpointError
from audit.signed_note import Signer, new_key


def receipt(sequence: int) -> Receipt:
    return Receipt(sequence, sequence.to_bytes(32))


def unchanged(_: Anchor) -> None:
    """A check that finds the journal as it was signed."""


@pytest.fixture
def signer() -> Signer:
    return Signer("needtoknow", new_key())


@pytest.fixture
def file(tmp_path: Path, signer: Signer) -> Path:
    """A file with three checkpoints."""
    file = tmp_path / "checkpoints.jsonl"
    for sequence in (10, 20, 30):
        checkpoints.append(file, signer, receipt(sequence), unchanged)
    return file


def read(file: Path, signer: Signer) -> list[Receipt]:
    return [anchor.receipt for anchor in checkpoints.read(file, signer.verifier)]


def test_a_checkpoint_is_a_signed_note_in_json(file: Path, signer: Signer) -> None:
    line = json.loads(file.read_text().splitlines()[0])

    text = f"needtoknow journal\n10\n{receipt(10).hash.hex()}\n{line['at']}\n"
    assert list(line) == ["size", "head", "at", "signature"]
    assert (line["size"], line["head"]) == (10, receipt(10).hash.hex())
    assert signer.verifier.is_valid(text, line["signature"])


def test_checkpoints_are_read_as_receipts(file: Path, signer: Signer) -> None:
    assert read(file, signer) == [receipt(10), receipt(20), receipt(30)]


def test_a_journal_that_has_not_grown_gets_no_checkpoint(file: Path, signer: Signer) -> None:
    for sequence in (0, 20, 30):
        checkpoints.append(file, signer, receipt(sequence), unchanged)

    assert len(read(file, signer)) == 3


def change(old: str, new: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [lines[0], lines[1].replace(old, new), *lines[2:]]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (change('"size":20', '"size":21'), r"The checkpoint in line 2 of .* is not signed by needtoknow\+"),
        (change("14", "15"), "The checkpoint in line 2 of .* is not signed by"),
        (change('"at":"2', '"at":"1'), "The checkpoint in line 2 of .* is not signed by"),
        (change("— needtoknow", "— nobody"), "The checkpoint in line 2 of .* is not signed by"),
        (change('"size":20', '"size":"20"'), "There is no checkpoint in line 2 of"),
        (change('"size":20,', ""), "There is no checkpoint in line 2 of"),
        (change('"size":20,', '"size":20,"by":"me",'), "There is no checkpoint in line 2 of"),
        (change('"at":"', '"at":"\\n'), "There is no checkpoint in line 2 of"),
        (change("}", ""), "There is no checkpoint in line 2 of"),
        (lambda lines: [lines[0], "", *lines[1:]], "There is no checkpoint in line 2 of"),
        (lambda lines: [lines[0], "x" * 5_000, *lines[1:]], "There is no checkpoint in line 2 of"),
        (lambda lines: [lines[1], lines[0], lines[2]], "The checkpoint in line 2 of .* is out of order"),
        (lambda lines: [lines[0], lines[0], lines[2]], "The checkpoint in line 2 of .* is out of order"),
    ],
    ids=[
        *("another size", "another hash", "another time", "another signer", "a size in words", "no size"),
        *("a word too many", "a time in two lines", "cut short", "empty", "far too long", "out of order", "twice"),
    ],
)
def test_an_invalid_line_is_named_and_the_others_are_read(
    file: Path, signer: Signer, damage: Callable[[list[str]], list[str]], message: str
) -> None:
    file.write_text("".join(f"{line}\n" for line in damage(file.read_text().splitlines())))
    reports: list[CheckpointError] = []

    receipts = [anchor.receipt for anchor in checkpoints.read(file, signer.verifier, reports.append)]

    (report,) = reports
    assert re.match(message, str(report))
    assert receipts[-1] == receipt(30)
    assert set(receipts) <= {receipt(10), receipt(20), receipt(30)}


@pytest.mark.parametrize("garbage", ["5\n", "x" * 5_000, "x" * 5_000 + "\n"], ids=["a line", "no line end", "no JSON"])
def test_no_checkpoint_is_appended_after_an_invalid_line(file: Path, signer: Signer, garbage: str) -> None:
    with file.open("a") as end:
        end.write(garbage)

    with pytest.raises(CheckpointError, match=r"There is no checkpoint in the last line of .*checkpoints.jsonl\."):
        checkpoints.append(file, signer, receipt(40), unchanged)


def test_no_checkpoint_is_appended_after_one_of_another_key(file: Path) -> None:
    other = Signer("needtoknow", new_key())

    with pytest.raises(CheckpointError, match=r"The checkpoint in the last line of .* is not signed by needtoknow\+"):
        checkpoints.append(file, other, receipt(40), unchanged)


def test_an_unfinished_last_line_is_ignored_and_replaced(file: Path, signer: Signer) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])

    assert read(file, signer) == [receipt(10), receipt(20)]

    checkpoints.append(file, signer, receipt(40), unchanged)
    assert read(file, signer) == [receipt(10), receipt(20), receipt(40)]


def test_concurrent_appends_keep_every_line_valid_and_in_order(tmp_path: Path, signer: Signer) -> None:
    file, start = tmp_path / "checkpoints.jsonl", threading.Barrier(8)

    def add(first: int) -> None:
        start.wait()
        for sequence in range(first, 201, 8):
            checkpoints.append(file, signer, receipt(sequence), unchanged)

    threads = [threading.Thread(target=add, args=(first,)) for first in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    sizes = [each.sequence for each in read(file, signer)]
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == 200


def test_a_file_system_without_room_for_a_checkpoint_is_an_error(tmp_path: Path, signer: Signer) -> None:
    file, limits = tmp_path / "checkpoints.jsonl", resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(
            CheckpointError, match=rf"^The checkpoints {file} cannot be used: No space left on device\.$"
        ):
            checkpoints.append(file, signer, receipt(1), unchanged)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_missing_checkpoint_folder_is_an_error(tmp_path: Path, signer: Signer) -> None:
    with pytest.raises(CheckpointError, match="cannot be used: No such file or directory"):
        checkpoints.append(tmp_path / "nowhere" / "checkpoints.jsonl", signer, receipt(1), unchanged)
    with pytest.raises(CheckpointError, match="cannot be used: No such file or directory"):
        read(tmp_path / "checkpoints.jsonl", signer)
