"""`needtoknow audit search`: the entries of the journal that meet conditions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.audit import TRACE, Archive, Time, journal_to_read, parse_period, record_read
from api.cli.console import write, write_error
from api.cli.options import Data
from api.cli.output_format import OutputFormat, print_csv, print_jsonl
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from audit.entry import FoundEntry
    from audit.term_hashes import TermHashes

TABLE_LIMIT = 100
LARGEST_SEQUENCE = 2**63 - 1
"""The largest integer of SQLite."""
EXAMPLES = {
    "subject": "A record is named as P0000001, or warrants/W000000001; for a name or a plate use --searched.",
    "user": "A user is written as in the token, letter for letter, such as demo-patrol.",
    "agency": "An agency is its ORI of nine capital letters and digits, such as CA9190000.",
    "id": "An inquiry has an id of 32 hexadecimal digits, as in extensions.inquiry.",
    "trace": "A trace has an id of 32 hexadecimal digits, as in extensions.traceId of an error.",
    "case": "A case number is found only as it was written, such as 26-01187.",
    "outcome": "Outcomes: ANSWERED, PARTIAL, DENIED, BROKEN, ABANDONED, UNCHANGED, or a code such as UNAUTHENTICATED.",
}
"""How the value of an option looks. A search that found nothing says the first that applies."""


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
    searched: Annotated[
        str | None,
        typer.Option(
            metavar="KIND=VALUE",
            help='Only searches for this name or number: name="Reyes, Marisol", plate=1N00001. - reads it from stdin.',
        ),
    ] = None,
    agency: Annotated[str | None, typer.Option(help="Only users of this agency, by ORI.")] = None,
    case: Annotated[str | None, typer.Option(help="Only this case number.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="Only INTENT, PART, RELEASE, REFUSAL, READ, CHANGE or ARCHIVE.")
    ] = None,
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
    from api.cli.entry_table import print_table
    from api.cli.entry_words import FLAGS
    from audit.entry import Kind
    from audit.errors import JournalError

    form = OutputFormat.JSONL if json else form
    limit = TABLE_LIMIT if limit is None and form is OutputFormat.TABLE else limit
    hashes = None if searched is None else term_hashes(data)
    times: dict[str, Any] = {**parse_period(since, until)}
    conditions: dict[str, Any] = {
        "id": inquiry,
        "trace": trace_id(trace),
        "user": user,
        "subject": None if subject is None else record(subject),
        "searched": None if searched is None or hashes is None else searched_hashes(searched, hashes),
        "agency": agency,
        "case": case,
        "kind": None if kind is None else one_of([each.value for each in Kind], kind, "--kind"),
        "outcome": outcome and outcome.upper(),
        "flag": None if flag is None else one_of(FLAGS, flag, "--flag"),
        **times,
        "after": after,
    }
    journal = journal_to_read(data, archive)
    print_entries = {OutputFormat.TABLE: print_table, OutputFormat.CSV: print_csv, OutputFormat.JSONL: print_jsonl}
    entries = _LastSeen()
    with report_as_user_error(JournalError):
        # The first hash is of the whole name or number; the others are of its parts.
        record_read(data, **conditions | {"searched": conditions["searched"] and conditions["searched"][0]})
        print_entries[form](entries.pass_on(journal.search(**conditions, limit=limit)))
        rest = conditions | {"after": entries.last}
        has_more = limit is not None and entries.last is not None and any(journal.search(**rest, limit=1))
        has_other = hashes is not None and any(journal.search(other_key=hashes.key_id, **times, limit=1))
    if entries.last is None and form is OutputFormat.TABLE:
        write(f"Nothing found. {hint(conditions)}".rstrip())
    if has_more:
        write_error(f"There are more entries: --after {entries.last}")
    if has_other and hashes is not None:
        write_error(f"Some entries were written with another key than {hashes.key_id}: their searches are not found.")


class _LastSeen:
    """Entries passed on as they are read, and the sequence of the last one; None if there was none."""

    last: int | None = None

    def pass_on(self, entries: Iterator[FoundEntry]) -> Iterator[FoundEntry]:
        for each in entries:
            self.last = each.sequence
            yield each


def trace_id(text: str | None) -> str | None:
    """The trace id in an option. Raises: BadParameter."""
    if text is None:
        return None
    found = TRACE.fullmatch(text.strip().lower())
    if found is None:
        raise typer.BadParameter("--trace is a trace id of 32 hexadecimal digits, or a traceresponse header.")
    return found[1]


def record(text: str) -> str:
    """The id of a record: "persons/P0000001". Raises: BadParameter."""
    from resolvers.catalogue import record_id

    found = text if "/" in text else record_id(text)
    if found is None or not any(map(str.isdigit, text)):  # VICTORTHORNQUIST could be a VIN
        raise typer.BadParameter(f"--subject: this is no record's number. {EXAMPLES['subject']}")
    return found


def one_of(known: Collection[str], text: str, option: str) -> str:
    """A code in any case, if it is known. Raises: BadParameter, with the nearest ones."""
    code = text.upper().replace("-", "_")
    if code not in known:
        near = get_close_matches(code, known, n=3, cutoff=0.4) or sorted(known)
        raise typer.BadParameter(f"{option}: there is no {text}. Did you mean {', '.join(near)}?")
    return code


def hint(conditions: Mapping[str, Any]) -> str:
    """How the first value that was given should look; empty if none was given that could look otherwise."""
    return next((text for name, text in EXAMPLES.items() if conditions[name] is not None), "")


def term_hashes(data: Path) -> TermHashes:
    """The keyed hashes of a data folder. Raises: UserError if it has no usable key."""
    from api.config.secret_file import SEARCH_KEY, InvalidSecretFile
    from audit.term_hashes import TermHashes

    try:
        with report_as_user_error(InvalidSecretFile):
            return TermHashes(SEARCH_KEY.read(data))
    except FileNotFoundError:
        raise UserError(f"There is no {data / SEARCH_KEY.name}: --searched needs the key of the servers.") from None


def searched_hashes(text: str, hashes: TermHashes) -> tuple[str, ...]:
    """The hashes of all terms that could mean this name or number. Raises: BadParameter."""
    from resolvers.catalogue import FETCHES
    from resolvers.errors import InvalidSearch
    from resolvers.numbers.compact_text import compact
    from resolvers.search_terms import EXPANSIONS, SearchTerm

    kind, _, value = text.partition("=")
    kinds = [*EXPANSIONS, *sorted({each.term for each in FETCHES if each.term} - EXPANSIONS.keys())]
    if kind not in kinds:
        raise typer.BadParameter(f"--searched is KIND=VALUE; kinds are {', '.join(kinds)}.")
    if value == "-":
        value = typer.get_text_stream("stdin").readline()
    try:
        # The numbers of an agency's own system are compared without separators.
        terms = EXPANSIONS[kind](value) if kind in EXPANSIONS else [SearchTerm(kind, compact(value) or value)]
        return tuple(dict.fromkeys(hashes.of(*term) for term in terms))
    except InvalidSearch as invalid:
        raise typer.BadParameter(f"--searched: {invalid}") from None
