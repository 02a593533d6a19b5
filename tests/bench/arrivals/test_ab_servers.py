"""Two servers side by side: in which order, over which files, and what their pairs come to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import pytest

from bench.arrivals import ab_servers
from bench.arrivals.ab_servers import Pair, ServerConfig, alternately, concurrently
from bench.arrivals.k6 import NotMeasured, StepResult, Target
from bench.arrivals.responses import Response, Step
from bench.data_folder import fresh_data_folder
from bench.processes import ReportProgress, Server
from resolvers.catalogue import NAMES

FIRST, SECOND = (Target(Server(1, port), [], {}) for port in (1, 2))


def measured(*waits_ms: float, kind: str = "a plate", cpu_s: float = 1) -> StepResult:
    answers = [Response(kind, 0, latency_ms, 200, (), "id", "t") for latency_ms in waits_ms]
    return StepResult(Step.of(10, 1, answers, dropped=0, server_cpu_s=cpu_s, load_cpu_s=0), answers)


def test_servers_alternate_so_that_neither_always_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def arrive(target: Target, _rate: int, _seconds: float, report_progress: ReportProgress) -> StepResult:
        asked.append(target.server.port)
        report_progress("under way")
        return measured(target.server.port)

    monkeypatch.setattr(ab_servers, "arrive", arrive)
    said: list[str] = []
    pairs = alternately(FIRST, SECOND, rate=10, seconds=1, blocks=2, report_progress=said.append)

    assert asked == [1, 2, 2, 1, 1, 2, 2, 1]
    assert [(pair.first.answers[0].duration_ms, pair.second.answers[0].duration_ms) for pair in pairs] == [(1, 2)] * 4
    assert said[-1] == "block 2 of 2: under way"


def test_concurrent_servers_are_new_and_get_the_same_load_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[str] = []
    asked: list[tuple[int, int, int, float]] = []
    both = Barrier(2)

    @contextmanager
    def starting(side: ServerConfig, _drawn: object, _say: ReportProgress) -> Iterator[Target]:
        started.append(side.title)
        yield Target(Server(1, 1 if side.title == "first" else 2), [], {})
        started.append(f"end of {side.title}")

    def arrive(target: Target, rate: int, seconds: float, report_progress: ReportProgress) -> StepResult:
        if rate != ab_servers.WARM_RATE:
            both.wait(30)
            asked.append((target.server.port, target.used, rate, seconds))
            report_progress("under way")
        return measured(target.server.port, cpu_s=0.005)

    monkeypatch.setattr(ab_servers, "started", starting)
    monkeypatch.setattr(ab_servers, "arrive", arrive)
    said: list[str] = []
    first, second = (ServerConfig(title, tmp_path) for title in ("first", "second"))
    pairs = concurrently(first, second, [], seconds=2, starts=2, report_progress=said.append)

    assert started == [
        *("first", "second", "end of second", "end of first"),
        *("second", "first", "end of first", "end of second"),
    ]
    # Half a core is 100 a second, and each gets half of that.
    assert sorted(asked) == [(1, 0, 50, 2), (1, 100, 50, 2), (2, 0, 50, 2), (2, 100, 50, 2)]
    assert [(pair.first.answers[0].duration_ms, pair.second.answers[0].duration_ms) for pair in pairs] == [(1, 2)] * 2
    assert said[-1] == "start 2 of 2: under way"


def test_a_fresh_data_folder_has_the_world_and_no_journal(tmp_path: Path) -> None:
    world, folder = tmp_path / "world", tmp_path / "servers" / "one"
    world.mkdir()
    for name in ("world.json", "journal.db", *(f"{source}.db" for source in NAMES)):
        (world / name).write_text(name)
    for _ in range(2):
        fresh_data_folder(world, folder)
        (folder / "journal.db").write_text("of the last run")

    assert {each.name for each in fresh_data_folder(world, folder).iterdir()} == {
        "world.json",
        *(f"{each}.db" for each in NAMES),
    }
    assert (world / "journal.db").read_text() == "journal.db"


def test_pairs_come_to_the_ratio_of_cpu_and_of_waits() -> None:
    pairs = [Pair(measured(1, 10, cpu_s=1), measured(2, 30, cpu_s=1.5))] * 3

    assert ab_servers.cpu_difference(pairs).times == pytest.approx(1.5)
    assert ab_servers.latency_difference(pairs, 50).times == pytest.approx(2)
    assert ab_servers.latency_difference(pairs, 99).times == pytest.approx(3)


def test_latency_of_some_kinds_excludes_the_others() -> None:
    def both(*waits_ms: float) -> StepResult:
        plates, names = measured(*waits_ms[:1]), measured(*waits_ms[1:], kind="a name")
        return StepResult(plates.step, plates.answers + names.answers)

    assert ab_servers.latency_difference([Pair(both(1, 10), both(100, 10))] * 2, 99, {"a name"}).times == 1


def test_a_measurement_without_accepted_requests_is_an_error() -> None:
    with pytest.raises(NotMeasured):
        ab_servers.cpu_difference([Pair(measured(1), measured())] * 2)
