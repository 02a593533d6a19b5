"""Errors that stop a server from starting, each reported in one line."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from api.config.user_error import UserError, report_as_user_error


def report_startup_errors() -> AbstractContextManager[None]:
    """Report an invalid world, key, journal, policy or profile as a UserError."""
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
    """Raises: UserError if there is no world in the folder, WorldBroken if it is incomplete."""
    from seed.world import inspect

    if inspect(data) is None:
        raise UserError(f"There is no world in {data}. Make one: needtoknow seed --data {data}")
