"""Tables of a source: which its fetches read, and whether a file has their columns and indexes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from engine.authorization import Visible
from resolvers import persons, vehicles
from resolvers.catalogue import SPECS
from resolvers.name_candidates import CandidateNames, NameColumn
from resolvers.people_by_name import PeopleByName
from resolvers.subject_columns import SQL_FUNCTIONS
from resolvers.table import Lookup, ShownColumns
from resolvers.vehicles_by_terms import INDEXED_TERMS, VehiclesByTerms
from sources.sql.dialects import SQLITE
from sources.sql.query import SelectQuery, sql_of


def lookups_of(source: str) -> Iterator[tuple[str, str, SelectQuery]]:
    """(table, keys, query) of each fetch of a source by a key."""
    (spec,) = (each for each in SPECS if each.name == source)
    tables = {id(each.layout): each for each in spec.tables}
    for fetch in spec.fetches:
        table = tables[id(fetch.layout)]
        columns = tuple(Visible(name, is_masked=False) for name in table.columns)
        query = SelectQuery(Lookup(table, fetch.key_columns, sees_related=True), ShownColumns(table, columns))
        yield table.name, ", ".join(fetch.key_columns), query


def searches_of(source: str) -> Iterator[SelectQuery]:
    """Queries of each search of a source, which need the name index and the indexes that they name."""
    if source == persons.SOURCE:
        yield SelectQuery(CandidateNames(by_given=True, by_day=True), NameColumn())
        people = PeopleByName(
            by_given=True, by_initial=False, by_initial_alone=False, birth_date=None, by_near_birth_date=False
        )
        yield SelectQuery(people, ShownColumns(persons.PERSON, ()))
    if source == vehicles.SOURCE:
        for term in INDEXED_TERMS:
            found = VehiclesByTerms((term,), finds_lookalikes=False, is_after=False)
            yield SelectQuery(found, ShownColumns(vehicles.VEHICLE, ()))


def missing_parts(source: str, path: Path) -> list[str]:
    """Sentences that say which tables, columns or indexes are missing; none if all are there.

    Raises: sqlite3.Error if the file cannot be read.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        for name, function in SQL_FUNCTIONS.items():
            connection.create_function(name, 1, function, deterministic=True)
        lookups = ((table, keys, sql_of(query, SQLITE).text) for table, keys, query in lookups_of(source))
        found = [sentence for lookup in lookups for sentence in _missing(connection, *lookup)]
        if not found:
            texts = (sql_of(query, SQLITE).text for query in searches_of(source))
            found = [f"searches: {error}" for text in texts if (error := _error_of(connection, text))]
        return list(dict.fromkeys(found))


def _missing(connection: sqlite3.Connection, table: str, keys: str, text: str) -> list[str]:
    if error := _error_of(connection, text):
        return [f"table {table}: {error}"]
    details = [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", _Nulls())]
    # Without an index SQLite reads the whole table, or makes an index for each statement.
    if any(detail.startswith(f"SCAN {table}") or " AUTOMATIC " in detail for detail in details):
        return [f"table {table}: no index for {keys}"]
    return []


def _error_of(connection: sqlite3.Connection, text: str) -> str | None:
    """Why a statement does not fit the tables: SQLite names a table or a column of our own statement, and no value."""
    try:
        connection.execute(f"EXPLAIN QUERY PLAN {text}", _Nulls())
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        return str(error)
    return None


class _Nulls(dict[str, None]):
    """Parameters that are all null: the plan of a statement does not depend on them."""

    def __missing__(self, _name: str) -> None:
        return None
