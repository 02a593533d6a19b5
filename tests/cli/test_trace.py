"""`needtoknow trace`: its table, JSON, waterfall, HTML page and trace events, and damaged files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import Run
from tests.traces.otlp_files import TRACE, span, write
from traces.waterfall import MAX_ROWS

SAMPLE = Path(__file__).parents[1] / "traces"
FILE = "traces-20261124T003000Z-1-0001.jsonl"
SLOW = "8d1f0a6c5b7e4e2f9a3c6b1d2e4f5a60"
TIMED_OUT = "2b7c91d04f6a4c0e8e5d3a1f7b9c2d48"
REFUSED = "c4e5a7b9d1f3406283a5c7e9f1b3d5f7"
PAGE = (Path(__file__).parents[2] / "docs" / "traces.md").read_text(encoding="utf-8")


def listed(run: Run, *options: object) -> list[str]:
    result = run("trace", "ls", "--traces", SAMPLE, "--json", *options)
    assert (result.status, result.err) == (0, "")
    return [json.loads(line)["trace"] for line in result.out.splitlines()]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("", [SLOW, TIMED_OUT, REFUSED]),
        ("--limit 1", [SLOW]),
        ("--slower 294", [SLOW, TIMED_OUT]),
        ("--role patrol", [TIMED_OUT]),
        ("--code UNAUTHENTICATED", [REFUSED]),
        ("--source vehicles", [SLOW, TIMED_OUT]),
        ("--source vehicles --role records", [SLOW]),
        ("--hash A45D", [TIMED_OUT]),
        ("--since 2026-11-24T02:06:21", [SLOW, REFUSED]),
        ("--since 2026-11-24T02:06:09 --until 2026-11-23T18:06:16-08:00", [TIMED_OUT]),
        ("--code OVERLOADED", []),
    ],
)
def test_the_list_is_filtered_and_has_the_slowest_first(run: Run, options: str, found: list[str]) -> None:
    assert listed(run, *options.split()) == found


def test_json_is_a_line_for_each_trace(run: Run) -> None:
    result = run("trace", "ls", "--traces", SAMPLE, "--json", "--role", "patrol")

    assert json.loads(result.out) == {
        "trace": TIMED_OUT,
        "at": "2026-11-24T02:06:15.602Z",
        "ms": 294.065077,
        "spans": 10,
        "attributes": {
            "db.namespace": ["vehicles"],
            "graphql.document.hash": ["a45dace7cac71d83817ea01242bc9cb3"],
            "graphql.operation.type": ["query"],
            "needtoknow.error.code": ["SOURCE_UNAVAILABLE"],
            "needtoknow.role": ["patrol"],
        },
    }


def test_the_table_ends_with_the_number_of_traces(run: Run) -> None:
    result = run("trace", "ls", "--traces", SAMPLE, "--source", "vehicles", "--limit", "1")

    assert result.out.splitlines()[-1] == "1 of 2, in 3 traces."
    assert [word.strip() for word in result.out.splitlines()[3].split("│")][1:8] == [
        "8d1f0a6c", "2026-12-01 00:19:53.628", "731.96", "27", "query Everything", "records", "",
    ]  # fmt: skip


def test_the_waterfall_in_the_documentation_is_what_is_printed(run: Run) -> None:
    shown = PAGE.partition("    $ needtoknow trace show 8d1f --traces tests/traces\n")[2].partition("\n\nA bar ")[0]
    result = run("trace", "show", "8D1F", "--traces", SAMPLE)

    assert (result.status, result.err) == (0, "")
    assert [line.rstrip() for line in result.out.splitlines()] == [line[4:] for line in shown.splitlines()]


def test_a_waterfall_says_how_many_spans_are_left_out(run: Run, tmp_path: Path) -> None:
    write(tmp_path, [span(id, "step", id, id + 1, parent=1 if id > 1 else None) for id in range(1, MAX_ROWS + 8)])

    result = run("trace", "show", TRACE, "--traces", tmp_path)

    assert "... and 7 more; needtoknow trace chrome has all of them." in result.out


@pytest.mark.parametrize("named", [[], [REFUSED], [REFUSED[:4], SLOW[:4]]], ids=len)
def test_a_page_has_the_named_traces_or_the_slowest(run: Run, named: list[str]) -> None:
    result = run("trace", "html", *named, "--traces", SAMPLE, *([] if named else ["--limit", "2"]))
    sections = [part.partition('"')[0] for part in result.out.split('<section aria-labelledby="')[1:]]

    assert (result.status, result.err) == (0, "")
    assert sections == {0: [SLOW, TIMED_OUT], 1: [REFUSED], 2: [REFUSED, SLOW]}[len(named)]
    assert "<script" not in result.out
    assert "://" not in result.out


def test_trace_events_have_all_spans_of_named_traces_or_the_slowest(run: Run) -> None:
    for named, spans in (([], 40), (["--limit", "1"], 27), (["2b7c"], 10)):
        result = run("trace", "chrome", *named, "--traces", SAMPLE)
        events = json.loads(result.out)["traceEvents"]

        assert (result.status, result.err) == (0, "")
        assert sum(event["ph"] == "X" for event in events) == spans
        assert all(event["ts"] >= 0 for event in events if event["ph"] != "M")


@pytest.mark.parametrize("command", ["ls", "show 8d1f", "html 8d1f", "chrome 8d1f"])
def test_a_cut_file_is_read_up_to_the_cut_which_is_reported_once(run: Run, tmp_path: Path, command: str) -> None:
    file = tmp_path / FILE
    file.write_bytes((SAMPLE / FILE).read_bytes()[:-10])
    result = run("trace", *command.split(), "--traces", tmp_path)

    assert result.status == 0
    assert "SELECT criminal_history" in result.out or command == "ls"
    assert result.err == f"needtoknow: 1 invalid line was skipped; the first is {file}:3.\n"


def test_text_of_a_span_cannot_control_the_terminal_or_the_page(run: Run, tmp_path: Path) -> None:
    sample = (SAMPLE / FILE).read_text()
    (tmp_path / FILE).write_text(
        sample.replace("POST /graphql", "<script>\\u001b[2J").replace("patrol", "</td>\\u0007")
    )

    assert "\x1b" not in run("trace", "show", "2b7c", "--traces", tmp_path).out
    assert "\x07" not in run("trace", "ls", "--traces", tmp_path).out
    assert "<script" not in run("trace", "html", "--traces", tmp_path).out


def test_a_prefix_of_no_or_several_traces_is_an_error(run: Run, tmp_path: Path) -> None:
    sample = (SAMPLE / FILE).read_text()
    (tmp_path / FILE).write_text(sample + sample.replace(SLOW, "8d1f" + SLOW[4:].upper()[::-1]))

    several = run("trace", "show", "8d1f", "--traces", tmp_path)
    none = run("trace", "html", "abcd", "--traces", tmp_path)

    assert (several.status, several.out) == (none.status, none.out) == (1, "")
    assert several.err == f"needtoknow: 2 trace ids start with 8d1f. Use more digits, such as {SLOW}.\n"
    assert none.err == "needtoknow: No trace id starts with abcd. List them: needtoknow trace ls\n"
