"""The log on stderr: one line a message, as text or as a JSON object.

Both formats have the time (UTC, ISO 8601), the level, the logger, the process, the message, the number of the worker
and the values of an event. No line has a control character.

An exception is its type and the code locations that it passed. Its message is left out, because an SQL driver or a
parser may quote the value it failed on.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any

from reports.control_characters import escape

LOG_FORMATS = ("text", "json")
ROOT = "needtoknow"
"""The logger whose children also log what is usual, such as a start."""

logger = logging.getLogger(f"{ROOT}.process")


def log_event(to: logging.Logger, level: int, message: str, event: str, **values: object) -> None:
    """Log a message with an event's name and its values, which are text, numbers, or lists and mappings of them."""
    to.log(level, "%s", message, extra={"event": event, "values": values})


class LogFormatter(logging.Formatter):
    """Formatter of one line of text: `2026-11-30T08:15:00.123Z INFO needtoknow.server[4711]: Ready. (event=ready)`."""

    def __init__(self, worker: int | None = None) -> None:
        super().__init__()
        self._worker = worker

    def format(self, record: logging.LogRecord) -> str:
        parts = self.parts(record)
        where = f"{parts.pop('logger')}[{parts.pop('process')}]"
        line = f"{parts.pop('time')} {parts.pop('level')} {where}: {parts.pop('message')}"
        if parts:
            line += f" ({' '.join(f'{name}={_text(value)}' for name, value in parts.items())})"
        return escape(line)

    def parts(self, record: logging.LogRecord) -> dict[str, Any]:
        """The parts of a line by name, in their order."""
        parts: dict[str, Any] = {
            "time": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage().rstrip("\n"),
        }
        if self._worker is not None:
            parts["worker"] = self._worker
        if (event := getattr(record, "event", None)) is not None:
            parts |= {"event": event, **getattr(record, "values", {})}
        if record.exc_info and record.exc_info[1] is not None:
            parts["exception"] = describe(record.exc_info[1])
        return parts


class JsonLogFormatter(LogFormatter):
    """Formatter of one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        # JSON leaves C1 controls and marks of direction as they are.
        parts = {name: _escaped(value) for name, value in self.parts(record).items()}
        return json.dumps(parts, ensure_ascii=False, default=str)


def describe(error: BaseException) -> str:
    """An exception and its causes: `KeyError at warrants.py:40 < loader.py:88, from ValueError at rows.py:12`."""
    described, seen = [], set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        passed = [f"{Path(frame.f_code.co_filename).name}:{line}" for frame, line in walk_tb(each.__traceback__)]
        described.append(
            " at ".join((type(each).__name__, " < ".join(passed[::-1])) if passed else (type(each).__name__,))
        )
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return ", from ".join(described)


def configure_log(form: str = "text", *, worker: int | None = None) -> None:
    """Log on stderr: warnings and errors of everything, and what is usual of the server itself."""
    handler = logging.StreamHandler()
    handler.setFormatter((JsonLogFormatter if form == "json" else LogFormatter)(worker))
    root = logging.getLogger()
    # Other handlers, such as those of a test, stay.
    for each in [each for each in root.handlers if isinstance(each.formatter, LogFormatter)]:
        root.removeHandler(each)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(ROOT).setLevel(logging.INFO)
    # uvicorn warns once or twice of each malformed request, which anybody can send.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)


def log_uncaught() -> None:
    """Log what Python would write on stderr itself: uncaught exceptions, of threads too, and warnings."""
    logging.captureWarnings(True)
    sys.excepthook = _log_exception
    threading.excepthook = lambda args: _log_exception(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _log_exception(args.exc_type, args.exc_value, args.exc_traceback)


def _log_exception(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    logger.critical("An exception was not caught.", exc_info=(kind, error or kind(), trace))


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{name}:{each}" for name, each in value.items()) or "-"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or "-"
    text = str(value)
    return f'"{text}"' if " " in text or not text else text


def _escaped(value: object) -> object:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Mapping):
        return {escape(str(name)): _escaped(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(each) for each in value]
    return value
