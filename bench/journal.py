"""How many entries a second the journal makes durable, and how long each waits: `python -m bench.journal`.

It knows nothing of the server. The disk decides: give `--folder` one that is like the one the journal will be on.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path
from statistics import quantiles
from time import perf_counter, process_time

from audit.entry import Denial, Entry, Kind, SourceAnswer
from audit.journal import Journal

SOURCES = ("persons", "vehicles", "warrants", "protective_orders", "criminal_history")


def release() -> Entry:
    """An entry of the usual size, about 1.5 kB: one person, everything asked, something denied."""
    return Entry(
        kind=Kind.RELEASE,
        user="demo-patrol",
        role="patrol",
        agency="CA0190000",
        certified_until="2027-01-01",
        assurance="aal1",
        address="127.0.0.1",
        purpose="C",
        reason="TRAFFIC_STOP",
        attention="Lee 4417",
        operation_name="FieldStop",
        document_sha256="ab" * 32,
        policy_version="0123456789ab",
        record_ids=("persons/P0000001", "vehicles/1HGCM82633A004352", "warrants/W000000001"),
        released=tuple(f"Person.field{number}" for number in range(20)),
        masked=("Person.ssn",),
        denied=(Denial(field="CriminalHistory.cycles", record_class="CONVICTION", rule="PC 11105"),),
        exclusions=(Denial(record_class="SEALED", rule="PC 851.92", needs=("CASE_NUMBER", "AAL2")),),
        sources=tuple(SourceAnswer(name=name, status="OK") for name in SOURCES),
        outcome="RELEASED",
    )


async def measure(folder: Path, appenders: int, seconds: float) -> str:
    journal = await Journal.open(folder / f"{appenders}.db", deadline_s=30)
    waits: list[float] = []
    began, began_cpu = perf_counter(), process_time()

    async def append_on() -> None:
        while (asked := perf_counter()) < began + seconds:
            await journal.append(release())
            waits.append((perf_counter() - asked) * 1_000)

    await asyncio.gather(*(append_on() for _ in range(appenders)))
    took, cpu = perf_counter() - began, process_time() - began_cpu
    await journal.close()
    percent = quantiles(waits, n=100)
    return (
        f"{appenders:>9} {len(waits) / took:>10,.0f} {percent[49]:>8.2f} {percent[94]:>8.2f} {percent[98]:>8.2f}"
        f" {cpu / len(waits) * 1_000_000:>9.0f}"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folder", type=Path, help="where to write; a temporary folder if not given")
    arguments.add_argument("--seconds", type=float, default=3.0, help="for each line")
    arguments.add_argument("--appenders", type=int, nargs="+", default=[1, 8, 64])
    asked = arguments.parse_args()
    print("appenders  entries/s   p50 ms   p95 ms   p99 ms    cpu µs")
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        for appenders in asked.appenders:
            print(asyncio.run(measure(Path(folder), appenders, asked.seconds)), flush=True)


if __name__ == "__main__":
    main()
