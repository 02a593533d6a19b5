"""The standard streams of a command: some may be closed, and its output may fail."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

    from _typeshed import ReadableBuffer as Buffer

STDOUT = "stdout"
# A closed stdout is opened for reading, so that output fails: a command whose output is lost did not do what it should.
STREAMS = (("stdin", os.O_RDONLY), (STDOUT, os.O_RDONLY), ("stderr", os.O_WRONLY))


class OutputFile(io.FileIO):
    """File descriptor 1. An error of it names stdout."""

    def write(self, data: Buffer, /) -> int:
        """Write bytes. Raises: OSError with the file name `stdout`."""
        try:
            return super().write(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror, STDOUT) from None


def open_standard_streams() -> None:
    """Open what is closed, or another file would get its descriptor and then the output.

    On stdout, a character that its encoding lacks is written as an escape.
    """
    for descriptor, (name, flags) in enumerate(STREAMS):
        if getattr(sys, name) is None:
            _open_null(descriptor, flags)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8")
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.BufferedWriter(io.FileIO(2, "w", closefd=False)), "utf-8", "backslashreplace")
    encoding = sys.stdout.encoding if sys.stdout else "utf-8"
    output = io.BufferedWriter(OutputFile(1, "w", closefd=False))
    sys.stdout = io.TextIOWrapper(output, encoding, "backslashreplace", line_buffering=output.isatty())


def drop_output(stream: TextIO) -> None:
    """Drop what is still to be written to a stream: the interpreter would write it again when it ends, and fail."""
    _open_null(stream.fileno(), os.O_WRONLY)


def _open_null(descriptor: int, flags: int) -> None:
    null = os.open(os.devnull, flags)
    if null != descriptor:
        os.dup2(null, descriptor)
        os.close(null)
