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


def file_error(error: OSError) -> str:
    """An error of a file, in one line. Raises: the error itself if it is of no file: then it is a defect."""
    if error.filename is None:
        raise error
    return f"{error.filename}: {error.strerror}."
