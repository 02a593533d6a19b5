"""The file of checkpoints: what a line is, who may have signed it, and what of a file is not one."""

import json
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


def holds(_: Anchor) -> None:
    """The journal is as it was signed."""


@pytest.fixture
def signer() -> Signer:
    return Signer("needtoknow", new_key())


@pytest.fixture
def place(tmp_path: Path, signer: Signer) -> Path:
    """A second place with three checkpoints."""
    place = tmp_path / "checkpoints.jsonl"
    for sequence in (10, 20, 30):
        checkpoints.append(place, signer, receipt(sequence), holds)
    return place


def read(place: Path, signer: Signer) -> list[Receipt]:
    return [anchor.receipt for anchor in checkpoints.read(place, signer.verifier)]


def test_a_line_is_a_signed_note_in_json(place: Path, signer: Signer) -> None:
    line = json.loads(place.read_text().splitlines()[0])

    text = f"needtoknow journal\n10\n{receipt(10).hash.hex()}\n{line['at']}\n"
    assert list(line) == ["size", "head", "at", "signature"]
    assert (line["size"], line["head"]) == (10, receipt(10).hash.hex())
    assert signer.verifier.is_valid(text, line["signature"])


def test_each_line_says_where_the_journal_stood(place: Path, signer: Signer) -> None:
    assert read(place, signer) == [receipt(10), receipt(20), receipt(30)]


def test_a_journal_that_has_not_grown_gets_no_line(place: Path, signer: Signer) -> None:
    for sequence in (0, 20, 30):
        checkpoints.append(place, signer, receipt(sequence), holds)

    assert len(read(place, signer)) == 3


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
def test_the_line_that_is_wrong_is_named(
    place: Path, signer: Signer, damage: Callable[[list[str]], list[str]], message: str
) -> None:
    place.write_text("".join(f"{line}\n" for line in damage(place.read_text().splitlines())))

    with pytest.raises(CheckpointError, match=message):
        read(place, signer)


@pytest.mark.parametrize("scribble", ["5\n", "x" * 5_000, "x" * 5_000 + "\n"], ids=["a line", "no end", "no sense"])
def test_nothing_is_added_behind_a_last_line_that_is_wrong(place: Path, signer: Signer, scribble: str) -> None:
    with place.open("a") as file:
        file.write(scribble)

    with pytest.raises(CheckpointError, match=r"There is no checkpoint in the last line of .*checkpoints.jsonl\."):
        checkpoints.append(place, signer, receipt(40), holds)


def test_a_checkpoint_of_another_key_is_not_gone_on_from(place: Path) -> None:
    other = Signer("needtoknow", new_key())

    with pytest.raises(CheckpointError, match=r"The checkpoint in the last line of .* is not signed by needtoknow\+"):
        checkpoints.append(place, other, receipt(40), holds)


def test_a_line_that_was_never_finished_is_none_and_makes_room(place: Path, signer: Signer) -> None:
    whole = place.read_bytes()
    place.write_bytes(whole[:-9])

    assert read(place, signer) == [receipt(10), receipt(20)]

    checkpoints.append(place, signer, receipt(40), holds)
    assert read(place, signer) == [receipt(10), receipt(20), receipt(40)]


def test_of_many_who_add_at_once_none_harms_another_and_sizes_grow(tmp_path: Path, signer: Signer) -> None:
    place, start = tmp_path / "checkpoints.jsonl", threading.Barrier(8)

    def add(first: int) -> None:
        start.wait()
        for sequence in range(first, 201, 8):
            checkpoints.append(place, signer, receipt(sequence), holds)

    threads = [threading.Thread(target=add, args=(first,)) for first in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    sizes = [each.sequence for each in read(place, signer)]
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == 200


def test_a_second_place_that_is_full_says_so(signer: Signer) -> None:
    with pytest.raises(CheckpointError, match=r"^The checkpoints /dev/full cannot be used: No space left on device\.$"):
        checkpoints.append(Path("/dev/full"), signer, receipt(1), holds)


def test_a_second_place_that_is_not_there_says_so(tmp_path: Path, signer: Signer) -> None:
    with pytest.raises(CheckpointError, match="cannot be used: No such file or directory"):
        checkpoints.append(tmp_path / "nowhere" / "checkpoints.jsonl", signer, receipt(1), holds)
    with pytest.raises(CheckpointError, match="cannot be used: No such file or directory"):
        read(tmp_path / "checkpoints.jsonl", signer)
