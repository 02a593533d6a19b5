"""A field stop in parts beside the same stop as a whole: `python -m bench.parts`.

Latency: one stop after another, each asked both ways, with sources as slow as a profile says. The first part is
compared with its own sources, by the times in its `extensions.inquiry`, and with its fields alone. CPU: one server
without a profile, in rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

import orjson
from rich.console import Console
from rich.table import Table

from bench import load
from bench.contenders import CONTENDERS, investigator, serve
from bench.data_folder import BUILD, fresh_data_folder, world_folder
from bench.machine import CpuMonitor
from bench.processes import ReportProgress, serving
from bench.results import Measurement, percentile
from bench.rounds import RoundDurations, RunningContender, measure_rounds
from bench.workloads import DEMO_PEOPLE, INQUIRY, PLATES, Workload

PEOPLE, STOPS, CONNECTIONS = 5_000, 25, 8
PROFILES: Final = ("field-day", "history-slow")
JSON: Final = "application/json"
PARTS: Final = "multipart/mixed; incrementalSpec=v0.2"
DURATIONS = RoundDurations(rounds=49, seconds=0.1, warm_seconds=0.5, compared=0)

STOP: Final = """\
query Stop($plate: String!, $driver: ID!)%s {
  vehicle(by: { plate: { number: $plate } }) { vin year make model color registration { status expiresOn } stolen }
  person(id: $driver) {
    safety { complete unanswered lines { rank words number about act } more }
    id name { full } birthDate
    warrants { number category status offense extradition bailCents }
    protectiveOrders { number enforcement conditions brady }
    %s
  }
}
"""
HISTORY: Final = "criminalHistory { cycles { arrestedOn charges { offense disposition { kind } } } }"
DEFERRED: Final = f"... @defer {{ {HISTORY} }}"
WHOLE, IGNORED, IN_PARTS = "whole, without @defer", "whole, with @defer", "in parts"


@dataclass(frozen=True, slots=True)
class Reply:
    """When a reply or a part of one was there, and how long each source took that it had asked."""

    ms: float
    sources_ms: Mapping[str, int]

    @property
    def slowest_source_ms(self) -> int:
        return max(self.sources_ms.values())

    @property
    def slowest_chain_ms(self) -> int:
        """Two sources, one after the other: STOP asks the others by a vehicle or a person that is there."""
        by_vehicle = self.sources_ms["vehicles"] + self.sources_ms["property"]
        after_persons = self.sources_ms.keys() - {"persons", "vehicles", "property"}
        return max(by_vehicle, self.sources_ms["persons"] + max(self.sources_ms[name] for name in after_persons))


@dataclass(frozen=True, slots=True)
class MeasuredPair:
    """One stop, asked whole and in parts. `first` is the first part; `alone` has the same fields and no others."""

    whole_ms: float
    last_ms: float
    first: Reply
    alone: Reply


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench.parts", description=__doc__)
    arguments.add_argument("--stops", type=int, default=STOPS, help="stops of each profile")
    arguments.add_argument("--rounds", type=int, default=DURATIONS.rounds, help="rounds of CPU")
    options = arguments.parse_args()
    console = Console()
    monitor = CpuMonitor()
    with console.status("") as status:
        data = world_folder(BUILD, PEOPLE, status.update)
        stops = {profile: latencies(data, profile, options.stops, status.update) for profile in PROFILES}
        measured = cpu(data, replace(DURATIONS, rounds=options.rounds), status.update)
    for profile, found in stops.items():
        console.print(latency_table(profile, found))
    console.print(cpu_table(measured))
    console.print(f"Other work used {monitor.other_cpu_percent()}% of the machine's CPU.")


def variables(data: Path, count: int) -> list[dict[str, str]]:
    """Plates and drivers, each driver with a criminal history number."""
    rng = random.Random(1)
    with closing(_opened(data / "vehicles.db")) as vehicles, closing(_opened(data / "persons.db")) as persons:
        plates = [plate for (plate,) in vehicles.execute(PLATES)]
        known = "SELECT id FROM person WHERE cii_number IS NOT NULL AND id > ? ORDER BY id"
        drivers = [id for (id,) in persons.execute(known, [f"P{DEMO_PEOPLE:07}"])]
    return [
        {"plate": plate, "driver": driver}
        for plate, driver in zip(rng.sample(plates, count), rng.sample(drivers, count), strict=True)
    ]


def latencies(data: Path, profile: str, count: int, report_progress: ReportProgress) -> list[MeasuredPair]:
    """Stops one after another at a server whose sources follow a profile."""
    folder = fresh_data_folder(data, data.with_name(f"{data.name}-parts"))
    headers = investigator(folder)
    with serving([*serve(folder), "--profile", profile]) as server:

        async def measured() -> list[MeasuredPair]:
            found = []
            for number, each in enumerate([*variables(data, count + 1)]):
                report_progress(f"{profile}: stop {number} of {count}")
                requests = [
                    load.http_request(
                        orjson.dumps({"query": STOP % (INQUIRY, history), "variables": each}), headers, accept=accept
                    )
                    for history, accept in ((DEFERRED, JSON), (DEFERRED, PARTS), ("", JSON))
                ]
                order = (-1) ** number
                whole, parts, alone = [await _timed(server.port, each) for each in requests[::order]][::order]
                found.append(MeasuredPair(whole[0][0], parts[-1][0], _reply(*parts[0]), _reply(*alone[0])))
            return found[1:]  # the first request plans the operation

        return asyncio.run(measured())


async def _timed(port: int, request: bytes) -> list[tuple[float, bytes]]:
    """When each part of the response was there, and its bytes; a whole response is one."""
    reader, writer = await load.connect(port)
    try:
        began = perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise load.UnexpectedResponse(head.decode())
        _, has_length, rest = head.partition(b"\r\ncontent-length:")
        if has_length:
            body = await reader.readexactly(int(rest.partition(b"\r\n")[0]))
            return [((perf_counter() - began) * 1_000, body)]
        return [((perf_counter() - began) * 1_000, each) async for each in load.chunks(reader)]
    finally:
        writer.close()


def _reply(ms: float, body: bytes) -> Reply:
    """Of a whole response, or of the first part of one."""
    if body.startswith(b"---"):
        body = body.partition(b"\r\n\r\n")[2].rpartition(b"\r\n---")[0]
    payload: dict[str, Any] = orjson.loads(body)
    if "errors" in payload:
        raise load.UnexpectedResponse(f"a source that is not late has errors: {payload['errors'][:2]}")
    sources = payload["extensions"]["inquiry"]["sources"]
    return Reply(ms, {each["name"]: each["ms"] for each in sources if "ms" in each})


def cpu(data: Path, durations: RoundDurations, report_progress: ReportProgress) -> list[Measurement]:
    """The same stops three ways, alternately, of one server that is as fast as it can be."""
    folder = fresh_data_folder(data, data.with_name(f"{data.name}-parts"))
    headers, sets = investigator(folder), tuple(variables(data, 400))
    server_config = next(each for each in CONTENDERS if each.key == "whole")
    with serving(serve(folder)) as server:
        running, workload = [], Workload("a stop", 1, (CONNECTIONS,), "", sets)
        for key, history, accept in ((WHOLE, HISTORY, JSON), (IGNORED, DEFERRED, JSON), (IN_PARTS, DEFERRED, PARTS)):
            query = STOP % (INQUIRY, history)
            bodies = [orjson.dumps({"query": query, "variables": each}) for each in sets]
            requests = [load.http_request(body, headers, accept=accept) for body in bodies]
            running.append(RunningContender(replace(server_config, key=key), server, {workload.name: requests}, folder))
        return measure_rounds(running, [workload], durations, report_progress)


def latency_table(profile: str, stops: Sequence[MeasuredPair]) -> Table:
    """Median and p90 of the stops of a profile, and how the first part compares with its sources."""
    shown = Table("", "median ms", "p90 ms", title=f"{profile}: {len(stops)} stops")
    rows: dict[str, list[float]] = {
        "whole reply": [each.whole_ms for each in stops],
        "last part": [each.last_ms for each in stops],
        "first part": [each.first.ms for each in stops],
        "its slowest source": [each.first.slowest_source_ms for each in stops],
        "its slowest chain of two sources": [each.first.slowest_chain_ms for each in stops],
        "the same fields alone": [each.alone.ms for each in stops],
    }
    for name, values in rows.items():
        shown.add_row(name, f"{median(values):,.0f}", f"{percentile(sorted(values), 90):,.0f}")
    ratios = {
        "first part / its slowest source": [each.first.ms / each.first.slowest_source_ms for each in stops],
        "first part / its slowest chain": [each.first.ms / each.first.slowest_chain_ms for each in stops],
        "the same fields alone / their slowest chain": [each.alone.ms / each.alone.slowest_chain_ms for each in stops],
        "first part / whole reply": [each.first.ms / each.whole_ms for each in stops],
    }
    for name, values in ratios.items():
        shown.add_row(name, f"{median(values):.2f} x", f"{percentile(sorted(values), 90):.2f} x")
    return shown


def cpu_table(measured: Sequence[Measurement]) -> Table:
    """CPU of a request in each way, and its ratio to the whole in the same round."""
    by_way = {key: [each.cpu_ms for each in measured if each.contender == key] for key in (WHOLE, IGNORED, IN_PARTS)}
    rounds = len(by_way[WHOLE])
    title = f"CPU ms a request, median of {rounds} rounds, {CONNECTIONS} at once"
    shown = Table("", "CPU ms", "of the whole", title=title)
    for key, values in by_way.items():
        ratio = median(each / whole for each, whole in zip(values, by_way[WHOLE], strict=True))
        shown.add_row(key, f"{median(values):.2f}", f"{ratio:.2f} x")
    return shown


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


if __name__ == "__main__":
    main()
