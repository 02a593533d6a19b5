"""Two servers config by config: their order, their data folders, and the differences computed from their pairs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from bench.arrivals import ab_servers
from bench.arrivals.ab_servers import Pair, ServerConfig, alternately, concurrently
from bench.arrivals.durations import QUICK
from bench.arrivals.k6 import NotMeasured, StepResult, Target
from bench.arrivals.responses import Response, Step
from bench.data_folder import fresh_data_folder
from bench.processes import ReportProgress, Server
from resolvers.catalogue import NAMES

FIRST, SECOND = (Target(Server(1, port), [], {}) for port in (1, 2))


def result(*latencies_ms: float, workload: str = "a plate", cpu_s: float = 1) -> StepResult:
    responses = [Response(workload, 0, latency_ms, 200, (), "id", "t") for latency_ms in latencies_ms]
    return StepResult(Step.of(10, 1, responses, dropped=0, server_cpu_s=cpu_s, load_cpu_s=0), responses)


def latencies(pair: Pair) -> tuple[float, float]:
    return pair.first.responses[0].latency_ms, pair.second.responses[0].latency_ms


def test_servers_alternate_so_that_neither_always_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[int] = []

    def run_step(target: Target, _rate: int, _seconds: float, report_progress: ReportProgress) -> StepResult:
        measured.append(target.server.port)
        report_progress("under way")
        return result(target.server.port)

    monkeypatch.setattr(ab_servers, "run_step", run_step)
    progress: list[str] = []
    pairs = alternately(FIRST, SECOND, 10, replace(QUICK, blocks=2), progress.append)

    assert measured == [1, 2, 2, 1, 1, 2, 2, 1]
    assert [latencies(pair) for pair in pairs] == [(1, 2)] * 4
    assert progress[-1] == "block 2 of 2: under way"


def test_concurrent_servers_are_new_and_get_the_same_load_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[str] = []
    measured: list[tuple[int, int, int, float]] = []
    both = Barrier(2)

    @contextmanager
    def running_server(config: ServerConfig, _arrivals: object, _progress: ReportProgress) -> Iterator[Target]:
        started.append(config.title)
        yield Target(Server(1, 1 if config.title == "first" else 2), [], {})
        started.append(f"end of {config.title}")

    def run_step(target: Target, rate: int, seconds: float, report_progress: ReportProgress) -> StepResult:
        if rate != ab_servers.WARM_RATE:
            both.wait(30)
            measured.append((target.server.port, target.used, rate, seconds))
            report_progress("under way")
        return result(target.server.port, cpu_s=0.005)

    monkeypatch.setattr(ab_servers, "running_server", running_server)
    monkeypatch.setattr(ab_servers, "run_step", run_step)
    progress: list[str] = []
    first, second = (ServerConfig(title, tmp_path) for title in ("first", "second"))
    pairs = concurrently(first, second, [], replace(QUICK, starts=2, concurrent_s=2), progress.append)

    assert started == [
        *("first", "second", "end of second", "end of first"),
        *("second", "first", "end of first", "end of second"),
    ]
    # Half a core is 100 a second, and each gets half of that.
    assert sorted(measured) == [(1, 0, 50, 2), (1, 100, 50, 2), (2, 0, 50, 2), (2, 100, 50, 2)]
    assert [latencies(pair) for pair in pairs] == [(1, 2)] * 2
    assert progress[-1] == "start 2 of 2: under way"


def test_a_fresh_data_folder_has_the_world_and_no_journal(tmp_path: Path) -> None:
    world, folder = tmp_path / "world", tmp_path / "servers" / "one"
    world.mkdir()
    for name in ("world.json", "journal.db", *(f"{source}.db" for source in NAMES)):
        (world / name).write_text(name)
    for _ in range(2):
        fresh_data_folder(world, folder)
        (folder / "journal.db").write_text("of the last run")

    assert {file.name for file in fresh_data_folder(world, folder).iterdir()} == {
        "world.json",
        *(f"{source}.db" for source in NAMES),
    }
    assert (world / "journal.db").read_text() == "journal.db"


def test_pairs_give_the_ratio_of_cpu_and_of_latency() -> None:
    pairs = [Pair(result(1, 10, cpu_s=1), result(2, 30, cpu_s=1.5))] * 3

    assert ab_servers.cpu_difference(pairs).ratio == pytest.approx(1.5)
    assert ab_servers.latency_difference(pairs, 50).ratio == pytest.approx(2)
    assert ab_servers.latency_difference(pairs, 99).ratio == pytest.approx(3)


def test_latency_of_some_workloads_excludes_the_others() -> None:
    def both(*latencies_ms: float) -> StepResult:
        plates, names = result(*latencies_ms[:1]), result(*latencies_ms[1:], workload="a name")
        return StepResult(plates.step, plates.responses + names.responses)

    assert ab_servers.latency_difference([Pair(both(1, 10), both(100, 10))] * 2, 99, {"a name"}).ratio == 1


def test_a_measurement_without_accepted_requests_is_an_error() -> None:
    with pytest.raises(NotMeasured):
        ab_servers.cpu_difference([Pair(result(1), result())] * 2)
