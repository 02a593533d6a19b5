"""Start-up errors of a server: each is reported in one line."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from api.config.user_error import UserError, report_as_user_error


def report_startup_errors() -> AbstractContextManager[None]:
    """Report what can be wrong with the world, the keys, the journal, the policy or a fault profile."""
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
    """Raises: UserError if the folder has no world, WorldError if the world is incomplete."""
    from seed.world import inspect

    if inspect(data) is None:
        raise UserError(f"There is no world in {data}. Create one: needtoknow seed --data {data}")
