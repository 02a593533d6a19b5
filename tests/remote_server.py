"""The records server of docs/remote_warrants over any source's file, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = Path(__file__).parents[1] / "docs" / "remote_warrants" / "server.py"


@contextmanager
def remote_server(records: Path, *, program: Path = PROGRAM, **options: object) -> Iterator[str]:
    """A running server; yields its URL. Options are those of its command line: token, certificate, key, clients."""
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, str(program), str(records), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()
