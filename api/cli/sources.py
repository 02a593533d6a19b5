"""`needtoknow sources`: each source, whether it answers, and what is wrong or not folded in its rows."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.console import stderr, stdout, write_json
from api.cli.options import Data, Json
from api.cli.output_format import grid
from api.config.setting import InvalidSettings
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from api.config.record_sources import Place
    from api.config.settings import Settings
    from sources.postgres.address import Address
    from sources.record_check import TableReport


@dataclass
class SourceReport:
    """One source: OK, or DOWN with a cause; and its tables, as far as they were read."""

    name: str
    kind: str
    place: str
    cause: str | None = None
    tables: list[TableReport] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.tables)

    @property
    def checked(self) -> int:
        return sum(each.checked for each in self.tables)

    @property
    def with_faults(self) -> int:
        return sum(each.with_faults for each in self.tables)

    @property
    def columns(self) -> dict[str, int]:
        """Rows with a fault by column: {"person.race": 2}."""
        return {f"{each.table}.{name}": count for each in self.tables for name, count in each.faults.items() if count}

    @property
    def not_folded(self) -> dict[str, int]:
        """Rows with a subject that is compared after folding, by column: {"person.subject_surname": 2}."""
        return {
            f"{each.table}.{name}": count for each in self.tables for name, count in each.not_folded.items() if count
        }


def sources(
    data: Data = Path("data"),
    seconds: Annotated[float, typer.Option(min=0, metavar="S", help="Time for the rows of all sources.")] = 60,
    json: Json = False,
    remote_schema: Annotated[
        str, typer.Option(metavar="NAME", help="Print the JSON Schema of the messages to and from a remote source.")
    ] = "",
) -> None:
    """Print each source: where it is, whether it answers, and how many rows have values that no field can show."""
    if remote_schema:
        _print_schema(remote_schema)
        return
    from api.config.record_sources import place_of
    from api.config.settings import Settings
    from resolvers.catalogue import NAMES

    with report_as_user_error(InvalidSettings):
        settings = Settings.from_environment()
        places = {name: place_of(name, data, settings.addresses) for name in NAMES}
    console = stderr()
    ends_at = time.monotonic() + seconds
    with console.status("") if console.is_terminal else nullcontext() as status:
        reports = []
        for name, place in places.items():
            count = 0

            def show(rows: int, name: str = name) -> None:
                nonlocal count
                count += rows
                if status is not None:
                    status.update(f"{name}: {count:,} rows")

            reports.append(_check(name, place, settings, lambda: time.monotonic() >= ends_at, show))
    if json:
        write_json({"sources": [_as_json(each) for each in reports]}, is_indented=True)
        return
    rows = [
        (each.name, each.kind, each.place, "DOWN" if each.cause else "OK", _rows(each), each.cause or _faults(each))
        for each in reports
    ]
    grid(("source", "kind", "place", "status", "rows", "fault"), rows)
    if any(each.checked < each.rows for each in reports):
        stdout().print(f"Not every row was checked within {seconds:g} s. Give more --seconds.")


def _print_schema(name: str) -> None:
    from resolvers.catalogue import NAMES
    from resolvers.remote_tables import remote_reads
    from sources.errors import NotRemote
    from sources.remote.json_schema import json_schema

    if name not in NAMES:
        raise UserError(f"There is no source {name}. The sources are {', '.join(NAMES)}.")
    try:
        write_json(json_schema(name, remote_reads(name)), is_indented=True)
    except NotRemote as error:
        raise UserError(f"{error}.") from None


def _check(
    name: str, place: Place, settings: Settings, is_over: Callable[[], bool], on_rows: Callable[[int], object]
) -> SourceReport:
    if isinstance(place, Path):
        return _check_file(name, place, is_over, on_rows)
    from sources.postgres.address import Address

    if isinstance(place, Address):
        return _check_database(name, place, is_over, on_rows)
    from api.config.record_sources import open_system
    from resolvers.remote_tables import remote_faults

    deadline_s = settings.sources.deadline_ms / 1000
    with report_as_user_error(InvalidSettings):
        source = open_system(name, place, settings.addresses, connections=1, deadline_s=deadline_s)
    return SourceReport(name, "remote", str(place), "; ".join(remote_faults(source)) or None)


def _check_file(name: str, place: Path, is_over: Callable[[], bool], on_rows: Callable[[int], object]) -> SourceReport:
    from resolvers.catalogue import FOLDS
    from resolvers.source_tables import missing_parts
    from schema.column_checks import column_checks
    from sources.record_check import check_records

    report = SourceReport(name, "sqlite", str(place))
    if not place.is_file():
        report.cause = "there is no such file"
        return report
    try:
        report.cause = "; ".join(missing_parts(name, place)) or None
        report.tables += check_records(place, column_checks(), FOLDS, is_over, on_rows)
    except sqlite3.Error as error:
        report.cause = f"SQLite cannot read it: {error.sqlite_errorname}"
    return report


def _check_database(
    name: str, address: Address, is_over: Callable[[], bool], on_rows: Callable[[int], object]
) -> SourceReport:
    from resolvers.database_tables import check_rows, missing_in_database
    from schema.column_checks import column_checks

    causes = missing_in_database(name, address)
    tables, cause = check_rows(name, address, column_checks(), is_over, on_rows)
    causes = list(dict.fromkeys([*causes, *([cause] if cause else [])]))
    return SourceReport(name, "postgresql", str(address), "; ".join(causes) or None, tables)


def _rows(report: SourceReport) -> str:
    if report.kind == "remote":
        return "not read"
    return f"{report.rows:,}" if report.checked == report.rows else f"{report.checked:,} of {report.rows:,}"


def _faults(report: SourceReport) -> str:
    faults = f"{report.with_faults:,} rows: {_counts(report.columns)}" if report.columns else ""
    not_folded = f"not folded: {_counts(report.not_folded)}" if report.not_folded else ""
    return "; ".join(filter(None, (faults, not_folded)))


def _counts(columns: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in columns.items())


def _as_json(report: SourceReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "kind": report.kind,
        "file": report.place if report.kind == "sqlite" else None,
        "place": report.place,
        "status": "DOWN" if report.cause else "OK",
        "cause": report.cause,
        "rows": report.rows,
        "checked": report.checked,
        "rowsWithFaults": report.with_faults,
        "columns": report.columns,
        "notFolded": report.not_folded,
    }
