"""`needtoknow audit`: create, search and show the journal."""

from __future__ import annotations

import asyncio
import getpass
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.console import write, write_error, write_json
from api.cli.options import Data, Json
from api.cli.output_format import NAMES, OutputFormat, flat, grid, print_entries
from api.config.setting import variable
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from audit.journal import JournalStore

TABLE_LIMIT = 100
LARGEST_SEQUENCE = 2**63 - 1
"""The largest integer of SQLite."""

TRACE = re.compile("(?:00-)?([0-9a-f]{32})(?:-[0-9a-f]{16}-[0-9a-f]{2})?")
"""A trace id, alone or in a `traceresponse` header."""

REPLAYED_FIELDS = {"released", "masked", "denied", "exclusions"}  # `show` prints them with the replayed decision

app = typer.Typer(name="audit", help="Verify and read the journal.")
Archive = Annotated[
    Path | None, typer.Option("--archive", metavar="FILE", help="Read this archive and not the journal.")
]
Time = Annotated[str | None, typer.Option(metavar="TIME", help="ISO 8601; UTC if it names no time zone.")]


@app.command()
def key(data: Data = Path("data")) -> None:
    """Print the public key of the journal's checkpoints. Store it elsewhere, for verify --key."""
    from api.config.checkpoints import signer
    from audit.errors import JournalError

    with report_as_user_error(JournalError):
        write(signer(data).verifier)


@app.command()
def migrate(
    *,
    writers: Annotated[
        list[str] | None, typer.Option("--writer", metavar="ROLE", help="Role of a server: it may append and read.")
    ] = None,
    readers: Annotated[
        list[str] | None, typer.Option("--reader", metavar="ROLE", help="Role of an auditor: it may read.")
    ] = None,
    administrators: Annotated[
        list[str] | None,
        typer.Option("--administrator", metavar="ROLE", help="Role that may publish, revoke and archive."),
    ] = None,
) -> None:
    """Create the journal in the database of NEEDTOKNOW_JOURNAL, whose role will own it, or only grant rights on it."""
    from audit.errors import JournalError
    from audit.sqlite.store import SqliteStore

    journal = configured_journal(Path())
    if isinstance(journal, SqliteStore):
        raise UserError(f"{variable('journal')} names no database. A server creates a journal in a file by itself.")
    from audit.postgres.store import PostgresStore  # after that, because it may not be installed

    assert isinstance(journal, PostgresStore)
    with report_as_user_error(JournalError):
        is_new = asyncio.run(journal.migrate(writers or (), readers or (), administrators or ()))
    write(f"The journal {journal} {'was created' if is_new else 'was there'}.")


@app.command()
def search(
    *,
    data: Data = Path("data"),
    inquiry: Annotated[str | None, typer.Option("--id", help="Only this inquiry id.")] = None,
    trace: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Only this trace id, or traceresponse header. Slow without --since."),
    ] = None,
    user: Annotated[str | None, typer.Option(help="Only this user.")] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", "--record", help="Only this record: P0000001, or warrants/W000000001.")
    ] = None,
    agency: Annotated[str | None, typer.Option(help="Only users of this agency, by ORI.")] = None,
    case: Annotated[str | None, typer.Option(help="Only this case number.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only INTENT, RELEASE, REFUSAL, READ, CHANGE or ARCHIVE.")] = None,
    outcome: Annotated[str | None, typer.Option(help="Only this outcome, such as DENIED.")] = None,
    flag: Annotated[str | None, typer.Option(help="Only this flag, such as OWN_RECORD.")] = None,
    since: Time = None,
    until: Time = None,
    after: Annotated[
        int | None, typer.Option(min=0, max=LARGEST_SEQUENCE, help="Begin after this entry number.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Maximum entries (default: 100 as a table, all as CSV/JSON).")
    ] = None,
    form: Annotated[OutputFormat, typer.Option("--format", help="table, csv or jsonl.")] = OutputFormat.TABLE,
    json: Annotated[bool, typer.Option("--json", help="The same as --format jsonl.")] = False,
    archive: Archive = None,
) -> None:
    """Print entries, newest first: who made inquiries about whom. The journal records this command too."""
    from audit.errors import JournalError
    from resolvers.catalogue import record_id

    form = OutputFormat.JSONL if json else form
    limit = TABLE_LIMIT if limit is None and form is OutputFormat.TABLE else limit
    conditions: dict[str, Any] = {
        "id": inquiry,
        "trace": parse_trace(trace),
        "user": user,
        "subject": subject if subject is None or "/" in subject else record_id(subject) or subject,
        "agency": agency,
        "case": case,
        "kind": kind,
        "outcome": outcome,
        "flag": flag,
        "since": parse_time(since, "--since"),
        "until": parse_time(until, "--until"),
        "after": after,
    }
    journal = journal_to_read(data, archive)
    with report_as_user_error(JournalError):
        record_read(data, **conditions)
        last = print_entries(form, journal.search(**conditions, limit=limit))
        has_more = limit is not None and any(journal.search(**conditions | {"after": last}, limit=1))
    if has_more:
        write_error(f"There are more entries: --after {last}")


@app.command()
def show(
    inquiry: Annotated[str, typer.Argument(metavar="ID", help="Inquiry id, as in extensions.inquiry, or trace id.")],
    *,
    data: Data = Path("data"),
    json: Json = False,
    archive: Archive = None,
) -> None:
    """Print what one inquiry released and withheld, and its decision made again under the policy of its day."""
    import orjson

    from audit.decision_replay import DecisionReplayer, ReplayOutcome
    from audit.errors import JournalError
    from audit.policy_archive import FOLDER, PolicyArchive
    from schema.build import guards

    journal = journal_to_read(data, archive)
    with report_as_user_error(JournalError):
        record_read(data, id=inquiry)
        found = [each.entry for each in journal.search(id=inquiry)]
        if not found and TRACE.fullmatch(inquiry):
            found = [each.entry for each in journal.search(trace=inquiry, limit=TABLE_LIMIT)]
    if not found:
        raise UserError(f"There is no inquiry {inquiry} in the journal.")
    if len({entry.id for entry in found}) > 1:
        raise UserError(f"Several inquiries have this trace id: needtoknow audit search --trace {inquiry}")
    newest, entries = found[0], [orjson.loads(entry.to_bytes()) for entry in found]
    replay = DecisionReplayer(PolicyArchive(data / FOLDER), guards()).replay(entries[0])
    if json:
        write_json({"entries": entries, "replay": replay}, is_indented=True)
        return
    fields = ((name, flat(getattr(newest, name), ", ")) for name in NAMES if name not in REPLAYED_FIELDS)
    grid(("entry", "value"), [(name.replace("_", " "), text) for name, text in fields if text])
    if replay is None:
        write("The entry has no decision that could be made again.")
        return
    rows = (
        (line.field or "(rows)", line.record_class, line.rule, " ".join(line.needs), line.journalled, line.decided)
        for line in replay.lines
    )
    grid(("field", "record class", "rule", "needs", "then", "now"), rows)
    write(f"Decided again under policy {newest.policy_version}: {ReplayOutcome[replay.outcome].meaning}")


def configured_journal(data: Path, address: str | None = None) -> JournalStore:
    """The journal at an address, or the one that the settings name. Raises: UserError."""
    from api.config.journal_store import journal_store
    from api.config.setting import InvalidSettings
    from api.config.settings import Settings

    with report_as_user_error(InvalidSettings):
        return journal_store(data, Settings.from_environment().journal.journal if address is None else address)


def journal_to_read(data: Path, archive: Path | None) -> JournalStore:
    """The archive, if one is named, or the journal that the settings name. Raises: UserError."""
    from audit.sqlite.store import SqliteStore

    return configured_journal(data) if archive is None else SqliteStore(archive)


def record_read(data: Path, **filters: object) -> None:
    """Append a READ entry with the filters that were given, before anything is shown. Raises: JournalError."""
    from audit.entry import Entry, Kind

    journal = configured_journal(data)
    given = tuple(f"{name}={value}" for name, value in filters.items() if value is not None)
    asyncio.run(journal.append_once(Entry(kind=Kind.READ, user=f"local:{getpass.getuser()}", filters=given)))


def parse_trace(text: str | None) -> str | None:
    """The trace id in an option. Raises: typer.BadParameter."""
    if text is None:
        return None
    found = TRACE.fullmatch(text.strip().lower())
    if found is None:
        raise typer.BadParameter("--trace is a trace id of 32 hexadecimal digits, or a traceresponse header.")
    return found[1]


def parse_time(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # overflow: its year in UTC is not 1 to 9999
        raise typer.BadParameter(f"{option} is a time such as 2026-01-31 or 2026-01-31T08:00-08:00.") from None
