"""Changes in force: the policy, keys and revocations that were published for all servers of one journal's database.

They go before files: a published policy or key set is used in place of the file's, and a revocation counts besides.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.auth.jwks import KeySet, parse_jwks
from api.config.journal_settings import JournalSettings
from audit.changes import Change, ChangeKind
from policy.table import Policy

if TYPE_CHECKING:
    from audit.postgres.changes import ChangeMonitor


@dataclass(eq=False)
class PublishedChanges:
    """State of one server. `store_policy` is called with a policy before it is in force."""

    store_policy: Callable[[Policy], None] = lambda _: None
    policy: Policy | None = None
    keys: KeySet | None = None
    ended: set[str] = field(default_factory=set)
    monitor: ChangeMonitor | None = None

    def apply(self, change: Change) -> None:
        """Put a change into force. Raises: PolicyError or InvalidJwks if this program cannot use it."""
        match change.kind:
            case ChangeKind.POLICY:
                policy = Policy.parse(change.content, "the published policy")
                self.store_policy(policy)
                self.policy = policy
            case ChangeKind.KEYS:
                self.keys = parse_jwks(change.content.encode(), "the published JWKS")
            case ChangeKind.REVOKE:
                self.ended.add(change.content)
            case ChangeKind.RESTORE:
                self.ended.discard(change.content)

    def revoked(self) -> set[str]:
        """Every revoked `sub` and `jti`. Raises: JournalUnavailable if a later change may not be known here."""
        self.raise_if_stale()
        return self.ended

    def raise_if_stale(self) -> None:
        """Raises: JournalUnavailable if a change may not be known here."""
        if self.monitor is not None:
            self.monitor.raise_if_stale()


NOTHING_PUBLISHED = PublishedChanges()
"""The state of a server whose journal is a file."""


@asynccontextmanager
async def open_published_changes(
    settings: JournalSettings, store_policy: Callable[[Policy], None]
) -> AsyncIterator[PublishedChanges]:
    """The changes in the journal's database; none if it is a file. Raises: JournalBroken."""
    published = PublishedChanges(store_policy)
    if not settings.journal:
        yield published
        return
    from audit.postgres.changes import ChangeMonitor
    from sources.postgres.address import Address

    async with ChangeMonitor.open(Address.parse(settings.journal), published.apply) as published.monitor:
        yield published
