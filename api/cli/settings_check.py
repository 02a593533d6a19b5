"""`needtoknow serve --check`: what a start reads because the settings name it. It writes nothing."""

from __future__ import annotations

import os
from pathlib import Path

from api.cli.startup_errors import require_world
from api.config.setting import variable
from api.config.settings import Settings
from api.config.user_error import UserError


async def check_settings(settings: Settings) -> None:
    """Read every file, the issuer's keys and what was published. Raises: what `report_startup_errors` reports."""
    from api.auth.authentication import open_authenticator, revocation_lists
    from api.auth.published_changes import open_published_changes
    from api.http.resources import record_sources, trusted_documents_of
    from policy.table import Policy

    require_world(settings.data, settings.addresses)
    record_sources(settings)
    check_checkpoints(settings)
    Policy.load(settings.matrix)
    async with trusted_documents_of(settings):
        pass
    async with open_published_changes(settings.journal, lambda _: None) as published:
        if settings.demo:
            # Its key is created at the first start.
            revocation_lists(settings, published)
            return
        async with open_authenticator(settings, published):
            pass


def check_checkpoints(settings: Settings) -> None:
    """Check that the file of checkpoints can be created or written. Raises: UserError."""
    if not settings.journal.checkpoints:
        return
    file = Path(settings.journal.checkpoints)
    place = file if file.exists() else file.parent
    if not place.exists():
        raise UserError(f"{variable('checkpoints')}: there is no folder {place}. Create it, or mount it.")
    if place.is_dir() is (place == file) or not os.access(place, os.W_OK):
        raise UserError(f"{variable('checkpoints')}: {place} cannot be written. The server's user must own it.")
