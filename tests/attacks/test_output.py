"""Attack 40: text in the journal, a file or an argument that controls the reader's terminal or spreadsheet."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from api.config.log_format import JsonLogFormatter, LogFormatter
from audit.entry import Denial, Entry, Kind, SourceAnswer
from audit.sqlite.journal import SqliteJournal
from policy.table import MATRIX
from reports.control_characters import escape, escape_lines
from seed.world import MIN_PEOPLE, write
from tests.command_line import Run, command_lines, leaf_commands

# Markup of rich, an escape sequence in 7 and in 8 bits, DEL, a new line, and characters that hide or reorder others.
CONTROLS = "[red]x[/] \x1b[2J\x9b31m\x7f\r\n\t\x07\x85\u2028\u202e\u2066\u200b\ufeff\u00ad\U000e0041<script>"
NAME = CONTROLS.replace("/", "")
SAMPLE = Path(__file__).parents[1] / "traces" / "traces-20261124T003000Z-1-0001.jsonl"
# What rich writes itself: colours, and for a progress bar the cursor and the line.
STYLE = re.compile(r"\x1b\[(?:[0-9;]*m|\?25[lh]|2K|1A)|\r(?=\x1b\[(?:2K|1A))")
ROLE_NAMES = {"patrol", "records"}


def planted(*plain: str) -> Entry:
    """An entry with control characters in every text, except in the fields with these names."""
    denial = Denial(field=CONTROLS, needs=(CONTROLS,), record_class=CONTROLS, rule=CONTROLS)
    values: dict[str, Any] = {
        each.name: (f"persons/{CONTROLS}",) if each.default == () else CONTROLS for each in fields(Entry)
    } | {
        "kind": Kind.RELEASE,
        "denied": (denial,),
        "exclusions": (denial,),
        "sources": (SourceAnswer(name=CONTROLS, status=CONTROLS),),
    }
    return Entry(**{name: value for name, value in values.items() if name not in plain})


def hostile(value: Any, name: str = "") -> Any:
    """The spans with control characters in every name and text, except those that are parsed."""
    if isinstance(value, dict):
        return {key: hostile(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [hostile(each, name) for each in value]
    is_text = name in {"name", "stringValue"}
    return value + CONTROLS if is_text and value not in ROLE_NAMES else value


def append(folder: Path, *entries: Entry) -> None:
    async def append() -> None:
        journal = await SqliteJournal.open(folder / "journal.db", deadline_s=30)
        for entry in entries:
            await journal.append(entry)
        await journal.close()

    asyncio.run(append())


def is_clean(text: str) -> bool:
    """Whether only line ends and colours are not printable."""
    return STYLE.sub("", text.replace("\r\n", "\n")).replace("\n", "").isprintable()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, and in it all that commands read, each with control characters in its name or its content."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / NAME, MIN_PEOPLE, 1)
    return tmp_path / NAME


def printing_lines(folder: Path, inquiry: str) -> Iterator[list[str]]:
    traces, query = folder / "traces", folder / NAME
    traces.mkdir(exist_ok=True)
    spans = [json.dumps(hostile(json.loads(line))) for line in SAMPLE.read_text().splitlines()]
    (traces / SAMPLE.name).write_text("".join(f"{line}\n" for line in spans))
    query.write_text("{ me { name } }")
    needed = {"file": query, "inquiry": inquiry, "role": "patrol", "trace": "8d1f", "traces": traces}
    needed["to"] = folder / f"copy{NAME}"
    return command_lines(needed, {"data": folder, "html": folder / "page.html"}, with_formats=True)


@pytest.mark.slow
@pytest.mark.attack(40)
@pytest.mark.parametrize("is_terminal", [True, pytest.param(False, marks=pytest.mark.system)], ids=["terminal", "pipe"])
def test_no_command_prints_a_control_character(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    if is_terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
    append(folder, planted(), planted("at"))
    matrix = folder / "matrix"
    matrix.write_text(re.sub(r"(?m)(?<=[0-9])$|(?<= policy)$", "[red]x[/]\x1b[2J\x9b", MATRIX.read_text()))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NEEDTOKNOW_POLICY", matrix.name)
    printed = ""
    for line in [*printing_lines(folder, CONTROLS), ["explain", "--as", "patrol", NAME]]:
        result = run(*line)
        assert is_clean(result.out), line
        assert is_clean(result.err), line
        assert is_terminal or result.err.count("\n") <= 1, line
        printed += result.out
    assert is_clean((folder / "page.html").read_text())

    assert escape(CONTROLS) in printed
    assert "[red]x[/] " in printed


@pytest.mark.attack(40)
def test_json_escapes_control_characters_and_stays_the_same_value(run: Run, folder: Path) -> None:
    append(folder, planted())

    listed = run("audit", "search", "--data", folder, "--format", "jsonl", "--kind", "RELEASE").out
    shown = run("audit", "show", CONTROLS, "--data", folder, "--json").out

    written = json.loads(planted().to_bytes())
    assert json.loads(listed) == {"sequence": 1, **written}
    assert json.loads(shown)["entries"] == [written]
    assert {each.name for each in fields(Entry)} == written.keys()


@pytest.mark.slow
@pytest.mark.attack(40)
def test_an_argument_with_control_characters_is_refused_in_one_printable_line(run: Run, folder: Path) -> None:
    refused = 0
    for path, command in leaf_commands():
        for each in command.params:
            option = [] if each.param_type_name == "argument" else [each.opts[0]]
            size = ["--people", MIN_PEOPLE] if path == ("seed",) and each.name != "people" else []
            result = run(*path, *size, *option, CONTROLS)
            assert is_clean(result.out + result.err), (path, each.name)
            assert result.err.count("\n") <= 1, (path, each.name)
            refused += result.status != 0
    assert refused > 60
    assert run(CONTROLS).err.count("\n") == 1


@pytest.mark.attack(40)
def test_an_error_in_a_file_with_control_characters_is_one_printable_line(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = folder / "matrix.txt"
    matrix.write_text(MATRIX.read_text().replace("patrol", "patrol\x1b[2J\x9b", 1))
    monkeypatch.setenv("NEEDTOKNOW_POLICY", "matrix.txt")
    monkeypatch.chdir(folder)

    for line in ("policy", "explain -", "ask --data . -"):
        result = run(*line.split(), stdin=b"{ me { name } }")
        assert (result.status, result.err.count("\n")) == (1, 1)
        assert is_clean(result.err)


@pytest.mark.attack(40)
def test_a_line_of_the_log_has_no_control_character() -> None:
    try:
        raise ValueError(CONTROLS)
    except ValueError as error:
        record = logging.LogRecord("needtoknow", logging.ERROR, "", 1, "%s", (CONTROLS,), (type(error), error, None))

    for formatter in (LogFormatter(), JsonLogFormatter()):
        line = formatter.format(record)
        assert line.isprintable()
        assert CONTROLS not in line
    assert json.loads(line)["message"] == escape(CONTROLS)


WIDE = "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
CELLS = {
    **{f"{sign}1+1": f"'{sign}1+1" for sign in f"=+-@{WIDE}\N{SMALL EQUALS SIGN}\N{MINUS SIGN}"},
    **{f"{before}=1+1": f"'{before}=1+1" for before in ("  ", "' ", " '")},
    '"=1+1': "'\"'=1+1",
    **{f"{hidden}=1+1": f"{escape(hidden)}=1+1" for hidden in "\t\r\n\u200b\ufeff\u00a0"},
    **{f"1{separator}=1+1": f"1{separator}'=1+1" for separator in ';,|"'},
    "1; @SUM(1)": "1;' @SUM(1)",
    "=HYPERLINK(1);=1": "'=HYPERLINK(1);'=1",
    **{text: text for text in ("26-0417", "a = b", "2026-01-31T08:00-08:00", "Lee; 4417", "Sam O'Neil-Lee", "1+1=2")},
}


@pytest.mark.attack(40)
def test_no_cell_of_csv_is_a_formula(run: Run, folder: Path) -> None:
    append(folder, *(Entry(kind=Kind.INTENT, user="u-1", attention=text) for text in CELLS))

    printed = run("audit", "search", "--data", folder, "--format", "csv", "--kind", "INTENT").out

    assert [line["attention"] for line in csv.DictReader(io.StringIO(printed))][::-1] == [*CELLS.values()]


def test_an_escaped_text_is_printable_and_means_the_same_in_json() -> None:
    everything = "".join(map(chr, (*range(0x3000), *range(0xE000, 0xF000), 0xFEFF, 0xFFFF, 0xE0041, 0x10FFFF)))

    assert escape(everything).isprintable()
    assert json.loads(escape(json.dumps(everything, ensure_ascii=False))) == everything
    assert escape("a\udcffb") == "a\\udcffb"
    assert escape_lines("a\tb\nc\r\n") == "a\\u0009b\nc\\u000d\n"
