"""Source specification: the facts of one record system from which every list of sources, tables or records derives."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from sqlalchemy import MetaData
from sqlalchemy import Table as StoredTable

from resolvers.errors import InvalidSource
from resolvers.fetch import Fetch
from resolvers.record import RecordKind
from resolvers.table import Table


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """One record system.

    name:     as in the schema and the journal, "warrants"; its file is warrants.db.
    words:    its name in a safety banner: "WANTED PERSONS".
    tables:   the tables of its file; their names are unique among all sources.
    fetches:  the fetches that read them by a key.
    schema:   the module of its GraphQL types, "schema.warrants".
    seed:     the module of its synthetic rows, "seed.warrants"; None if no world has any.
    searches: the module of its searches, "resolvers.name_search"; None if it is read by keys only, so that it can be
              remote. It has SEARCHED_BY, in words, and `indexed_queries()`, which need the indexes of the searches.
    """

    name: str
    words: str
    tables: tuple[Table, ...]
    fetches: tuple[Fetch, ...]
    schema: str
    seed: str | None = None
    searches: str | None = None

    @property
    def metadata(self) -> MetaData:
        """The declarations of all tables of its file, also of those that no field reads by itself."""
        stored = self.tables[0].stored
        assert isinstance(stored, StoredTable)
        return stored.metadata

    @property
    def record_kinds(self) -> tuple[RecordKind, ...]:
        """The kinds of its records in the journal."""
        return tuple(dict.fromkeys(table.record for table in self.tables if table.record))

    @property
    def empty_scope(self) -> tuple[str, ...]:
        """Fields of a scope without which some of its rows may be hidden."""
        return tuple(dict.fromkeys(("sees_live", *(name for table in self.tables for name in table.empty_scope))))

    def load(self, module: str) -> ModuleType:
        """The module of this name, one of the source's own. Raises: InvalidSource if it does not load."""
        try:
            return import_module(module)
        except Exception as error:
            message = f"The source {self.name} cannot be loaded: {module}: {type(error).__name__}: {error}"
            raise InvalidSource(message) from error
