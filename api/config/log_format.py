"""Format of the log on stderr."""

from __future__ import annotations

import logging

from reports.control_characters import escape, escape_lines

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class LogFormatter(logging.Formatter):
    """Formatter that writes a message on one line, without control characters; a traceback keeps its lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        record.message = escape(record.message)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        return escape_lines(super().format(record))


def configure_log() -> None:
    """Log warnings and errors on stderr, unless the log is configured."""
    handler = logging.StreamHandler()
    handler.setFormatter(LogFormatter(FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # uvicorn warns once or twice of each malformed request, which anybody can send.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
