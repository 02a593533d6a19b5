"""Counts of questions to a server under test."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from bench.counts.call_counter import CallCounter, ThreadCounts
from bench.counts.calls import Calls, Function
from bench.counts.measure import measure_counts
from bench.counts.system_calls import parse_table
from bench.format import COUNTS, counts_rows
from bench.results import QuestionCounts
from bench.workloads import workloads

STRACE = """\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 75.55    0.035600           5      6981       612 futex
 24.45    0.011519          23       501           fdatasync
------ ----------- ----------- --------- --------- ----------------
100.00    0.047119           6      7482       612 total
"""
COUNTED = QuestionCounts("1 person", 8, 200, 1_420.0, 1_346.0, 1_147.0, 6.0, 17.5, 58.4, 1.25, 1.73, 8.79, None, 1.5)


def test_calls_of_python_and_c_functions_are_counted_by_function() -> None:
    def twice(number: int) -> int:
        return len(range(number)) + len(range(number))

    counts = ThreadCounts("here")
    sys.setprofile(counts.count)
    try:
        for number in range(3):
            twice(number)
    finally:
        sys.setprofile(None)

    assert (counts.python[twice.__code__], counts.c["builtins.len"]) == (3, 6)


def test_a_thread_that_starts_later_is_counted_by_itself(tmp_path: Path) -> None:
    def work() -> None:
        "text".upper()

    before = sys.getprofile(), threading.getprofile()
    try:
        CallCounter().start(tmp_path / "calls")
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        calls = Calls.read(tmp_path / "calls")
    finally:
        sys.setprofile(before[0])
        threading.setprofile(before[1])

    function = Function(__file__, work.__qualname__)
    assert (calls.python[function], calls.in_loop_thread[function], calls.c["str.upper"]) == (1, 0, 1)


def test_the_table_of_strace_is_read_without_its_total() -> None:
    assert parse_table(STRACE) == Counter({"futex": 6_981, "fdatasync": 501})


@pytest.mark.parametrize(
    ("file", "package"),
    [
        (__file__, "tests/bench"),
        ("/usr/lib/python3/site-packages/uvicorn/server.py", "uvicorn"),
        ("/usr/lib/python3.11/asyncio/tasks.py", "asyncio"),
        ("/usr/lib/python3.11/pathlib.py", "pathlib"),
        ("<needtoknow program 1>", "compiled operations"),
    ],
)
def test_a_function_belongs_to_the_package_of_its_file(file: str, package: str) -> None:
    assert Function(file, "run").package == package


def test_calls_are_the_difference_of_two_readings() -> None:
    function = Function("file.py", "run")
    first = Calls(Counter({function: 2}), Counter({"builtins.len": 1}), Counter({("call_soon", function): 1}))
    second = Calls(Counter({function: 5}), Counter({"builtins.len": 1}), Counter({("call_soon", function): 4}))

    since = second.since(first)

    assert (since.python, since.c, since.of_loop("call_soon", "call_later")) == (Counter({function: 3}), Counter(), 3)


def test_a_count_that_was_not_measured_has_an_empty_cell() -> None:
    headings, rows = counts_rows([COUNTED])

    assert headings == ["", "1 person (8)"]
    assert [row[0] for row in rows] == list(COUNTS)
    assert (rows[0][1], rows[-1]) == ("1,420", ["system calls", ""])


@pytest.mark.system
def test_the_entries_of_each_question_to_the_server_are_counted(data: Path) -> None:
    questions = [each for each in workloads(data) if each.name == "1 person"]

    [(counts, calls)] = measure_counts(questions, data, 8, lambda _: None, connections=1)

    written = sum(count for function, count in calls.python.items() if function.name == "Entry.to_bytes")
    assert written == 2 * 8
    assert (counts.requests, counts.connections) == (8, 1)
    assert counts.python_calls > counts.python_calls_of_loop > counts.tasks >= 1
    assert counts.futures >= 2
    assert counts.calls_to_loop >= 2
