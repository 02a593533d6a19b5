"""Key of the keyed hashes in the journal: created at first use, and compared with that of other servers."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

from api.config.secret_file import SEARCH_KEY
from audit.errors import JournalError
from audit.journal import JournalStore
from audit.term_hashes import TermHashes

NEWEST = 200
"""Entries that are read for the key of other servers."""

log = logging.getLogger("needtoknow.journal")


def open_term_hashes(data: Path, journal: JournalStore) -> TermHashes:
    """The keyed hashes of a server. It logs if the newest search in the journal was hashed with another key.

    Raises: InvalidSecretFile.
    """
    hashes = TermHashes(SEARCH_KEY.random(data))
    newest = None
    with suppress(JournalError):  # `audit verify` names an entry that cannot be read
        found = (each.entry.search_key for each in journal.search(limit=NEWEST))
        newest = next(filter(None, found), None)
    if newest not in {None, hashes.key_id}:
        log.warning(
            "%s has the id %s, and the newest searches in the journal were written with %s: "
            "copy one server's file to all, or nobody finds them together",
            data / SEARCH_KEY.name, hashes.key_id, newest,
        )  # fmt: skip
    return hashes
