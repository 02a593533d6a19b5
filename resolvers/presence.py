"""Presence of a key in a source: a fetch that tells whether there is a row, and nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from policy.grants import Grant
from resolvers.errors import RelatedSubject
from resolvers.fetch import BatchResult, Fetch
from resolvers.table import GrantedColumns
from sources.source import Source


def presence(fetch: Fetch) -> Fetch:
    """The same fetch, whose result is True for a key that has a row, else False.

    A row that is withheld because of its subject is an error, and a source that does not answer gives neither.
    """

    async def read(source: Source, grant: Grant, keys: Sequence[Any], columns: GrantedColumns) -> BatchResult:
        batch = await fetch.read(source, grant, keys, columns)
        batch.found = {key: row if isinstance(row, RelatedSubject) else True for key, row in batch.found.items()}
        return batch

    return replace(fetch, read=read, when_missing=lambda: False)
