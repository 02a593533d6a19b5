"""Output of the commands, and the one place where they print: what they were given controls no terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.cli.standard_streams import drop_output
from reports.control_characters import escape, escape_lines

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 240


def write(text: object, *, end: str = "\n") -> None:
    """Print lines on stdout."""
    print(escape_lines(str(text)), end=end)


def write_json(value: object, *, is_indented: bool = False) -> None:
    """Print a value as JSON: on one line, or indented."""
    import orjson

    write(orjson.dumps(value, option=orjson.OPT_INDENT_2 if is_indented else 0).decode())


def write_error(text: str) -> None:
    """Print one line on stderr; if that fails there is nobody to tell."""
    try:
        print(escape(text), file=sys.stderr, flush=True)
    except OSError:
        drop_output(sys.stderr)


def stdout() -> Console:
    """A console without markup. A pipe or a file gets long lines, unless COLUMNS says how long."""
    from api.cli.escaping_console import EscapingConsole

    console = EscapingConsole(highlight=False, markup=False)
    if not console.is_terminal and not os.environ.get("COLUMNS", "").isdigit():
        console.width = PIPE_WIDTH
    return console


def stderr() -> Console:
    """A console without markup, for progress."""
    from api.cli.escaping_console import EscapingConsole

    return EscapingConsole(stderr=True, highlight=False, markup=False)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on a terminal. It is called with (done, total)."""
    from rich.progress import Progress

    console = stderr()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
