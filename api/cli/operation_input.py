"""The operation that a command is given: its document and its variables."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import typer

from api.config.user_error import UserError

# A server reads less. A pipe may be given, as in `ask <(command)`, so the length is known only by reading.
MAX_BYTES = 1_048_576


def read_document(file: str) -> str:
    """The text of a file, or of stdin for `-`. Raises: UserError."""
    try:
        with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as source:
            text = source.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise UserError(f"{file} has more than {MAX_BYTES:,} bytes.")
        return text.decode()
    except UnicodeDecodeError:
        raise UserError(f"{file} is not UTF-8 text.") from None
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from None


def parse_variables(text: str) -> dict[str, Any]:
    """The variables in a JSON text. Raises: typer.BadParameter."""
    import orjson

    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise typer.BadParameter('--variables must be a JSON object, such as {"plate": "1ABC123"}.')
    return value
