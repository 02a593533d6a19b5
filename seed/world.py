"""A synthetic world in a data folder: written completely or not at all.

The folder also holds the journal and keys of the server, which are never touched.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from filesystem.private_file import make_private_folder, open_private
from filesystem.regular_file import read_bounded
from seed import demo, persons
from seed.catalogue import SEEDS
from seed.errors import WorldBroken, WorldBusy, WorldExists, WorldSize, WorldUnwritable
from seed.files import FILES, MANIFEST, SourceFiles
from seed.numbers import Numbers
from seed.rng import Rng
from seed.row import Row
from seed.source_seed import WorldDraws

FORMAT: Final = 6  # raised when files of an older seed cannot be read any more
MIN_PEOPLE: Final = len(demo.PEOPLE)
MAX_PEOPLE: Final = 2_500_000  # one in three of the ids: more would make an absent one a sign of a hidden person

# Inside the data folder, not beside it: renaming works only within one file system, and in a
# container the data folder is often a mount.
_UNFINISHED: Final = ".seeding"
_MANIFEST_BYTES: Final = 4_096
_BLOCK: Final = 4_000  # people in memory at a time


@dataclass(frozen=True, slots=True)
class World:
    """A finished world: its folder, size and seed number."""

    folder: Path
    people: int
    rng: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of writing: how many people, or rows, of how many; and what is done with them."""

    people: int
    of: int
    work: str = "Writing people"


def write(
    folder: Path,
    people: int,
    rng: int,
    progress: Callable[[Progress], None] | None = None,
    *,
    overwrite: bool = False,
) -> World:
    """Write the world of (people, rng). `people` includes the demonstration people.

    Shape:  the same rows for the same (people, rng), on any machine, on any day, with any hash seed.
    Raises: WorldSize, WorldBusy, WorldUnwritable; WorldExists if there is a finished world and `overwrite` is false.
    """
    if not MIN_PEOPLE <= people <= MAX_PEOPLE:
        raise WorldSize(
            f"A world has {MIN_PEOPLE:,} to {MAX_PEOPLE:,} people, the demonstration's {MIN_PEOPLE} among them."
        )
    try:
        make_private_folder(folder)
        with _locked(folder):
            if not overwrite and _manifest(folder).get("finished") is True:
                raise WorldExists(f"{folder} already holds a world; --overwrite writes another in its place.")
            world = World(folder, people, rng)
            with _unfinished(folder) as parts:
                _fill(parts, world, progress or (lambda _: None))
                _move_into_place(parts, world)
            return world
    except (OSError, sqlite3.Error) as fault:
        raise WorldUnwritable(f"Cannot write a world into {folder}: {fault}") from fault


def inspect(folder: Path) -> World | None:
    """The finished world in this folder, or None if there is none.

    Raises: WorldBroken if it is incomplete, lacks a file, or has another format.
    """
    manifest = _manifest(folder)
    again = f"run `needtoknow seed --data {folder} --overwrite` to write it anew."
    if not manifest:
        if (folder / _UNFINISHED).exists() or any((folder / file).exists() for file in FILES):
            raise WorldBroken(f"The world in {folder} is half-written: {again}")
        return None
    if manifest.get("finished") is not True:
        raise WorldBroken(f"The world in {folder} is half-written: {again}")
    if manifest.get("format") != FORMAT:
        raise WorldBroken(f"The world in {folder} was written by another version: {again}")
    for file in FILES:
        if not (folder / file).is_file():
            raise WorldBroken(f"The world in {folder} lacks {file}: {again}")
    match manifest:
        case {"people": int(people), "rng": int(rng)}:
            return World(folder, people, rng)
    raise WorldBroken(f"The world in {folder} is half-written: {again}")


def _fill(parts: Path, world: World, progress: Callable[[Progress], None]) -> None:
    rng = Rng(world.rng)
    draws = WorldDraws(world.rng, rng, Numbers(rng))
    draw_rows = [seed.start(draws) for seed in SEEDS.values()]
    people = persons.People(draws)
    with closing(SourceFiles(parts)) as sources:
        sources.write((row for each in demo.PEOPLE for row in each.rows), is_demonstration=True)
        for start in range(MIN_PEOPLE + 1, world.people + 1, _BLOCK):
            block: list[Row] = []
            end = min(start + _BLOCK, world.people + 1)
            for _ in range(start, end):
                person = people.next()
                for draw in draw_rows:
                    for table, columns in draw(person):
                        person.records[table].append(columns)
                        block.append((table, columns))
            sources.write(block)
            progress(Progress(end - 1, world.people))
        progress(Progress(world.people, world.people, "Making indexes"))
        sources.finish()


def _move_into_place(parts: Path, world: World) -> None:
    """Move the finished files into the folder. The world is unfinished until its manifest says otherwise."""
    manifest = {"people": world.people, "rng": world.rng, "format": FORMAT}
    _write_manifest(parts, world.folder, {**manifest, "finished": False})
    for file in FILES:
        (parts / file).replace(world.folder / file)
    _write_manifest(parts, world.folder, {**manifest, "finished": True})


def _write_manifest(parts: Path, folder: Path, manifest: dict[str, Any]) -> None:
    draft = parts / MANIFEST
    with open(draft, "w", encoding="utf-8", opener=open_private) as file:
        json.dump(manifest, file)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / MANIFEST)


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest; empty if there is none, and unfinished if it is no manifest. Raises: WorldBroken."""
    unfinished = {"finished": False}
    try:
        manifest = json.loads(read_bounded(folder / MANIFEST, _MANIFEST_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise WorldBroken(f"{folder / MANIFEST} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        return unfinished
    return manifest if isinstance(manifest, dict) and manifest else unfinished


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A temporary folder for unfinished files, removed on exit."""
    parts = folder / _UNFINISHED
    _clear(parts)  # left by a seed that was killed
    make_private_folder(parts)
    try:
        yield parts
    finally:
        _clear(parts)


def _clear(parts: Path) -> None:
    """Remove our own files, and the folder if it exists. Files of others stay, and are an error."""
    for file in (*FILES, MANIFEST):
        (parts / file).unlink(missing_ok=True)
    if parts.exists():
        parts.rmdir()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Exclude other seeds from the folder. The system releases the lock however this process ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WorldBusy(f"Another seed is writing into {folder}; wait until it is done.") from None
        yield
    finally:
        os.close(descriptor)
