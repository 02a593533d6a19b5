"""Changes: what an administrator publishes for all servers of a journal's database, each with its entry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from getpass import getuser
from hashlib import sha256

from audit.entry import Entry, Kind


class ChangeKind(Enum):
    """Kind of a change, and so of its content."""

    POLICY = "POLICY"  # the text of a matrix
    KEYS = "KEYS"  # a JWKS
    REVOKE = "REVOKE"  # the `sub` or `jti` of a token
    RESTORE = "RESTORE"  # one that was revoked


@dataclass(frozen=True, slots=True)
class Change:
    """A change to publish."""

    kind: ChangeKind
    content: str

    @property
    def name(self) -> str:
        """The content, if it is short, or the start of its hash."""
        if self.kind in {ChangeKind.REVOKE, ChangeKind.RESTORE}:
            return self.content
        return sha256(self.content.encode()).hexdigest()[:12]

    def entry(self, role: str) -> Entry:
        """The entry of this change by a role of the database, which checks its user and its hash."""
        return Entry(
            kind=Kind.CHANGE,
            user=f"database:{role}",
            terminal=getuser(),
            document_sha256=sha256(f"{self.kind.value} {self.content}".encode()).hexdigest(),
            filters=(f"{self.kind.value.lower()}={self.name}",),
        )


@dataclass(frozen=True, slots=True)
class PublishedChange:
    """A change that is in force unless a later one replaces it. Numbers are 1, 2, 3 … without a gap."""

    number: int
    change: Change
    at: str | None
    """The `stamp` of its entry, and who made it; None if that entry was archived."""
    user: str | None
