"""Record of an archive: the entry that says which entries an archive has, with the hashes at both of its ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from audit.chain import Receipt
from audit.entry import Entry, Kind

FILTERS = re.compile(r"entries=([0-9]{1,18})-([0-9]{1,18}) previous=([0-9a-f]{64}) head=([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class ArchiveRecord:
    """What the journal says of one archive.

    before: the entry before its first one; (0, GENESIS) if there is none.
    last:   its last entry.
    sha256: hex digest of its file.
    """

    before: Receipt
    last: Receipt
    sha256: str

    def entry(self, user: str, terminal: str | None = None) -> Entry:
        """The entry of the archive, made by a user."""
        first, last = self.before.sequence + 1, self.last.sequence
        filters = f"entries={first}-{last}", f"previous={self.before.hash.hex()}", f"head={self.last.hash.hex()}"
        return Entry(kind=Kind.ARCHIVE, user=user, terminal=terminal, document_sha256=self.sha256, filters=filters)

    @classmethod
    def parse(cls, body: bytes) -> ArchiveRecord | None:
        """The record of an entry's text; None if it has none."""
        try:
            entry: Mapping[str, Any] = orjson.loads(body)
            match = FILTERS.fullmatch(" ".join(entry["filters"]))
            digest = entry["document_sha256"]
        except (ValueError, TypeError, KeyError):
            return None
        if match is None or not isinstance(digest, str):
            return None
        before = Receipt(int(match[1]) - 1, bytes.fromhex(match[3]))
        return cls(before, Receipt(int(match[2]), bytes.fromhex(match[4])), digest)
