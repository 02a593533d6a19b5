"""Reloading of trusted documents: their files are compared every second, and read again when they change.

Documents are validated and planned in a thread, because a thousand of them take seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from api.config.document_settings import DocumentSettings
from api.documents.loader import DocumentLoader, TrustedById, load_own
from api.documents.manifest import InvalidManifest
from api.documents.trusted_documents import DocumentMode, TrustedDocuments
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from policy.roles import Role

INTERVAL_S = 1.0
STAY = "The previous trusted documents stay in use."

log = logging.getLogger("needtoknow.files")


class ReloadedDocuments:
    """Documents that are replaced by those of changed files, if all of them are valid. Raises: InvalidManifest."""

    def __init__(self, loader: DocumentLoader) -> None:
        self._loader = loader
        self._stamps = loader.stamps()
        self._documents = loader.load()
        self.is_stale = False
        """Whether the files have changed and were refused, so that other documents than theirs are in use."""

    def current(self) -> TrustedById:
        """The documents now."""
        return self._documents

    async def refresh(self) -> None:
        """Read the files again if they have changed. If they are invalid, the log says so once."""
        stamps = self._loader.stamps()
        if stamps == self._stamps:
            return
        # Stored before reading: a file that is still being written changes again and is then read again.
        self._stamps = stamps
        try:
            self._documents = await asyncio.to_thread(self._loader.load, self._documents)
        except InvalidManifest as error:
            self.is_stale = True
            log.warning("%s %s", STAY, error)
        else:
            self.is_stale = False

    async def refresh_repeatedly(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL_S)
            try:
                await self.refresh()
            except Exception as cause:
                # The next change is still taken up.
                self.is_stale = True
                log.error(STAY, exc_info=cause)


@asynccontextmanager
async def open_trusted_documents(
    settings: DocumentSettings, schema: GuardedSchema, limits: Limits, *, own: Path | None = None
) -> AsyncIterator[TrustedDocuments]:
    """The trusted documents of the settings, reloaded while the context is open, and those of our own manifest.

    Raises: InvalidManifest.
    """
    mode = DocumentMode(settings.documents_mode)
    if mode is DocumentMode.ALSO and not settings.documents:
        mode = DocumentMode.OFF
    of_pages = {} if own is None else load_own(own, schema, limits)
    free_roles = frozenset(map(Role, settings.documents_free_roles))
    if mode is DocumentMode.OFF or not settings.documents:
        yield TrustedDocuments(mode=mode, free_roles=free_roles, own=of_pages)
        return
    reloaded = ReloadedDocuments(DocumentLoader(settings, schema, limits))
    task = asyncio.create_task(reloaded.refresh_repeatedly())
    try:
        yield TrustedDocuments(
            mode=mode,
            free_roles=free_roles,
            current=reloaded.current,
            is_stale=lambda: reloaded.is_stale,
            own=of_pages,
        )
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
