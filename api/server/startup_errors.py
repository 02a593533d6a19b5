"""Errors that stop a server from starting, each reported in one line."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from pathlib import Path


def report_startup_errors() -> AbstractContextManager[None]:
    """Told: all that can be wrong with the world, the keys, the journal or a profile when a server starts."""
    from api.auth.demo_issuer import InvalidDemoKey
    from api.auth.jwks import InvalidJwks
    from api.auth.revocation import InvalidRevocationList
    from audit.errors import JournalError
    from policy.errors import PolicyError
    from seed.errors import WorldError
    from sources.errors import InvalidProfile

    return report_as_user_error(
        InvalidRevocationList, InvalidDemoKey, JournalError, InvalidJwks, PolicyError, InvalidProfile, WorldError
    )


def check_world(data: Path) -> None:
    """Raises: Mistake where there is no world to ask about, WorldBroken where it is not whole."""
    from seed.world import inspect

    if inspect(data) is None:
        raise UserError(f"There is no world in {data}. Make one: needtoknow seed --data {data}")
