"""Trace files: rotated, cut short, removed meanwhile, or invalid."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.traces.otlp_files import TRACE, ZERO, hexadecimal, line, span, write
from traces.file import InvalidTraceFile, TraceFiles

NAME = "traces-20261124T003000Z-1-0001.jsonl"


def test_a_span_is_read_as_it_was_written(tmp_path: Path) -> None:
    attributes = {"http__route": "/graphql", "needtoknow__keys": 20, "needtoknow__plan__cached": True}
    (read,) = TraceFiles(
        write(tmp_path, [span(2, "execute", 1, 3.5, parent=1, links=[7], is_failed=True, **attributes)])
    ).spans()

    assert (read.trace_id, read.id, read.parent_id) == (TRACE, hexadecimal(2), hexadecimal(1))
    assert (read.name, read.start_ns, read.duration_ns) == ("execute", ZERO + 1_000_000, 2_500_000)
    assert read.attributes == {"http.route": "/graphql", "needtoknow.keys": 20, "needtoknow.plan.cached": True}
    assert (read.links, read.is_failed) == ((hexadecimal(7),), True)


def test_all_that_the_encoding_allows_is_read(tmp_path: Path) -> None:
    """Numbers as JSON numbers, upper-case ids, and omitted defaults."""
    values = [{"intValue": 3}, {"doubleValue": 0.5}, {"arrayValue": {"values": [{"intValue": "1"}]}}, {}]
    fields = {
        "traceId": TRACE.upper(),
        "spanId": "00000000000000AB",
        "startTimeUnixNano": ZERO,
        "attributes": [{"key": str(place), "value": each} for place, each in enumerate(values)],
    }
    (read,) = TraceFiles(write(tmp_path, [fields])).spans()

    assert (read.trace_id, read.id, read.parent_id) == (TRACE, "00000000000000ab", None)
    assert (read.duration_ns, read.name, read.is_failed) == (0, "", False)
    assert read.attributes == {"0": 3, "1": 0.5, "2": '{"values":[{"intValue":"1"}]}', "3": ""}


def test_a_file_cut_anywhere_is_read_up_to_its_last_whole_line(tmp_path: Path) -> None:
    first, last = (line([span(id, "parse", 0, 1), span(id + 1, "plan", 1, 2)]) for id in (1, 3))
    file = write(tmp_path) / NAME
    for length in range(len(last) + 1):
        file.write_bytes(first + last[:length])
        files = TraceFiles(tmp_path)
        ids = [int(read.id, 16) for read in files.spans()]
        is_whole = length >= len(last.rstrip())

        assert ids == ([1, 2, 3, 4] if is_whole else [1, 2])
        assert files.skipped == ([] if is_whole or length == 0 else [f"{file}:2"])


@pytest.mark.parametrize(
    "invalid",
    [
        b"5",
        b"[]",
        b"\xff",
        b'{"resourceSpans": 5}',
        b'{"resourceSpans": [5]}',
        line([{}]).rstrip(),
        line([span(1, "", 0, 1) | {"spanId": "x"}]).rstrip(),
        line([span(1, "", 0, 1) | {"spanId": ""}]).rstrip(),
        line([span(1, "", 0, 1) | {"startTimeUnixNano": "-1"}]).rstrip(),
        line([span(1, "", 0, 1) | {"startTimeUnixNano": str(2**64)}]).rstrip(),
        line([span(1, "", 0, 1), {}]).rstrip(),
    ],
    ids=str,
)
def test_an_invalid_line_is_skipped_and_the_rest_is_read(tmp_path: Path, invalid: bytes) -> None:
    file = write(tmp_path) / NAME
    file.write_bytes(b"\n".join([invalid, b"", line([span(2, "plan", 1, 2)])]))
    files = TraceFiles(tmp_path)

    assert [read.name for read in files.spans()] == ["plan"]
    assert [read.name for read in files.spans()] == ["plan"]
    assert files.skipped == [f"{file}:1"]


def test_only_trace_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for place, name in enumerate(
        ("traces-20261124T003000Z-1-0002.jsonl", NAME, "metrics-20261124T003000Z-1-0001.jsonl")
    ):
        write(tmp_path, [span(1, str(place), 0, 1)], name=name)

    assert [read.name for read in TraceFiles(tmp_path).spans()] == ["1", "0"]
    assert [read.name for read in TraceFiles(tmp_path / NAME).spans()] == ["1"]


def test_a_file_that_was_removed_meanwhile_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, [span(1, "plan", 0, 1)])
    files = TraceFiles(tmp_path)
    (tmp_path / NAME).unlink()

    assert list(files.spans()) == []
    assert files.skipped == []


def test_a_file_that_cannot_be_read_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()

    with pytest.raises(InvalidTraceFile, match=rf"{NAME} cannot be read: Is a directory\."):
        list(TraceFiles(tmp_path).spans())


def test_only_the_wanted_traces_are_read(tmp_path: Path) -> None:
    write(tmp_path, [span(1, "plan", 0, 1), span(2, "parse", 0, 1, trace="ab" * 16)])

    assert [read.name for read in TraceFiles(tmp_path).spans(TRACE.__eq__)] == ["plan"]


@pytest.mark.parametrize(
    ("path", "message"),
    [("absent", "There is no "), (".", "There are no trace files in ")],
)
def test_without_files_the_error_says_what_to_do(tmp_path: Path, path: str, message: str) -> None:
    with pytest.raises(InvalidTraceFile, match=message) as error:
        TraceFiles(tmp_path / path)

    assert "NEEDTOKNOW_TRACES" in str(error.value)
