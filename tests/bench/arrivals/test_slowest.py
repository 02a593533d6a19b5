"""Responses joined to the journal and to their traces."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from audit.entry import Entry, Kind
from audit.sqlite.journal import SqliteJournal
from bench.arrivals.journal_check import JournalCheck, check_journal
from bench.arrivals.responses import Response
from bench.arrivals.slowest import in_sources_ms, join_traces, read_traces
from traces.file import InvalidTraceFile

TRACE = "ab" * 16
MS = 1_000_000


def response(inquiry: str = "", trace: str = TRACE, status: int = 200) -> Response:
    return Response("a plate", 1, 39, status, (), inquiry, trace)


async def test_an_acknowledged_lookup_without_a_release_is_missing(tmp_path: Path) -> None:
    journal = await SqliteJournal.open(tmp_path / "journal.db", deadline_s=30)
    for id, kind in (("released", Kind.RELEASE), ("intended", Kind.INTENT)):
        await journal.append(Entry(id=id, kind=kind, user="u", role="patrol", agency="CA9190000"))
    await journal.close()

    responses = [
        response("released"),
        response("intended"),
        response("no such"),
        response(""),
        response("x", status=503),
    ]

    assert check_journal(tmp_path, responses) == JournalCheck(acknowledged=4, missing=3)
    assert check_journal(tmp_path, [response("released")]) + JournalCheck(2, 1) == JournalCheck(3, 1)


def span(id_: str, name: str, begin: int, end: int, parent: str | None = None) -> dict[str, object]:
    return {
        "traceId": TRACE,
        "spanId": f"{id_:0>16}",
        "name": name,
        "startTimeUnixNano": str(begin * MS),
        "endTimeUnixNano": str(end * MS),
        **({"parentSpanId": f"{parent:0>16}"} if parent else {}),
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A request of 30 ms: persons, then two sources in parallel, then the journal."""
    spans = [
        span("1", "POST /graphql", 0, 30),
        span("2", "SELECT persons", 1, 6, "1"),
        span("3", "SELECT vehicles", 6, 8, "1"),
        span("4", "SELECT criminal_history", 6, 26, "1"),
        span("5", "journal", 26, 29, "1"),
    ]
    lines = [{"resourceSpans": [{"scopeSpans": [{"spans": [line]}]}]} for line in reversed(spans)]
    (tmp_path / "traces-1.jsonl").write_bytes(b"\n".join(map(orjson.dumps, lines)) + b'\n{"cut')
    return tmp_path


def test_a_slow_response_has_its_longest_spans(folder: Path) -> None:
    (slow,) = join_traces([response()], read_traces(folder, [TRACE]))

    assert (slow.latency_ms, slow.start_delay_ms, slow.server_ms) == (40, 1, 30)
    assert slow.spans == (("SELECT criminal_history", 20), ("SELECT persons", 5), ("journal", 3))


def test_a_slow_response_without_a_trace_is_still_reported(folder: Path) -> None:
    (slow,) = join_traces([response(trace="cd" * 16)], read_traces(folder, ["cd" * 16]))

    assert (slow.server_ms, slow.spans) == (None, ())


def test_the_slowest_chain_of_sources_excludes_parallel_batches(folder: Path) -> None:
    assert in_sources_ms(read_traces(folder, [TRACE])[TRACE]) == 25


def test_missing_trace_files_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidTraceFile):
        read_traces(tmp_path, [TRACE])
