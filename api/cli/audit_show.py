"""`needtoknow audit show`: one inquiry of the journal, with all of its entries and its decision made again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.audit import TRACE, Archive, journal_to_read, record_read
from api.cli.console import write, write_json
from api.cli.options import Data, Json
from api.cli.output_format import grid
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from audit.decision_replay import DecisionReplayer, Replay, ReplayedField
    from audit.entry import Entry, FoundEntry
    from audit.journal import JournalStore

LARGEST_NUMBER = 2**63
CANDIDATES = 10
"""Ids that are compared for a start or a trace that several have."""


def show(
    inquiry: Annotated[
        str, typer.Argument(metavar="ID", help="Entry number, inquiry id, the first digits of an id, or trace id.")
    ],
    *,
    data: Data = Path("data"),
    json: Json = False,
    archive: Archive = None,
) -> None:
    """Print one inquiry: who, why, what was asked for and released, and its decision made again."""
    import orjson

    from audit.errors import JournalError

    journal = journal_to_read(data, archive)
    with report_as_user_error(JournalError):
        record_read(data, inquiry=inquiry)
        found = entries_of(journal, inquiry)
    bodies = [orjson.loads(each.entry.to_bytes()) for each in found]
    replay = replayer(data).replay(bodies[-1])
    if json:
        write_json({"entries": bodies[::-1], "replay": replay}, is_indented=True)
        return
    grid(("inquiry", found[0].entry.id), facts(found))
    print_replay(found[-1].entry, replay)


def entries_of(journal: JournalStore, reference: str) -> Sequence[FoundEntry]:
    """All entries of one inquiry, oldest first. Raises: UserError if there is none, or it could be several."""
    if found := [*journal.search(id=reference)]:
        return found[::-1]
    text, id = reference.strip().lower(), None
    if text.isdecimal() and text.isascii() and int(text) < LARGEST_NUMBER:
        id = next((each.entry.id for each in journal.search(number=int(text))), None)
    if id is None and re.fullmatch("[0-9a-f]{1,32}", text):
        ids: dict[str, FoundEntry] = {}
        for each in journal.search(id_start=text):
            ids.setdefault(each.entry.id, each)
            if len(ids) == CANDIDATES:
                break
        if len(ids) > 1:
            listed = ", ".join(f"{id} ({each.entry.user}, {each.entry.at[:19]})" for id, each in ids.items())
            raise UserError(f"The ids of several inquiries begin with {text}; give more digits: {listed}.")
        id = next(iter(ids), None)
    if id is None and (trace := TRACE.fullmatch(text)):
        of_trace = {each.entry.id for each in journal.search(trace=trace[1], limit=CANDIDATES)}
        if len(of_trace) > 1:
            raise UserError(f"Several inquiries have this trace id: needtoknow audit search --trace {trace[1]}")
        id = next(iter(of_trace), None)
    if id is None:
        raise UserError(
            f"There is no inquiry {reference} in the journal. "
            "Give an entry number, an id, its first digits, or a trace id."
        )
    return [*journal.search(id=id)][::-1]


def replayer(data: Path) -> DecisionReplayer:
    """Replays decisions under the policies of the data folder, and those that were published. Raises: UserError."""
    from api.config.policy_in_force import published_policies
    from api.config.setting import InvalidSettings
    from api.config.settings import Settings
    from audit.decision_replay import DecisionReplayer
    from audit.errors import JournalError
    from audit.policy_archive import FOLDER, PolicyArchive
    from schema.build import guards

    with report_as_user_error(InvalidSettings, JournalError):
        published = [*published_policies(Settings.from_environment())]
    return DecisionReplayer(PolicyArchive(data / FOLDER, published), guards())


def facts(found: Sequence[FoundEntry]) -> Iterator[tuple[str, str]]:
    """The facts of one inquiry in words, from its first and its last entry, without what its decision says."""
    from api.cli.entry_words import ASSURANCE, FLAGS, OUTCOMES, search_kinds, with_meaning
    from policy.clearance import CLEARANCE_DATES

    first, last = found[0].entry, found[-1].entry
    shown = last.record_ids if last is not first else ()
    facts: dict[str, list[str | None]] = {
        "entries": [f"{each.sequence} {each.entry.kind.value}{_parts(each.entry)}" for each in found],
        "who": [last.user, last.role, last.agency],
        "signed in": [
            last.assurance and with_meaning(last.assurance, ASSURANCE),
            *(f"{name.replace('_', ' ')} {day}" for name in CLEARANCE_DATES if (day := getattr(last, name))),
        ],
        "from": [last.address and f"address {last.address}", last.terminal and f"terminal {last.terminal}"],
        "when": [f"{first.at[:19].replace('T', ' ')} UTC", _duration(first, last)],
    }
    yield from ((name, ", ".join(filter(None, parts))) for name, parts in facts.items() if any(parts))
    yield from _texts(
        ("why", _why(last)),
        ("case", last.case_number),
        ("attention", last.attention),
        ("led to by", last.parent_id),
        ("operation", last.operation_name),
        ("document", last.document_sha256),
        ("trusted as", last.trusted_document),
        ("trace", last.trace_id),
        ("asked for", ", ".join(first.record_ids)),
        ("searched by", ", ".join(search_kinds(first))),
        ("conditions", ", ".join(last.filters)),
        ("shown", ", ".join(shown)),
        ("sources", ", ".join(f"{each.name} {each.status}" for each in last.sources)),
        ("outcome", last.outcome and with_meaning(last.outcome, OUTCOMES)),
        ("flags", " ".join(with_meaning(flag, FLAGS) for flag in last.flags)),
        ("claim", last.claim),
        ("token", last.token_sha256),
        ("policy", last.policy_version),
    )


def _parts(entry: Entry) -> str:
    """The numbers of the parts of a response that an entry is about."""
    return f" of {' '.join(map(str, entry.parts))}" if entry.parts else ""


def _texts(*facts: tuple[str, str | None]) -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in facts if text)


def _why(entry: Entry) -> str:
    """The purpose and the reason, each with its meaning as far as it is known today."""
    from api.cli.entry_words import with_meaning
    from policy.purposes import Purpose
    from policy.reasons import Reason

    meanings = {each.value: each.meaning for each in (*Purpose, *Reason)}
    return " ".join(with_meaning(code, meanings) for code in (entry.purpose, entry.reason) if code)


def _duration(first: Entry, last: Entry) -> str | None:
    if first is last:
        return None
    try:
        seconds = (datetime.fromisoformat(last.at) - datetime.fromisoformat(first.at)).total_seconds()
    except (ValueError, TypeError):  # of a forged journal
        return None
    return f"answered after {seconds * 1_000:.0f} ms"


def print_replay(entry: Entry, replay: Replay | None) -> None:
    """Print the outcome of each field, by which rule, and whether it is decided otherwise now."""
    from audit.decision_replay import ReplayOutcome

    if replay is None:
        write("The entry has no decision that could be made again.")
        return
    rows = ((line.field or "(rows)", _outcome(line), line.record_class, _rule(line)) for line in replay.lines)
    grid(("field", "outcome", "record class", "rule"), rows)
    if any(line.journalled == "LEFT_OUT" for line in replay.lines):
        write("LEFT_OUT: such rows are left out, whether any exist or not.")
    write(f"Decided again under policy {entry.policy_version}: {ReplayOutcome[replay.outcome].meaning}")


def _outcome(line: ReplayedField) -> str:
    then = line.journalled or "NOTHING"
    return f"{then}, now {line.decided or 'NOTHING'}" if line.agrees is False else then


def _rule(line: ReplayedField) -> str:
    needs = f" (needs {' and '.join(line.needs)})" if line.needs else ""
    return f"{line.rule or ''}{needs}"
