"""Metrics for Prometheus: the sums over all workers, also of those that have ended."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families

from api.auth.demo_issuer import DemoIssuer
from bench.postgres_server import free_port
from policy.roles import Role
from resolvers.catalogue import NAMES
from telemetry.allow_list import METRICS
from telemetry.worker_metrics import family_of
from tests.harness import PERSON_QUERY
from tests.manifests import STOP, by_id, write_manifest
from tests.server_process import START_S, ServerProcess, server_process

pytestmark = pytest.mark.slow

REQUESTS = 40
COUNT = "http_server_request_duration_seconds_count"
DEATHS, RELOADS, CIRCUITS = "needtoknow_worker_deaths_total", "needtoknow_reloads_total", "needtoknow_circuits_open"
STALE = "needtoknow_documents_stale"

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def port() -> int:
    return free_port()


@contextmanager
def serving(data: Path, port: int, workers: int, **more: str) -> Iterator[ServerProcess]:
    """A server whose workers are all ready."""
    settings = {"NEEDTOKNOW_METRICS_PORT": str(port), "NEEDTOKNOW_EXECUTOR_LATENCY_MS": "0", **more}
    with server_process(data, NEEDTOKNOW_WORKERS=str(workers), **settings) as server:
        scraped(port, is_complete)
        yield server


@pytest.fixture(params=[1, pytest.param(2, id="2 workers")])
def server(request: pytest.FixtureRequest, data: Path, port: int) -> Iterator[ServerProcess]:
    with serving(data, port, request.param) as server:
        yield server


@pytest.fixture
def two_workers(data: Path, port: int) -> Iterator[ServerProcess]:
    with serving(data, port, 2) as server:
        yield server


def scrape(port: int) -> Samples:
    response = httpx.get(f"http://127.0.0.1:{port}/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def scraped(port: int, is_expected: Callable[[Samples], bool]) -> Samples:
    """The first samples that are as expected: a worker reports once a second."""
    for _ in range(100_000):
        try:
            samples = scrape(port)
        except httpx.TransportError:  # the process of metrics is still starting
            continue
        if is_expected(samples):
            return samples
    raise AssertionError(samples)


def is_complete(samples: Samples) -> bool:
    """Whether all workers are ready."""
    return total(samples, "needtoknow_workers_ready") == total(samples, "needtoknow_workers_wanted") > 0


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


def test_counts_are_the_requests_made_through_a_death_and_a_reload(
    server: ServerProcess, data: Path, port: int
) -> None:
    send(server, data, REQUESTS)
    unauthenticated = httpx.post(f"{server.url}/graphql", json={"query": PERSON_QUERY})
    before = scraped(port, lambda samples: total(samples, COUNT) == REQUESTS + 1)
    workers = worker_pids(server)
    os.kill(workers[0], signal.SIGKILL)
    server.wait_for_log("event=worker_replaced")
    died = scraped(port, lambda samples: total(samples, DEATHS) == 1 and is_complete(samples))
    send(server, data, REQUESTS)
    again = scraped(port, lambda samples: total(samples, COUNT) == 2 * REQUESTS + 1)
    server.process.send_signal(signal.SIGHUP)
    server.wait_for_log("event=worker_ended", len(workers))
    reloaded = scraped(port, lambda samples: total(samples, RELOADS, result="applied") == 1 and is_complete(samples))

    assert unauthenticated.status_code == 401
    assert total(before, COUNT, http_response_status_code="200") == REQUESTS
    assert total(before, COUNT, http_response_status_code="401") == 1
    assert total(before, "http_server_request_duration_seconds_bucket", le="+Inf") == REQUESTS + 1
    assert total(before, "db_client_operation_duration_seconds_count", db_namespace="persons") == REQUESTS
    assert total(before, "needtoknow_journal_commit_duration_seconds_count") == 2 * REQUESTS + 1
    assert total(before, "needtoknow_refused_total", needtoknow_error_code="UNAUTHENTICATED") == 1
    assert (total(reloaded, COUNT), total(reloaded, DEATHS)) == (2 * REQUESTS + 1, 1)
    counters = [key for key in before if re.search("_(total|count|bucket|sum)$", key[0])]
    assert len(counters) > 50
    for key in counters:
        assert before[key] <= died[key] <= again[key] <= reloaded[key], key


def test_the_state_of_the_server_is_among_the_metrics(two_workers: ServerProcess, port: int) -> None:
    samples = scraped(port, lambda samples: total(samples, "needtoknow_operations_limit") == 512)

    (version,) = [dict(labels)["version"] for name, labels in samples if name == "needtoknow_build_info"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert total(samples, "needtoknow_workers_wanted") == 2
    assert total(samples, "needtoknow_last_reload_successful") == 1
    circuits = {dict(labels)["db_namespace"]: each for (name, labels), each in samples.items() if name == CIRCUITS}
    assert circuits == dict.fromkeys(NAMES, 0)
    started = [value for (name, _), value in samples.items() if name == "needtoknow_worker_start_time_seconds"]
    assert len(started) == 2
    assert total(samples, "needtoknow_start_time_seconds") <= min(started)


def test_workers_that_refused_changed_documents_are_counted(data: Path, port: int, tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path / "documents.json", by_id(STOP))
    with serving(data, port, 2, NEEDTOKNOW_DOCUMENTS=str(manifest)) as server:
        before = httpx.get(f"{server.url}/readyz").json()["documents"]
        assert total(scraped(port, is_complete), STALE) == 0
        manifest.write_text("{")
        scraped(port, lambda samples: total(samples, STALE) == 2)
        after = httpx.get(f"{server.url}/readyz")
        manifest.write_text(json.dumps(by_id(STOP)))
        scraped(port, lambda samples: total(samples, STALE) == 0)

    assert before == "OK"
    assert (after.status_code, after.json()["status"], after.json()["documents"]) == (200, "OK", "STALE")


def test_the_metrics_process_is_replaced_and_has_the_totals_of_the_workers(
    two_workers: ServerProcess, data: Path, port: int
) -> None:
    send(two_workers, data, REQUESTS)
    scraped(port, lambda samples: total(samples, COUNT) == REQUESTS)
    (metrics,) = set(two_workers.workers) - set(worker_pids(two_workers))
    os.kill(metrics, signal.SIGKILL)
    two_workers.wait_for_log("event=worker_replaced number=0")

    after = scraped(port, lambda samples: total(samples, COUNT) == REQUESTS and is_complete(samples))
    assert total(after, DEATHS) == 0


def test_only_the_metrics_are_on_their_port_and_only_there(two_workers: ServerProcess, port: int) -> None:
    graphql = httpx.post(f"http://127.0.0.1:{port}/graphql", json={"query": "{ me { name } }"})
    metrics = httpx.get(f"{two_workers.url}/metrics")
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    openmetrics = httpx.get(f"http://127.0.0.1:{port}/metrics", headers=accept)
    names = {family.name for family in open_metrics(openmetrics.text)}

    assert (graphql.status_code, metrics.status_code, openmetrics.status_code) == (404, 404, 200)
    assert names >= {family_of(each).name for each in METRICS.values()}


def worker_pids(server: ServerProcess) -> list[int]:
    """The processes that serve: they have read the settings of the application, and the process of metrics has not."""
    return [pid for pid in server.workers if any("journal.db" in each for each in open_files(pid))]


def open_files(pid: int) -> list[str]:
    return [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
