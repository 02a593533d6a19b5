"""Any value of any argument of any command: it does what was asked, or says in one line what is wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from seed.world import MIN_PEOPLE
from tests.cli.conftest import DataAfter
from tests.cli.inquiries import STOP
from tests.command_line import Run, leaf_commands

TRACES = Path(__file__).parents[1] / "traces"
COMMANDS = {" ".join(path): (path, command) for path, command in leaf_commands()}
NEEDED = {
    "file": "-",
    "inquiry": "0" * 32,
    "role": "patrol",
    "trace": "8d1f",
    "traces": TRACES,
    "ids": "u-1",
    "to": "copy",
}
FLAWED = re.compile(r"(needtoknow: [^\n]*\n)+")

# An argument of a process has any bytes but NUL; those that are not UTF-8 are lone surrogates in Python.
TEXTS = (
    *("", " ", "-", "--", "\udcff", "a\udc80b", "\x1b[31mx", "a\nb", "\u202e", "é", "\U0001f469", "%s", "{}", "[]"),
    *("a" * 300, "a" * 5_000, '{"id": 1e999}', '{"id": "P0000001"}', "[" * 500, '{"a":' * 500, "null", "true"),
    *("patrol", "C", "csv", "P0000001", "persons/P0000001", "CA9194200", f"a+00000000+{'A' * 44}"),
    *(f"1:{'0' * 64}", f"{'9' * 18}:{'f' * 64}"),
)
NUMBERS = (
    *("-1", "0", "1", "2", "16", "1.5", "1_0", "0x10", "\u0663", "1e999", "-1e999", "nan", "inf", "5e-324"),
    *(str(2**31), str(2**63 - 1), str(2**63), "9" * 30, "1" * 5_000),
)
PATHS = (
    *(".", "..", "~", "file", "file/x", "folder", "bytes", "empty", "dangling", "loop", "absent", "absent/x"),
    *("/dev/null", "/dev/full", "/dev/zero", "/proc/self/environ"),
)
TIMES = (
    *("0001-01-01", "9999-12-31", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "10000-01-01"),
    *("2026-02-30", "2026-01-01T00:00:00", "2026-W01", "20260101", "2026-01-01T24:00", "2026-01-01T23:59:60"),
)
ADDRESSES = (
    *("http://", "http://[::1", "http://127.0.0.1:1", "http://127.0.0.1:99999", "http://x y", "://", "unix:x"),
    *("file:///etc/passwd", "http://\udcff", "http://a@b:c@d/", "127.0.0.1", "::1", "0.0.0.0"),
)
VALUES = (*TEXTS, *NUMBERS, *PATHS, *TIMES, *ADDRESSES)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, in which the names of PATHS are files of several kinds."""
    folder = tmp_path / "here"
    (folder / "folder").mkdir(parents=True)
    (folder / "file").write_text("{ me { name } }")
    (folder / "bytes").write_bytes(bytes(range(256)) * 10)
    (folder / "empty").touch()
    (folder / "dangling").symlink_to("absent")
    (folder / "loop").symlink_to("loop")
    monkeypatch.chdir(folder)
    return folder


def lines(path: tuple[str, ...], command: Any, given: dict[str, object], one_in: int) -> Iterator[list[str]]:
    """Lines of a command, each with one value for one of its parameters; one in so many of all of these."""
    number = count(sum(map(ord, "".join(path))))
    for each in command.params:
        if getattr(each, "is_flag", False):
            continue
        for value in VALUES:
            if next(number) % one_in == 0:
                yield line(path, command, {**given, each.name: value})


def line(path: tuple[str, ...], command: Any, given: dict[str, object]) -> list[str]:
    """A line of a command with these of its parameters."""
    options, arguments = [], []
    for each in command.params:
        if each.name in given:
            value = str(given[each.name])
            if each.param_type_name == "argument":
                arguments.append(value)
            else:
                options += [each.opts[0], value]
    return [*path, *options, *arguments]


def test_no_value_names_a_folder_outside_the_test(folder: Path) -> None:
    """A user who runs the tests may be allowed to write anywhere."""
    paths = {value: Path(os.path.normpath(folder / value)) for value in VALUES if len(value) < 256}
    outside = {value: path for value, path in paths.items() if not path.is_relative_to(folder.parent)}

    assert {value for value, path in outside.items() if path.is_dir()} == set()


@pytest.mark.parametrize("one_in", [151, pytest.param(10, marks=pytest.mark.system)])
@pytest.mark.parametrize("name", COMMANDS)
def test_any_value_of_an_argument_is_done_or_refused_in_a_line(
    run: Run, data_after: DataAfter, folder: Path, name: str, one_in: int
) -> None:
    path, command = COMMANDS[name]
    # A server that starts does not end, and a world of 5,000 people takes its time.
    data = {"seed": "world", "serve": "absent"}.get(name) or data_after("patrol", operation=STOP)
    given = {each.name: NEEDED[each.name] for each in command.params if each.required}
    for each in lines(path, command, {**given, "data": data, "people": MIN_PEOPLE}, one_in):
        result = run(*each, stdin=b"{ me { name } }")
        assert result.status in {0, 1, 2}, each
        # `ask` has printed the response, whose status is not 200.
        assert result.status == 0 or FLAWED.fullmatch(result.err) or (name == "ask" and not result.err), each
        assert result.err.replace("\n", "").isprintable(), each
