"""A world is written completely or not at all, and no other file is touched."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seed.errors import WorldBroken, WorldBusy, WorldError, WorldExists, WorldSize, WorldUnwritable
from seed.files import FILES
from seed.world import MAX_PEOPLE, MIN_PEOPLE, Progress, World, inspect, write

CHECKOUT = Path(__file__).parents[2]
SMALL = MIN_PEOPLE + 20


def test_a_written_world_is_recognised(tmp_path: Path) -> None:
    written = write(tmp_path / "new" / "data", SMALL, 4)

    assert inspect(tmp_path / "new" / "data") == written == World(tmp_path / "new" / "data", SMALL, 4)
    assert json.loads((written.folder / "world.json").read_text()) == {
        "people": SMALL,
        "rng": 4,
        "format": 6,
        "finished": True,
    }
    assert {path.name for path in written.folder.iterdir()} == {*FILES, "world.json"}


def test_a_folder_without_a_world_has_none(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"somebody else's")

    assert inspect(tmp_path) is None
    assert inspect(tmp_path / "absent") is None


def test_a_finished_world_is_overwritten_only_on_request(tmp_path: Path) -> None:
    write(tmp_path, SMALL, 1)

    with pytest.raises(WorldExists, match="--overwrite"):
        write(tmp_path, SMALL, 2)
    assert inspect(tmp_path) == World(tmp_path, SMALL, 1)

    write(tmp_path, SMALL, 2, overwrite=True)
    assert inspect(tmp_path) == World(tmp_path, SMALL, 2)


def test_other_files_in_the_folder_are_not_touched(tmp_path: Path) -> None:
    foreign = {"journal.db": b"entries", "demo-issuer.json": b"{}", "cursor.key": b"key", "notes.txt": b"mine"}
    for name, content in foreign.items():
        (tmp_path / name).write_bytes(content)

    write(tmp_path, SMALL, 1)
    write(tmp_path, SMALL, 2, overwrite=True)

    assert {name: (tmp_path / name).read_bytes() for name in foreign} == foreign


class Interrupted(BaseException):
    pass


def interrupt(_: Progress) -> None:
    raise Interrupted


def test_an_interrupted_write_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        write(tmp_path, SMALL, 1, interrupt)

    assert list(tmp_path.iterdir()) == []
    assert inspect(tmp_path) is None


def test_an_interrupted_overwrite_leaves_the_old_world_intact(tmp_path: Path) -> None:
    write(tmp_path, SMALL, 1)
    before = {file: (tmp_path / file).read_bytes() for file in FILES}

    with pytest.raises(Interrupted):
        write(tmp_path, SMALL, 2, interrupt, overwrite=True)

    assert inspect(tmp_path) == World(tmp_path, SMALL, 1)
    assert {file: (tmp_path / file).read_bytes() for file in FILES} == before


KILLED = """
import os, sys
from pathlib import Path
from seed.world import write

renames, rename = 0, Path.replace

def replace(self, target):
    global renames
    if renames == int(sys.argv[2]):
        os._exit(9)
    renames += 1
    return rename(self, target)

Path.replace = replace
write(Path(sys.argv[1]), 36, 1, overwrite=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("renames", [3, *(pytest.param(each, marks=pytest.mark.system) for each in (1, 6))])
def test_a_seed_killed_while_moving_files_leaves_a_broken_world(tmp_path: Path, renames: int) -> None:
    write(tmp_path, SMALL, 2)
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(renames)]
    killed = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(CHECKOUT)}, check=False)

    assert killed.returncode == 9
    with pytest.raises(WorldBroken, match="half-written"):
        inspect(tmp_path)
    assert write(tmp_path, SMALL, 1) == inspect(tmp_path)


@pytest.mark.parametrize(
    "manifest",
    ["", "{", "[]", "{}", "null", '{"finished": false}', '{"finished": 1, "format": 5}'],
)
def test_a_world_with_an_unfinished_manifest_is_broken(tmp_path: Path, manifest: str) -> None:
    write(tmp_path, MIN_PEOPLE, 1)
    (tmp_path / "world.json").write_text(manifest)

    with pytest.raises(WorldBroken, match="half-written"):
        inspect(tmp_path)


def test_the_next_seed_removes_the_files_of_a_killed_one(tmp_path: Path) -> None:
    (tmp_path / ".seeding").mkdir()
    (tmp_path / ".seeding" / "persons.db").write_bytes(b"half a page")

    with pytest.raises(WorldBroken, match="half-written"):
        inspect(tmp_path)
    write(tmp_path, MIN_PEOPLE, 1)
    assert not (tmp_path / ".seeding").exists()


def test_a_foreign_file_among_the_unfinished_ones_is_not_removed(tmp_path: Path) -> None:
    foreign = tmp_path / ".seeding" / "notes.txt"
    foreign.parent.mkdir()
    foreign.write_text("mine")

    with pytest.raises(WorldUnwritable):
        write(tmp_path, MIN_PEOPLE, 1)
    assert foreign.read_text() == "mine"


@pytest.mark.parametrize("file", FILES)
def test_a_world_that_lacks_a_file_is_broken(tmp_path: Path, file: str) -> None:
    write(tmp_path, MIN_PEOPLE, 1)
    (tmp_path / file).unlink()

    with pytest.raises(WorldBroken, match=f"lacks {file}"):
        inspect(tmp_path)


def test_a_world_of_another_version_is_broken(tmp_path: Path) -> None:
    write(tmp_path, MIN_PEOPLE, 1)
    manifest = json.loads((tmp_path / "world.json").read_text())
    (tmp_path / "world.json").write_text(json.dumps(manifest | {"format": 0}))

    with pytest.raises(WorldBroken, match="another version"):
        inspect(tmp_path)


@pytest.mark.parametrize("people", [-1, 0, MIN_PEOPLE - 1, MAX_PEOPLE + 1])
def test_a_world_too_small_or_too_large_is_refused(tmp_path: Path, people: int) -> None:
    with pytest.raises(WorldSize, match=f"{MIN_PEOPLE:,} to {MAX_PEOPLE:,}"):
        write(tmp_path / "data", people, 1)
    assert not (tmp_path / "data").exists()


def test_two_seeds_do_not_write_into_one_folder(tmp_path: Path) -> None:
    other = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)

    with pytest.raises(WorldBusy):
        write(tmp_path, MIN_PEOPLE, 1)
    os.close(other)
    write(tmp_path, MIN_PEOPLE, 1)


def test_a_path_that_is_no_folder_is_reported_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_text("a file")

    with pytest.raises(WorldUnwritable) as caught:
        write(path, MIN_PEOPLE, 1)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, WorldError)


def test_progress_counts_all_people_and_then_reports_indexing(tmp_path: Path) -> None:
    steps: list[Progress] = []
    write(tmp_path, 4_100, 1, steps.append)

    assert [each.people for each in steps] == sorted(each.people for each in steps)
    assert steps[-2:] == [Progress(4_100, 4_100), Progress(4_100, 4_100, "Making indexes")]
    assert {each.of for each in steps} == {4_100}
