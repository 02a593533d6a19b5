"""Trace files: each line one export in OTLP's JSON. A line that is cut or wrong is counted, and the rest is read.

Knows nothing of what spans mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import orjson

from traces.span import Span, spans_of

PATTERN = "traces-*.jsonl"


class InvalidTraceFile(Exception):
    """There is nothing to read, or not what was asked for. The message says what to do."""


class Files:
    """The trace files of a folder, or one file. Each reading goes through them once and holds a line at a time."""

    def __init__(self, path: Path) -> None:
        """Raises: TracesWrong if there is none."""
        if not path.exists():
            raise InvalidTraceFile(
                f"There is no {path}. Name the folder that NEEDTOKNOW_TRACES named when the server ran."
            )
        self._paths = [path] if path.is_file() else sorted(path.glob(PATTERN))
        if not self._paths:
            raise InvalidTraceFile(
                f"There are no trace files in {path}. A server with NEEDTOKNOW_TRACES={path} writes them."
            )
        self._unread: dict[str, None] = {}

    @property
    def unread(self) -> list[str]:
        """The lines that were not read so far, each as file:line."""
        return list(self._unread)

    def spans(self, is_wanted: Callable[[str], bool] = lambda trace_id: True) -> Iterator[Span]:
        """The spans of the wanted traces, in the order of the files. Raises: TracesWrong."""
        for path in self._paths:
            try:
                with path.open("rb") as file:
                    for number, line in enumerate(file, 1):
                        yield from self._line(line, f"{path}:{number}", is_wanted)
            except FileNotFoundError:
                # The server made room for newer ones meanwhile.
                continue
            except OSError as error:
                raise InvalidTraceFile(f"{path} cannot be read: {error.strerror}.") from None

    def _line(self, line: bytes, place: str, is_wanted: Callable[[str], bool]) -> list[Span]:
        if not line.strip():
            return []
        try:
            return list(spans_of(orjson.loads(line), is_wanted))
        except (AttributeError, KeyError, TypeError, ValueError):
            self._unread[place] = None
            return []
