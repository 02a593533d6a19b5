"""`needtoknow audit`: whether the journal is whole, who asked about whom, and what came of it."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import Data
from api.cli.output_format import OutputFormat, grid, print_as, printable
from api.config.setting import variable
from api.config.settings import description
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from audit.chain import Receipt

JOURNAL = "journal.db"
HASH_BYTES = 32
PAGE = 100

# What `show` says of an inquiry before it goes through its fields, in this order.
WHOLE = (
    *("id", "parent_id", "at", "kind", "user", "role", "agency", "certified_until", "assurance", "terminal", "address"),
    *("purpose", "reason", "case_number", "attention", "operation_name", "document_sha256", "policy_version"),
    *("record_ids", "filters", "sources", "outcome", "flags"),
)

app = typer.Typer(name="audit", help="Check the journal, and read it.")
Moment = Annotated[str | None, typer.Option(metavar="TIME", help="ISO 8601; UTC unless it names its zone.")]


@app.command()
def verify(
    data: Data = Path("data"),
    anchor: Annotated[str | None, typer.Option(metavar="SEQUENCE:HASH", help="What an earlier verify printed.")] = None,
    checkpoints: Annotated[
        str, typer.Option(metavar="FILE", envvar=variable("checkpoints"), help=description("checkpoints"))
    ] = "",
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="Whose checkpoints they are; else the data folder's own key.")
    ] = None,
) -> None:
    """Walk the whole journal. Exit status 1 and the first entry that does not hold, if there is one."""
    from heapq import merge

    from rich.console import Console
    from rich.progress import Progress

    from api.config.checkpoints import KEY_FILE, checkpoint_file, signer
    from audit.chain import Anchor, Verified
    from audit.chain import verify as walk
    from audit.checkpoints import read
    from audit.errors import JournalError
    from audit.signed_note import InvalidSigningKey, Verifier

    kept = [] if anchor is None else [Anchor(receipt(anchor))]
    console = Console(stderr=True)
    with (
        report_as_user_error(JournalError),
        Progress(console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        signed: Iterable[Anchor] = ()
        place = checkpoint_file(data, checkpoints)
        # Where there is a key there were checkpoints; only a copy of the journal alone has neither.
        if checkpoints or key or place.exists() or (data / KEY_FILE).exists():
            try:
                signed = read(place, Verifier.parse(key) if key else signer(data).verifier)
            except InvalidSigningKey as wrong:
                raise typer.BadParameter(f"--key: {wrong}.") from None
        task = bar.add_task("Walking the journal", total=None)
        found = walk(
            data / JOURNAL,
            anchors=merge(signed, kept, key=lambda each: each.receipt.sequence),
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )
    if not isinstance(found, Verified):
        where = "The journal" if found.sequence is None else f"Entry {found.sequence}"
        raise UserError(f"The journal is not whole. {where}: {found.reason}.")
    print(f"The journal is whole. Entries: {found.count}")
    print(f"Of these, what was kept elsewhere vouches for the first: {found.vouched}")
    print(f"Keep this elsewhere, for --anchor: {found.count}:{found.head.hex()}")


@app.command()
def key(data: Data = Path("data")) -> None:
    """Print the public key of the journal's checkpoints, to be kept elsewhere."""
    from api.config.checkpoints import signer
    from audit.errors import JournalError

    with report_as_user_error(JournalError):
        print(signer(data).verifier)


def receipt(anchor: str) -> Receipt:
    from audit.chain import Receipt

    sequence, _, digest = anchor.partition(":")
    try:
        kept = Receipt(int(sequence), bytes.fromhex(digest))
        if kept.sequence < 0 or len(kept.hash) != HASH_BYTES:
            raise ValueError
    except ValueError:
        raise typer.BadParameter("--anchor is SEQUENCE:HASH, as verify printed it.") from None
    return kept


@app.command()
def search(
    *,
    data: Data = Path("data"),
    inquiry: Annotated[str | None, typer.Option("--id", help="Of one inquiry.")] = None,
    user: Annotated[str | None, typer.Option(help="Who asked.")] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", "--record", help="About whom: P0000001, or warrants/W000000001.")
    ] = None,
    agency: Annotated[str | None, typer.Option(help="Whose user asked, by ORI.")] = None,
    case: Annotated[str | None, typer.Option(help="For which case.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="INTENT, RELEASE, REFUSAL or READ; a RELEASE was shown what it is about.")
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="What became of it, such as DENIED.")] = None,
    flag: Annotated[str | None, typer.Option(help="With this flag, such as OWN_RECORD.")] = None,
    since: Moment = None,
    until: Moment = None,
    after: Annotated[int | None, typer.Option(help="The next page after that entry.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Entries at the most: 100 in a table, if it is not said, else all.")
    ] = None,
    form: Annotated[OutputFormat, typer.Option("--format", help="table, csv or jsonl.")] = OutputFormat.TABLE,
    json: Annotated[bool, typer.Option("--json", help="The same as --format jsonl.")] = False,
) -> None:
    """Print who asked about whom, newest first. Reading the journal is itself in the journal."""
    from audit.errors import JournalError
    from audit.search import stream

    form = OutputFormat.JSONL if json else form
    limit = PAGE if limit is None and form is OutputFormat.TABLE else limit
    given = asked(
        id=inquiry,
        user=user,
        subject=subject if subject is None or "/" in subject else f"persons/{subject}",
        agency=agency,
        case=case,
        kind=kind,
        outcome=outcome,
        flag=flag,
        since=moment(since, "--since"),
        until=moment(until, "--until"),
        after=after,
    )
    journal = data / JOURNAL
    with report_as_user_error(JournalError):
        note_reading(journal, given)
        last = print_as(form, stream(journal, **given, limit=limit))
        is_more = limit is not None and any(stream(journal, **given | {"after": last}, limit=1))
    if is_more:
        print(f"There are more: --after {last}", file=sys.stderr)


@app.command()
def show(
    inquiry: Annotated[str, typer.Argument(metavar="ID", help="The inquiry, as in extensions.inquiry.")],
    *,
    data: Data = Path("data"),
    json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Print all that one inquiry released and withheld, and its decision made again under the policy of its day."""
    import orjson

    from audit.decision_replay import DecisionReplayer, ReplayOutcome
    from audit.errors import JournalError
    from audit.policy_archive import FOLDER, PolicyArchive
    from audit.search import search as find
    from schema.build import guards

    journal = data / JOURNAL
    with report_as_user_error(JournalError):
        note_reading(journal, {"id": inquiry})
        entries = [orjson.loads(found.entry.to_bytes()) for found in find(journal, id=inquiry)]
    if not entries:
        raise UserError(f"There is no inquiry {printable(inquiry)} in the journal.")
    replay = DecisionReplayer(PolicyArchive(data / FOLDER), guards()).of(entries[0])
    if json:
        print(orjson.dumps({"entries": entries, "replay": replay}, option=orjson.OPT_INDENT_2).decode())
        return
    newest = entries[0]
    about = ((name.replace("_", " "), newest[name]) for name in WHOLE if name in newest)
    grid(("about", "what the journal says"), ((name, words(value)) for name, value in about))
    if replay is None:
        print("Nothing was decided, so there is nothing to decide again.")
        return
    rows = (
        (line.field or "(rows)", line.record_class, line.rule, " ".join(line.needs), line.journalled, line.decided)
        for line in replay.lines
    )
    grid(("field", "record class", "rule", "needs", "then", "again"), rows)
    print(f"Decided again under policy {newest['policy_version']}: {ReplayOutcome[replay.outcome].meaning}")


def asked(**conditions: object) -> dict[str, Any]:
    return {name: value for name, value in conditions.items() if value is not None}


def note_reading(journal: Path, filters: Mapping[str, object]) -> None:
    """Write down who reads, before anything is shown. Raises JournalError."""
    from audit.entry import Entry, Kind
    from audit.errors import JournalBroken
    from audit.journal import append_once

    if not journal.is_file():
        raise JournalBroken(f"There is no journal at {journal}.")
    user = f"local:{getpass.getuser()}"
    looked_for = tuple(f"{name}={value}" for name, value in filters.items())
    asyncio.run(append_once(journal, Entry(kind=Kind.READ, user=user, filters=looked_for)))


def words(value: object) -> str:
    """What an entry says, in one line."""
    if isinstance(value, list):
        return ", ".join(map(words, value))
    return " ".join(map(str, value.values())) if isinstance(value, dict) else str(value)


def moment(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{option} is a time such as 2026-01-31 or 2026-01-31T08:00-08:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
