"""Trace files: each line is one export in OTLP's JSON. An invalid line is skipped and counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson

from filesystem.regular_file import open_regular
from traces.span import Span, parse_spans
from traces.trace import Trace

PATTERN = "traces-*.jsonl"


class InvalidTraceFile(Exception):
    """No trace file can be read. The message says what to do."""


class TraceFiles:
    """The trace files of a folder, or one file. Each method reads them once, a line at a time."""

    def __init__(self, path: Path) -> None:
        """Raises: InvalidTraceFile if there is no file."""
        if not path.exists():
            raise InvalidTraceFile(
                f"There is no {path}. Name the folder that NEEDTOKNOW_TRACES named when the server ran."
            )
        self._paths = [path] if path.is_file() else sorted(path.glob(PATTERN))
        if not self._paths:
            raise InvalidTraceFile(
                f"There are no trace files in {path}. A server with NEEDTOKNOW_TRACES={path} writes them."
            )
        self._skipped: dict[str, None] = {}

    @property
    def skipped(self) -> list[str]:
        """The invalid lines so far, each as file:line."""
        return list(self._skipped)

    def spans(self, is_wanted: Callable[[str], bool] = lambda trace_id: True) -> Iterator[Span]:
        """The spans of the wanted traces, in the order of the files. Raises: InvalidTraceFile."""
        for path in self._paths:
            try:
                with open(path, "rb", opener=open_regular) as file:
                    for number, line in enumerate(file, 1):
                        yield from self._parse(line, f"{path}:{number}", is_wanted)
            except FileNotFoundError:
                # The server removed it meanwhile, because the folder was full.
                continue
            except OSError as error:
                raise InvalidTraceFile(f"{path} cannot be read: {error.strerror}.") from None

    def traces(self, is_wanted: Callable[[str], bool]) -> dict[str, Trace]:
        """The wanted traces by id. Raises: InvalidTraceFile."""
        spans: dict[str, list[Span]] = defaultdict(list)
        for span in self.spans(is_wanted):
            spans[span.trace_id].append(span)
        return {id: Trace(each) for id, each in spans.items()}

    def _parse(self, line: bytes, position: str, is_wanted: Callable[[str], bool]) -> list[Span]:
        if not line.strip():
            return []
        try:
            return list(parse_spans(orjson.loads(line), is_wanted))
        except (AttributeError, KeyError, TypeError, ValueError):
            self._skipped[position] = None
            return []
