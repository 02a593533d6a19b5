"""Policies that were published for all servers of a journal's database, and the one that is in force."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from api.config.journal_store import journal_store
from api.config.settings import Settings
from audit.changes import ChangeKind, PublishedChange
from audit.sqlite.store import SqliteStore
from policy.errors import PolicyError
from policy.table import MATRIX, Policy


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """A policy, and in words where it is from."""

    policy: Policy
    origin: str


def policy_in_force(settings: Settings) -> PolicyInForce:
    """The policy that a server with these settings decides by.

    Raises: PolicyError; JournalBroken if the journal's database cannot be read.
    """
    newest = next((each for each in reversed(_changes(settings)) if each.change.kind is ChangeKind.POLICY), None)
    if newest is not None:
        by = f" by {newest.user}, {(newest.at or '')[:19]}" if newest.user else ""
        policy = Policy.parse(newest.change.content, "the published policy")
        return PolicyInForce(policy, f"published for all servers as change {newest.number}{by}")
    origin = "the built-in matrix" if settings.matrix == MATRIX else f"the file {settings.matrix}"
    where = ", because nothing is published in the journal's database" if settings.journal.journal else ""
    return PolicyInForce(Policy.load(settings.matrix), f"{origin}{where}")


def published_policies(settings: Settings) -> Iterator[Policy]:
    """Every policy that was published and that this program can parse. Raises: JournalBroken."""
    for each in _changes(settings):
        if each.change.kind is ChangeKind.POLICY:
            try:
                yield Policy.parse(each.change.content, "a published policy")
            except PolicyError:
                continue


def _changes(settings: Settings) -> list[PublishedChange]:
    """The changes in the journal's database; none if the journal is a file. Raises: InvalidSettings."""
    journal = journal_store(settings.data, settings.journal.journal)
    if isinstance(journal, SqliteStore):
        return []
    # After that, because it may not be installed.
    from audit.postgres.changes import read_changes  # noqa: PLC0415
    from audit.postgres.store import PostgresStore  # noqa: PLC0415

    assert isinstance(journal, PostgresStore)
    return asyncio.run(read_changes(journal.address))
