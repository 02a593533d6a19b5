"""`needtoknow audit`: whether the journal is whole, and who asked about whom."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.mistakes import Mistake, told
from api.cli.options import Data
from api.settings import ABOUT, variable

if TYPE_CHECKING:
    from audit.chain import Receipt
    from audit.search import Found

JOURNAL = "journal.db"
HASH_BYTES = 32

app = typer.Typer(name="audit", help="Check the journal, and read it.")
Moment = Annotated[str | None, typer.Option(metavar="TIME", help="ISO 8601; UTC unless it names its zone.")]


@app.command()
def verify(
    data: Data = Path("data"),
    anchor: Annotated[str | None, typer.Option(metavar="SEQUENCE:HASH", help="What an earlier verify printed.")] = None,
    checkpoints: Annotated[
        str, typer.Option(metavar="FILE", envvar=variable("checkpoints"), help=ABOUT["checkpoints"].sentence)
    ] = "",
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="Whose checkpoints they are; else the data folder's own key.")
    ] = None,
) -> None:
    """Walk the whole journal. Exit status 1 and the first entry that does not hold, if there is one."""
    from heapq import merge

    from rich.console import Console
    from rich.progress import Progress

    from api.notary import KEY_FILE, second_place, signer
    from audit.chain import Anchor, Verified
    from audit.chain import verify as walk
    from audit.checkpoints import read
    from audit.errors import JournalError
    from audit.note import KeyWrong, Verifier

    kept = [] if anchor is None else [Anchor(receipt(anchor))]
    console = Console(stderr=True)
    with told(JournalError), Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        signed: Iterable[Anchor] = ()
        place = second_place(data, checkpoints)
        # Where there is a key there were checkpoints; only a copy of the journal alone has neither.
        if checkpoints or key or place.exists() or (data / KEY_FILE).exists():
            try:
                signed = read(place, Verifier.parse(key) if key else signer(data).verifier)
            except KeyWrong as wrong:
                raise typer.BadParameter(f"--key: {wrong}.") from None
        task = bar.add_task("Walking the journal", total=None)
        found = walk(
            data / JOURNAL,
            anchors=merge(signed, kept, key=lambda each: each.receipt.sequence),
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )
    if not isinstance(found, Verified):
        where = "The journal" if found.sequence is None else f"Entry {found.sequence}"
        raise Mistake(f"The journal is not whole. {where}: {found.reason}.")
    print(f"The journal is whole. Entries: {found.count}")
    print(f"Of these, what was kept elsewhere vouches for the first: {found.vouched}")
    print(f"Keep this elsewhere, for --anchor: {found.count}:{found.head.hex()}")


@app.command()
def key(data: Data = Path("data")) -> None:
    """Print the public key of the journal's checkpoints, to be kept elsewhere."""
    from api.notary import signer
    from audit.errors import JournalError

    with told(JournalError):
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
    subject: Annotated[str | None, typer.Option(help="About whom: P0000001, or warrants/W000000001.")] = None,
    agency: Annotated[str | None, typer.Option(help="Whose user asked, by ORI.")] = None,
    since: Moment = None,
    until: Moment = None,
    after: Annotated[int | None, typer.Option(help="The next page after that entry.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Entries at the most.")] = 100,
    json: Annotated[bool, typer.Option("--json", help="Every entry whole, one to a line.")] = False,
) -> None:
    """Print who asked about whom, newest first. Reading the journal is itself in the journal."""
    from audit.entry import Entry, Kind
    from audit.errors import JournalBroken, JournalError
    from audit.journal import note
    from audit.search import search as find

    journal = data / JOURNAL
    asked = {
        "id": inquiry,
        "user": user,
        "subject": subject if subject is None or "/" in subject else f"persons/{subject}",
        "agency": agency,
        "since": moment(since, "--since"),
        "until": moment(until, "--until"),
        "after": after,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    reading = Entry(
        kind=Kind.READ,
        user=f"local:{getpass.getuser()}",
        filters=tuple(f"{name}={value}" for name, value in given.items()),
    )
    with told(JournalError):
        if not journal.is_file():
            raise JournalBroken(f"There is no journal at {journal}.")
        asyncio.run(note(journal, reading))
        found = list(find(journal, **given, limit=limit + 1))  # type: ignore[arg-type]
    page = found[:limit]
    if json:
        for each in page:
            print(f'{{"sequence":{each.sequence},{each.entry.to_bytes().decode()[1:]}')
    else:
        show(page)
    if len(found) > limit:
        print(f"There are more: --after {page[-1].sequence}", file=sys.stderr)


def moment(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{option} is a time such as 2026-01-31 or 2026-01-31T08:00-08:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def show(page: Sequence[Found]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table("entry", "at (UTC)", "kind", "user", "role", "agency", "purpose", "case", "about", "outcome")
    for found in page:
        entry = found.entry
        cells = (
            str(found.sequence),
            entry.at[:19].replace("T", " "),
            entry.kind.value,
            entry.user,
            entry.role,
            entry.agency,
            " ".join(filter(None, (entry.purpose, entry.reason))),
            entry.case_number,
            " ".join(entry.record_ids),
            entry.outcome,
        )
        # As text, and printable: what a caller wrote must not steer the terminal of whoever reads it.
        grid.add_row(*(Text("".join(filter(str.isprintable, cell or ""))) for cell in cells))
    console = Console()
    (console if console.is_terminal else Console(width=240)).print(grid)
