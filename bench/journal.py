"""Throughput and latency of the journal, measured alone: part of `make bench`.

`python -m bench.journal` has more options. The disk decides the figures: choose with `--folder` a disk like the one
that will hold the journal.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter, process_time

from audit.checkpointer import Checkpointer
from audit.entry import Denial, Entry, Kind, SourceAnswer
from audit.signed_note import Signer, new_key
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.store import SqliteStore
from bench.results import JournalResult
from resolvers.catalogue import NAMES

PEOPLE = 100_000


def release(record_ids: tuple[str, ...]) -> Entry:
    """A release of typical size, about 1.3 kB besides its record ids."""
    return Entry(
        kind=Kind.RELEASE,
        user="demo-patrol",
        role="patrol",
        agency="CA9190000",
        certified_until="2027-01-01",
        assurance="aal1",
        address="127.0.0.1",
        purpose="C",
        reason="TRAFFIC_STOP",
        attention="Lee 4417",
        operation_name="FieldStop",
        document_sha256="ab" * 32,
        policy_version="0123456789ab",
        record_ids=record_ids,
        released=tuple(f"Person.field{number}" for number in range(20)),
        masked=("Person.ssn",),
        denied=(Denial(field="CriminalHistory.cycles", record_class="CONVICTION", rule="PC 11105"),),
        exclusions=(Denial(record_class="SEALED", rule="PC 851.92", needs=("CASE_NUMBER", "AAL2")),),
        sources=tuple(SourceAnswer(name=name, status="OK") for name in NAMES),
        outcome="RELEASED",
    )


@dataclass(frozen=True)
class JournalMode:
    """Journal configuration: number of writing processes, and with checkpoints (the default) or without."""

    title: str
    writers: int
    is_signed: bool


@dataclass(frozen=True)
class Load:
    """Entries to append: record ids in each, concurrent appenders in all processes together, seconds."""

    records: int
    appenders: int
    seconds: float


MODES = (JournalMode("unsigned", 1, False), JournalMode("signed", 1, True), JournalMode("2 writers", 2, True))


@dataclass(frozen=True)
class WriterResult:
    """Result of one writer: seconds, CPU seconds, and each entry's latency in milliseconds."""

    seconds: float
    cpu_s: float
    latencies_ms: list[float]


async def write(path: Path, mode: JournalMode, load: Load, start: Callable[[], object]) -> WriterResult:
    """Append concurrently until the time is over. `start` waits for the other writers."""
    rng = Random()
    people = rng.sample([f"persons/P{number:07}" for number in range(PEOPLE)], PEOPLE)
    signer = Signer("bench", path.with_name("bench.key").read_bytes())
    checkpointer = Checkpointer(SqliteStore(path), path.with_suffix(".jsonl"), signer) if mode.is_signed else None
    journal = await SqliteJournal.open(path, deadline_s=30, checkpointer=checkpointer)
    latencies: list[float] = []
    await asyncio.to_thread(start)
    began, began_cpu = perf_counter(), process_time()

    async def append_until_the_end() -> None:
        while (sent := perf_counter()) < began + load.seconds:
            first = rng.randrange(PEOPLE - load.records)
            await journal.append(release(tuple(people[first : first + load.records])))
            latencies.append((perf_counter() - sent) * 1_000)

    await asyncio.gather(*(append_until_the_end() for _ in range(load.appenders // mode.writers)))
    measured = WriterResult(perf_counter() - began, process_time() - began_cpu, latencies)
    await journal.close()
    return measured


def run_writer(barrier: Barrier, results: Queue[WriterResult], path: Path, mode: JournalMode, load: Load) -> None:
    results.put(asyncio.run(write(path, mode, load, barrier.wait)))


def measure(path: Path, mode: JournalMode, load: Load) -> list[WriterResult]:
    spawn = get_context("spawn")
    barrier, results = spawn.Barrier(mode.writers), spawn.Queue()
    arguments = (barrier, results, path, mode, load)
    processes = [spawn.Process(target=run_writer, args=arguments) for _ in range(mode.writers)]
    for process in processes:
        process.start()
    writers = [results.get() for _ in processes]
    for process in processes:
        process.join()
    return writers


def summarize(mode: JournalMode, load: Load, rounds: list[list[WriterResult]]) -> JournalResult:
    all_writers = [writer for writers in rounds for writer in writers]
    latencies = [latency for writer in all_writers for latency in writer.latencies_ms]
    percentiles = quantiles(latencies, n=100)
    return JournalResult(
        mode=mode.title,
        records=load.records,
        appenders=load.appenders,
        per_s=median(sum(len(writer.latencies_ms) / writer.seconds for writer in writers) for writers in rounds),
        p50_ms=percentiles[49],
        p95_ms=percentiles[94],
        p99_ms=percentiles[98],
        cpu_us=sum(writer.cpu_s for writer in all_writers) / len(latencies) * 1_000_000,
    )


def measure_modes(parent: Path | None, loads: Iterable[Load], rounds: int) -> Iterator[JournalResult]:
    """Measure every mode at every load, alternately, in temporary files below `parent`."""
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        Path(folder, "bench.key").write_bytes(new_key())
        for load in loads:
            measured: dict[JournalMode, list[list[WriterResult]]] = {mode: [] for mode in MODES}
            for number in range(rounds):
                for mode in MODES:
                    path = Path(folder, f"{load.records}-{load.appenders}-{mode.title}-{number}.db")
                    measured[mode].append(measure(path, mode, load))
            yield from (summarize(mode, load, measured[mode]) for mode in MODES)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folder", type=Path, help="where to write; a temporary folder if not given")
    arguments.add_argument("--seconds", type=float, default=3.0, help="for each mode in each round")
    arguments.add_argument("--rounds", type=int, default=3, help="in which the modes alternate")
    arguments.add_argument(
        "--appenders", type=int, nargs="+", default=[2, 8, 64], help="concurrent appenders, in all writers together"
    )
    arguments.add_argument("--records", type=int, nargs="+", default=[3, 500], help="record ids in each entry")
    options = arguments.parse_args()
    print("records appenders  journal   entries/s   p50 ms   p95 ms   p99 ms   cpu µs")
    loads = [
        Load(records, appenders, options.seconds) for records, appenders in product(options.records, options.appenders)
    ]
    for result in measure_modes(options.folder, loads, options.rounds):
        print(
            f"{result.records:>7} {result.appenders:>9}  {result.mode:<9} {result.per_s:>9,.0f} "
            f"{result.p50_ms:>8.2f} {result.p95_ms:>8.2f} {result.p99_ms:>8.2f} {result.cpu_us:>8.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
