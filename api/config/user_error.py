"""User errors: reported in one line, without a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer


class UserError(typer.TyperException):
    """An error that the user can fix; the message says what happened and what to do."""


@contextmanager
def report_as_user_error(*types: type[Exception]) -> Iterator[None]:
    """Turn exceptions of these types into a UserError with the same message."""
    try:
        yield
    except types as error:
        raise UserError(str(error)) from None
