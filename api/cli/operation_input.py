"""The operation that a command is given: its document and its variables."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer

from api.config.user_error import UserError


def read_document(file: str) -> str:
    """The text of a file, or of stdin for `-`. Raises: UserError."""
    try:
        if file == "-":
            return sys.stdin.buffer.read().decode()
        return Path(file).read_text(encoding="utf-8")
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
