"""Duration of searches, cold and warm, in a world of any size: `python -m bench.search --data DIR`.

It queries the sources directly, with an officer's grant, for twenty hits and the columns of a list. Cold means a new
connection after the operating system was asked to drop the file from its cache. Compared are the distinct names that
share a key with a name asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from bench.name_matches import officer_grant
from engine.authorization import Visible
from resolvers.birth_dates import BirthDate
from resolvers.catalogue import open_sources
from resolvers.fetch import Fetch
from resolvers.name_search import NameSearch, by_name, candidates
from resolvers.paging import Cursors, Page
from resolvers.vehicle_search import TERMS, VehicleSearch, by_description

PERSON_COLUMNS = ("id", "given", "middle", "surname", "suffix", "birth_date", "sex", "race", "height_inches", "aliases")
VEHICLE_COLUMNS = ("vin", "plate", "plate_state", "year", "make", "model", "style", "color", "is_stolen")
BIRTH_DATE = "1980-05-05"
PAGE = Page(20, None, b"", Cursors(bytes(32)))


def person(
    surname: str, given: str | None = None, birth_date: str | None = None, *, expand: bool = False
) -> NameSearch:
    born = BirthDate.parse(birth_date, expand=expand) if birth_date else None
    return NameSearch(surname=surname, given=given, birth_date=born, sex=None, race=None, page=PAGE)


def vehicle(**conditions: Any) -> VehicleSearch:
    return VehicleSearch(**dict.fromkeys(TERMS) | conditions, page=PAGE)


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


async def measure(folder: Path, rounds: int) -> None:
    print(f"{'search':42}{'hits':>8}{'compared':>10}{'cold ms':>10}{'warm ms':>10}{'p99 ms':>10}")
    for name, fetch, search in searches():
        names = PERSON_COLUMNS if fetch is by_name else VEHICLE_COLUMNS
        columns = [Visible(column, is_masked=False) for column in sorted(names)]
        sources = open_sources(folder, connections=1, deadline_s=60)
        _drop_from_cache(folder / f"{fetch.source}.db")
        durations_ms = []
        for _ in range(1 + rounds):
            began = perf_counter()
            batch = await fetch.read(sources[fetch.source], officer_grant(), [search], columns)
            durations_ms.append((perf_counter() - began) * 1_000)
        compared = ""
        if isinstance(search, NameSearch):
            compared = str((await candidates(sources[fetch.source], search, officer_grant())).scored)
        for source in sources.values():
            await source.close()
        total = batch.found[search]["total"] if search in batch.found else 0
        cold, *warm = durations_ms
        figures = f"{cold:>10.1f}{median(warm):>10.1f}{quantiles(warm, n=100)[-1]:>10.1f}"
        print(f"{name:42}{total:>8,}{compared:>10}{figures}", flush=True)


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
    options = arguments.parse_args()
    asyncio.run(measure(options.data, options.rounds))


if __name__ == "__main__":
    main()
