"""A whole synthetic world in a folder: written whole or not at all, and recognised again. Knows of no single record.

The folder is shared: the journal and the keys in it belong to others and are never touched.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from seed import criminal_history, demo, persons, protective_orders, vehicles, warrants
from seed.chance import Chance
from seed.errors import WorldBroken, WorldBusy, WorldExists, WorldSize, WorldUnwritable
from seed.files import FILES, SourceFiles
from seed.numbers import Numbers

FORMAT: Final = 1  # rises when the files of an older seed can no longer be read
FEWEST: Final = len(demo.PEOPLE)
MOST: Final = 9_999_999  # person ids have seven digits

_MANIFEST: Final = "world.json"
# Inside the data folder, not beside it: renaming works only within one file system, and in a
# container the data folder is often a mount of its own.
_UNFINISHED: Final = ".seeding"
_BLOCK: Final = 4_000  # people in memory at a time


@dataclass(frozen=True, slots=True)
class World:
    """A finished world: who made it, and where it is."""

    folder: Path
    people: int
    rng: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the writing has got; `is_indexing` once all people are written."""

    people: int
    of: int
    is_indexing: bool = False


def write(
    folder: Path,
    people: int,
    rng: int,
    progress: Callable[[Progress], None] | None = None,
    *,
    overwrite: bool = False,
) -> World:
    """Write the world that (people, rng) stands for; `people` counts the demonstration people.

    Shape:  the same rows for the same (people, rng), whatever the machine, the day or the hash seed.
    Raises: WorldSize, WorldBusy, WorldUnwritable; WorldExists if a finished one is there and must not be overwritten.
    """
    if not FEWEST <= people <= MOST:
        raise WorldSize(f"A world has {FEWEST:,} to {MOST:,} people, the demonstration's {FEWEST} among them.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            if not overwrite and _manifest(folder).get("finished") is True:
                raise WorldExists(f"{folder} already holds a world; --overwrite writes another in its place.")
            world = World(folder, people, rng)
            with _unfinished(folder) as parts:
                _fill(parts, world, progress or (lambda _: None))
                _place(parts, world)
            return world
    except (OSError, sqlite3.Error) as fault:
        raise WorldUnwritable(f"Cannot write a world into {folder}: {fault}") from fault


def inspect(folder: Path) -> World | None:
    """The finished world in this folder, or None where there is none at all.

    Raises: WorldBroken if it is half-written, lacks a file, or is of another format.
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
    return World(folder, int(manifest["people"]), int(manifest["rng"]))


def _fill(parts: Path, world: World, progress: Callable[[Progress], None]) -> None:
    chance = Chance(world.rng)
    numbers = Numbers(chance)
    neighbour = None
    with SourceFiles(parts) as sources:
        sources.write(demo.records())
        for start in range(FEWEST + 1, world.people + 1, _BLOCK):
            block: list[tuple[object, ...]] = []
            end = min(start + _BLOCK, world.people + 1)
            for number in range(start, end):
                person, others, life = persons.draw(number, chance, numbers, neighbour)
                block += persons.rows(number, person, others)
                block += vehicles.draw(person, life.vehicles, chance, numbers)
                block += warrants.draw(person, life.warrants, chance, numbers)
                block += protective_orders.draw(person, life.orders, chance, numbers)
                block += criminal_history.draw(person, life.cycles, chance, numbers)
                neighbour = person
            sources.write(block)
            progress(Progress(end - 1, world.people))
        progress(Progress(world.people, world.people, is_indexing=True))
        sources.finish()


def _place(parts: Path, world: World) -> None:
    """Put the finished files in their place; until the manifest says so, the world counts as half-written."""
    manifest = {"people": world.people, "rng": world.rng, "format": FORMAT}
    _write_manifest(parts, world.folder, {**manifest, "finished": False})
    for file in FILES:
        (parts / file).replace(world.folder / file)
    _write_manifest(parts, world.folder, {**manifest, "finished": True})


def _write_manifest(parts: Path, folder: Path, manifest: dict[str, Any]) -> None:
    draft = parts / _MANIFEST
    with draft.open("w", encoding="utf-8") as file:
        json.dump(manifest, file)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / _MANIFEST)


def _manifest(folder: Path) -> dict[str, Any]:
    """What the folder says of its world, and nothing where it has none; what cannot be read is unfinished."""
    unfinished = {"finished": False}
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        return unfinished
    return manifest if isinstance(manifest, dict) and manifest else unfinished


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A folder for what is not finished, gone afterwards with all that was ours in it."""
    parts = folder / _UNFINISHED
    _clear(parts)  # what a killed seed left behind
    parts.mkdir()
    try:
        yield parts
    finally:
        _clear(parts)


def _clear(parts: Path) -> None:
    """Remove our own files and the folder; what is somebody else's stays, and so does the folder then."""
    for file in (*FILES, _MANIFEST):
        (parts / file).unlink(missing_ok=True)
    if parts.exists():
        parts.rmdir()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep a second seed out of the folder; the system lets go of the lock however this process ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise WorldBusy(f"Another seed is writing into {folder}; wait until it is done.") from None
    try:
        yield
    finally:
        os.close(descriptor)
