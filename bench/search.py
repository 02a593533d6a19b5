"""Duration of searches, cold and warm, in a world of any size: `python -m bench.search --data DIR`.

It queries the sources directly, with an officer's grant, for twenty hits and the columns of a list. Cold means a new
connection after the operating system was asked to drop the file from its cache. Compared are the distinct names that
share a key with a name asked for. With `--postgres`, the world is first copied into a new PostgreSQL server; cold is
then a new connection only.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import fields
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from bench.name_matches import officer_grant
from bench.postgres_server import DURABLE, PostgresServer, server_folder
from engine.authorization import Visible
from resolvers.birth_dates import BirthDate
from resolvers.catalogue import open_file
from resolvers.fetch import Fetch
from resolvers.name_search import NameSearch, by_name, candidates
from resolvers.paging import Cursors, Page
from resolvers.vehicle_search import VehicleSearch, by_description
from seed.postgres import copy_world
from sources.postgres.address import Address
from sources.postgres.source import PostgresSource
from sources.source import Source

PERSON_COLUMNS = ("id", "given", "middle", "surname", "suffix", "birth_date", "sex", "race", "height_inches", "aliases")
VEHICLE_COLUMNS = ("vin", "plate", "plate_state", "year", "make", "model", "style", "color")
BIRTH_DATE = "1980-05-05"
DEADLINE_S = 60
LARGE = {**DURABLE, "shared_buffers": "2GB", "max_wal_size": "4GB", "maintenance_work_mem": "256MB"}
PAGE = Page(20, None, b"", Cursors(bytes(32)))


def person(
    surname: str, given: str | None = None, birth_date: str | None = None, *, expand: bool = False
) -> NameSearch:
    born = BirthDate.parse(birth_date, expand=expand) if birth_date else None
    return NameSearch(surname=surname, given=given, birth_date=born, sex=None, race=None, page=PAGE)


def vehicle(**conditions: Any) -> VehicleSearch:
    terms: dict[str, Any] = dict.fromkeys(each.name for each in fields(VehicleSearch))
    return VehicleSearch(**terms | conditions | {"page": PAGE})


def searches() -> Iterator[tuple[str, Fetch, NameSearch | VehicleSearch]]:
    """Searches, each with its name in the table."""
    yield "surname alone: Garcia", by_name, person("Garcia")
    yield "surname alone: Smith", by_name, person("Smith")
    yield "surname, given: Smith, John", by_name, person("Smith", "John")
    yield "surname, given: Garcia, Maria", by_name, person("Garcia", "Maria")
    yield "surname, given: Jones, Bill", by_name, person("Jones", "Bill")
    yield "surname, initial: Smith, J", by_name, person("Smith", "J")
    yield "surname, birth date: Garcia", by_name, person("Garcia", None, BIRTH_DATE)
    yield "surname, birth date within a year: Garcia", by_name, person("Garcia", None, BIRTH_DATE, expand=True)
    yield "all of it, within a year: Garcia, Maria", by_name, person("Garcia", "Maria", BIRTH_DATE, expand=True)
    yield "swapped: John, Smith", by_name, person("John", "Smith")
    yield "rare surname: Thornquist", by_name, person("Thornquist")
    yield "part of a plate: 7A", by_description, vehicle(plate_start="7A")
    yield "part of a plate: 7AB1", by_description, vehicle(plate_start="7AB1")
    yield "make alone: Toyota", by_description, vehicle(make="TOYT")
    yield "make, model, colour, years", by_description, vehicle(make="TOYT", model="Camry", color="RED", year_from=2015)
    yield "make and colour, none such", by_description, vehicle(make="TOYT", color="PNK")


Sources = Callable[[str], Source]
"""A new source by its name, which nothing has read yet."""


async def measure(opened: Sources, rounds: int) -> None:
    print(f"{'search':42}{'hits':>8}{'compared':>10}{'cold ms':>10}{'warm ms':>10}{'p99 ms':>10}")
    for name, fetch, search in searches():
        names = PERSON_COLUMNS if fetch is by_name else VEHICLE_COLUMNS
        columns = [Visible(column, is_masked=False) for column in sorted(names)]
        source = opened(fetch.source)
        durations_ms = []
        for _ in range(1 + rounds):
            began = perf_counter()
            batch = await fetch.read(source, officer_grant(), [search], columns)
            durations_ms.append((perf_counter() - began) * 1_000)
        compared = ""
        if isinstance(search, NameSearch):
            compared = str((await candidates(source, search, officer_grant())).scored)
        await source.close()
        total = batch.found[search]["total"] if search in batch.found else 0
        cold, *warm = durations_ms
        figures = f"{cold:>10.1f}{median(warm):>10.1f}{quantiles(warm, n=100)[-1]:>10.1f}"
        print(f"{name:42}{total:>8,}{compared:>10}{figures}", flush=True)


def in_files(folder: Path) -> Sources:
    def opened(name: str) -> Source:
        file = folder / f"{name}.db"
        _drop_from_cache(file)
        return open_file(name, file, connections=1, deadline_s=DEADLINE_S)

    return opened


@contextmanager
def in_postgres(folder: Path) -> Iterator[Sources]:
    with server_folder() as created, PostgresServer.create(created / "cluster", LARGE) as server:
        address = Address.parse(server.url())
        began = perf_counter()
        copy_world(folder, address)
        peak_mib = getrusage(RUSAGE_SELF).ru_maxrss / 1024
        print(f"copied in {perf_counter() - began:.0f} s, with {peak_mib:.0f} MiB of memory at most", flush=True)
        yield lambda name: PostgresSource(name, address, connections=1, deadline_s=DEADLINE_S, is_searched=True)


def _drop_from_cache(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True, help="a folder that `needtoknow seed` has written")
    arguments.add_argument("--rounds", type=int, default=200, help="warm rounds of each search")
    arguments.add_argument("--postgres", action="store_true", help="search a copy of it in a PostgreSQL server")
    options = arguments.parse_args()
    place = in_postgres(options.data) if options.postgres else nullcontext(in_files(options.data))
    with place as opened:
        asyncio.run(measure(opened, options.rounds))


if __name__ == "__main__":
    main()
