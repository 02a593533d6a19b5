"""What a user can put right: told in one line, without a traceback. Knows nothing of any command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer


class UserError(typer.TyperException):
    """The message says what happened and what to do."""


@contextmanager
def report_as_user_error(*kinds: type[Exception]) -> Iterator[None]:
    """Errors of these kinds have a message for the user, who needs nothing else of them."""
    try:
        yield
    except kinds as error:
        raise UserError(str(error)) from None
