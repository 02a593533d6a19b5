"""Metrics for Prometheus: the sums over all workers, also of those that have ended."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families

from api.auth.demo_issuer import DemoIssuer
from bench.postgres_server import free_port
from policy.roles import Role
from telemetry.allow_list import METRICS
from telemetry.worker_metrics import family_of
from tests.harness import PERSON_QUERY
from tests.server_process import START_S, ServerProcess, server_process

REQUESTS = 40
COUNT = "http_server_request_duration_seconds_count"

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture(params=["1", pytest.param("2", id="2 workers")])
def server(request: pytest.FixtureRequest, data: Path, port: int) -> Iterator[ServerProcess]:
    settings = {"NEEDTOKNOW_METRICS_PORT": str(port), "NEEDTOKNOW_EXECUTOR_LATENCY_MS": "0"}
    with server_process(data, NEEDTOKNOW_WORKERS=request.param, **settings) as server:
        scraped(port, lambda samples: total(samples, "needtoknow_workers_ready") == int(request.param))
        yield server


def scrape(port: int) -> Samples:
    response = httpx.get(f"http://127.0.0.1:{port}/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def scraped(port: int, is_expected: object) -> Samples:
    """The first samples that are as expected: a worker reports once a second."""
    for _ in range(100_000):
        try:
            samples = scrape(port)
        except httpx.TransportError:  # the process of metrics is still starting
            continue
        if is_expected(samples):  # type: ignore[operator]
            return samples
    raise AssertionError(samples)


def total(samples: Samples, name: str, **labels: str) -> float:
    """The sum of the samples with a name and these labels."""
    return sum(value for (each, having), value in samples.items() if each == name and labels.items() <= set(having))


def send(server: ServerProcess, data: Path, count: int) -> None:
    """Send requests, each over a connection of its own, so that all workers get some."""
    headers = {"Authorization": f"Bearer {DemoIssuer.open(data).token(Role.PATROL)}", "Connection": "close"}

    def send_one(_: int) -> None:
        response = httpx.post(f"{server.url}/graphql", json={"query": PERSON_QUERY}, headers=headers, timeout=START_S)
        assert response.status_code == 200

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send_one, range(count)))


def test_counts_are_the_requests_made_also_after_a_worker_has_died(
    server: ServerProcess, data: Path, port: int
) -> None:
    send(server, data, REQUESTS)
    unauthenticated = httpx.post(f"{server.url}/graphql", json={"query": PERSON_QUERY})
    before = scraped(port, lambda samples: total(samples, COUNT) == REQUESTS + 1)
    os.kill(worker_pids(server)[0], signal.SIGKILL)
    server.wait_for_log("event=worker_replaced")
    after = scraped(port, lambda samples: total(samples, "needtoknow_worker_deaths_total") == 1)
    scraped(
        port, lambda samples: total(samples, "needtoknow_workers_ready") == total(samples, "needtoknow_workers_wanted")
    )
    send(server, data, REQUESTS)
    later = scraped(port, lambda samples: total(samples, COUNT) == 2 * REQUESTS + 1)

    assert unauthenticated.status_code == 401
    assert total(before, COUNT, http_response_status_code="200") == REQUESTS
    assert total(before, COUNT, http_response_status_code="401") == 1
    assert total(before, "http_server_request_duration_seconds_bucket", le="+Inf") == REQUESTS + 1
    assert total(before, "db_client_operation_duration_seconds_count", db_namespace="persons") == REQUESTS
    assert total(before, "needtoknow_journal_commit_duration_seconds_count") == 2 * REQUESTS + 1
    assert total(before, "needtoknow_refused_total", needtoknow_error_code="UNAUTHENTICATED") == 1
    counters = [key for key in before if re.search("_(total|count|bucket|sum)$", key[0])]
    assert len(counters) > 50
    assert [key for key in counters if after[key] < before[key] or later[key] < after[key]] == []


def test_the_state_of_the_server_is_among_the_metrics(server: ServerProcess, port: int) -> None:
    samples = scraped(port, lambda samples: total(samples, "needtoknow_operations_limit") > 0)

    (version,) = [dict(labels)["version"] for name, labels in samples if name == "needtoknow_build_info"]
    workers = total(samples, "needtoknow_workers_wanted")
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert total(samples, "needtoknow_operations_limit") == 256 * workers
    assert total(samples, "needtoknow_last_reload_successful") == 1
    assert total(samples, "needtoknow_circuits_open") == 0
    assert {"persons", "warrants"} <= {
        dict(labels)["db_namespace"] for name, labels in samples if name == "needtoknow_circuits_open"
    }
    started = [value for (name, _), value in samples.items() if name == "needtoknow_worker_start_time_seconds"]
    assert len(started) == workers
    assert total(samples, "needtoknow_start_time_seconds") <= min(started)


def test_reloads_are_counted_and_end_no_count(server: ServerProcess, data: Path, port: int) -> None:
    send(server, data, REQUESTS)
    scraped(port, lambda samples: total(samples, COUNT) == REQUESTS)
    workers = len(worker_pids(server))
    server.process.send_signal(signal.SIGHUP)
    server.wait_for_log("event=reloaded")
    server.wait_for_log("event=worker_ended", workers)
    after = scraped(port, lambda samples: total(samples, "needtoknow_reloads_total", result="applied") == 1)

    assert total(after, COUNT) == REQUESTS
    assert total(after, "needtoknow_worker_deaths_total") == 0
    assert server.stop(signal.SIGTERM) == (0, "")


def test_the_metrics_process_is_replaced_and_serves_the_totals_of_the_workers(
    server: ServerProcess, data: Path, port: int
) -> None:
    send(server, data, REQUESTS)
    scraped(port, lambda samples: total(samples, COUNT) == REQUESTS)
    (metrics,) = set(server.workers) - set(worker_pids(server))
    os.kill(metrics, signal.SIGKILL)
    server.wait_for_log("event=worker_replaced")

    after = scraped(port, lambda samples: total(samples, COUNT) == REQUESTS)
    assert total(after, "needtoknow_worker_deaths_total") == 0


def test_only_the_metrics_are_on_their_port_and_only_there(server: ServerProcess, port: int) -> None:
    graphql = httpx.post(f"http://127.0.0.1:{port}/graphql", json={"query": "{ me { name } }"})
    metrics = httpx.get(f"{server.url}/metrics")
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    openmetrics = httpx.get(f"http://127.0.0.1:{port}/metrics", headers=accept)

    assert (graphql.status_code, metrics.status_code, openmetrics.status_code) == (404, 404, 200)
    assert {family.name for family in open_metrics(openmetrics.text)} >= {
        family_of(each).name for each in METRICS.values()
    }


def worker_pids(server: ServerProcess) -> list[int]:
    """The processes that serve: they have read the settings of the application, and the process of metrics has not."""
    return [pid for pid in server.workers if any("journal.db" in each for each in open_files(pid))]


def open_files(pid: int) -> list[str]:
    return [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
