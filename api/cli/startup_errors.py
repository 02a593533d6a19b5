"""Start-up errors of a server: each is reported in one line."""

from __future__ import annotations

from collections.abc import Callable, Container
from contextlib import AbstractContextManager
from pathlib import Path

from api.cli.console import write_error
from api.config.user_error import UserError, report_as_user_error


def report_startup_errors() -> AbstractContextManager[None]:
    """Report what can be wrong with the world, the sources, the keys, the journal, the policy or a file."""
    from api.auth.jwks import InvalidJwks
    from api.auth.revocation import InvalidRevocationList
    from api.config.secret_file import InvalidSecretFile
    from api.config.setting import InvalidSettings
    from api.documents.manifest import InvalidManifest
    from audit.errors import JournalError
    from engine.errors import UnguardedSchema
    from policy.errors import PolicyError
    from seed.errors import WorldError
    from sources.errors import InvalidProfile

    return report_as_user_error(
        InvalidManifest,
        InvalidRevocationList,
        InvalidSecretFile,
        InvalidSettings,
        JournalError,
        InvalidJwks,
        PolicyError,
        UnguardedSchema,
        InvalidProfile,
        WorldError,
    )


def print_warning(text: str) -> None:
    write_error(f"needtoknow: {text}")


def check_world(data: Path, addresses: Container[str] = (), *, warn: Callable[[str], object] = print_warning) -> None:
    """Check that the folder has a world, and close it to other users. If each source has an address, it needs none.

    Raises: UserError if there is none, WorldError if it is incomplete.
    """
    from filesystem.private_file import make_private_folder

    if not require_world(data, addresses):
        make_private_folder(data)
    close_data_folder(data, warn)


def require_world(data: Path, addresses: Container[str] = ()) -> bool:
    """Whether the folder needs a world; False if each source has an address. Raises: as `check_world`."""
    from resolvers.catalogue import NAMES
    from seed.world import inspect

    if all(name in addresses for name in NAMES):
        return False
    if inspect(data) is None:
        raise UserError(f"There is no world in {data}. Create one: needtoknow seed --data {data}")
    return True


def close_data_folder(data: Path, warn: Callable[[str], object] = print_warning) -> None:
    """Close the folder to other users, and say so if it was open."""
    from api.config.folder_rights import close_to_others

    if close_to_others(data):
        warn(f"Other users could read {data}. Now only its owner can.")
