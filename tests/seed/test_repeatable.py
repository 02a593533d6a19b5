"""A seed number always gives the same world."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from seed.files import FILES
from seed.world import MIN_PEOPLE, write

CHECKOUT = Path(__file__).parents[2]
SMALL = MIN_PEOPLE + 400


def digest(folder: Path) -> str:
    """A hash of all rows of all tables of all sources, in stored order."""
    found = hashlib.sha256()
    for file in FILES:
        with closing(sqlite3.connect(folder / file)) as connection:
            for line in connection.iterdump():
                found.update(line.encode())
    return found.hexdigest()


def demonstration(folder: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "persons.db")) as connection:
        return connection.execute("SELECT * FROM person WHERE rowid <= ?", (MIN_PEOPLE,)).fetchall()


def test_equal_arguments_give_equal_files(tmp_path: Path) -> None:
    write(tmp_path / "one", SMALL, 7)
    write(tmp_path / "two", SMALL, 7)

    first, second = ([(tmp_path / name / file).read_bytes() for file in FILES] for name in ("one", "two"))
    assert first == second


def test_another_seed_number_gives_another_world(tmp_path: Path) -> None:
    write(tmp_path / "one", SMALL, 7)
    write(tmp_path / "two", SMALL, 8)

    assert digest(tmp_path / "one") != digest(tmp_path / "two")


@pytest.mark.slow
def test_the_hash_seed_of_the_process_has_no_effect(tmp_path: Path) -> None:
    program = f"from pathlib import Path; from seed.world import write; write(Path('world'), {SMALL}, 7)"
    digests = set()
    for hash_seed in ("0", "1"):
        folder = tmp_path / hash_seed
        folder.mkdir()
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(CHECKOUT)}
        subprocess.run([sys.executable, "-c", program], cwd=folder, env=environment, check=True)
        digests.add(digest(folder / "world"))

    assert len(digests) == 1


@pytest.mark.parametrize(("people", "rng"), [(MIN_PEOPLE, 1), (SMALL, 2), (SMALL, -3)])
def test_the_demonstration_people_are_the_same_in_every_world(tmp_path: Path, people: int, rng: int) -> None:
    write(tmp_path / "one", MIN_PEOPLE, 0)
    write(tmp_path / "two", people, rng)

    assert demonstration(tmp_path / "one") == demonstration(tmp_path / "two")
