"""What a user can put right: told in one line, without a traceback. Knows nothing of any command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pathlib import Path


class Mistake(typer.TyperException):
    """The message says what happened and what to do."""


@contextmanager
def told(*kinds: type[Exception]) -> Iterator[None]:
    """Errors of these kinds have a message for the user, who needs nothing else of them."""
    try:
        yield
    except kinds as error:
        raise Mistake(str(error)) from None


def told_at_start() -> AbstractContextManager[None]:
    """Told: all that can be wrong with the world, the keys, the journal or a profile when a server starts."""
    from api.accounts import AccountsWrong
    from api.demo import DemoKeyWrong
    from api.keys import KeysWrong
    from audit.errors import JournalError
    from policy.errors import PolicyError
    from resolvers.errors import ProfileWrong
    from seed.errors import WorldError

    return told(AccountsWrong, DemoKeyWrong, JournalError, KeysWrong, PolicyError, ProfileWrong, WorldError)


def check_world(data: Path) -> None:
    """Raises: Mistake where there is no world to ask about, WorldBroken where it is not whole."""
    from seed.world import inspect

    if inspect(data) is None:
        raise Mistake(f"There is no world in {data}. Make one: needtoknow seed --data {data}")
