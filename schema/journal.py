"""The journal: inquiries, what they released and withheld, and their decisions made again.

A role or a rule that was done away with still stands in the entries of its time, so its words are plain text here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from audit.decision_replay import FieldOutcome, ReplayOutcome
from engine.declarations import Arguments, Column, Edge, Lookup, Read, Row
from policy.record_classes import RecordClass
from resolvers import journal
from schema.context import Context
from schema.directives import know
from schema.enums import enum
from schema.fields import column, declared, items, made
from schema.scalars import Date

enum(FieldOutcome, "FieldFate", "What became of a field.")
enum(ReplayOutcome, "ReplayOutcome", "What came of making a decision again.")

TRAIL = know(RecordClass.AUDIT_TRAIL)


def _item(name: str, description: str) -> Any:
    """A field of a list's item, which comes whole with the list."""
    return declared(Read((), Column(name)), description)


def _replay(row: Row, _arguments: Arguments, desk: Context) -> Lookup | None:
    return journal.replay.of(journal.ReplayKey(row["id"], desk.replays)) if desk.replays else None


@strawberry.type(description="Something that was withheld, and why.", directives=TRAIL)
class Withheld:
    field: str | None = _item("field", "The field, as in the schema; null of rows that the statements left out.")
    record_class: str | None = _item("record_class", "The class of record that the caller might not know.")
    rule: str | None = _item("rule", "The rule's name.")
    needs: list[str] | None = _item("needs", "What would have opened it; empty where nothing would.")


@strawberry.type(description="How a source answered.", directives=TRAIL)
class SourceAnswer:
    name: str | None = _item("name", "The source.")
    status: str | None = _item("status", "OK, EMPTY, TIMEOUT, DOWN or NOT_ASKED.")


@strawberry.type(
    description="What became of one field, or of one class of rows, then and decided again.", directives=TRAIL
)
class ReplayLine:
    field: str | None = _item("field", "The field, as in the schema; null of rows that the statements left out.")
    record_class: str | None = _item("record_class", "The class of record that decided; null of an open field.")
    rule: str | None = _item("rule", "The rule that the journal names, or, of a release, the rule that releases it.")
    needs: list[str] | None = _item("needs", "What would have opened it.")
    journalled: FieldOutcome | None = _item("journalled", "What the journal says; null where it says nothing of it.")
    decided: FieldOutcome | None = _item("decided", "What is decided now; null where that is not known, or nothing.")
    agrees: bool | None = _item("agrees", "Is it the same, by the same rule? Null where that is not known.")


@strawberry.type(description="A decision made again, under the policy of its day.", directives=TRAIL)
class Replay:
    outcome: ReplayOutcome | None = _item("outcome", "Does all of it come out the same?")
    lines: list[ReplayLine] | None = _item("lines", "Every field that the journal speaks of.")


@strawberry.type(
    description="One inquiry, as the journal has it: who asked, why, about what, what became of it. It holds no value.",
    directives=TRAIL,
)
class Inquiry:
    id: strawberry.ID | None = column("id", "As in extensions.inquiry.")
    parent_id: strawberry.ID | None = column("parent_id", "The inquiry that this one came out of.")
    at: datetime | None = made(("at",), datetime.fromisoformat, "When it was asked, UTC.")
    kind: str | None = column(
        "kind",
        "How far it came: RELEASE is an answer, INTENT a question that came to none, REFUSAL one that was turned away,"
        " READ a command that read the journal.",
    )
    user: strawberry.ID | None = column("user", "Who asked; null where nobody had signed in.")
    role: str | None = column("role", "Their role.")
    agency: str | None = column("agency", "Their agency, by its nine-character identifier.")
    certified_until: Date | None = column("certified_until", "Last day of their training certificate.")
    assurance: str | None = column("assurance", "How surely they had signed in.")
    terminal: str | None = column("terminal", "The terminal, as the client named it.")
    address: str | None = column("address", "The address that it came from.")
    purpose: str | None = column("purpose", "Purpose code.")
    reason: str | None = column("reason", "Reason code.")
    case_number: str | None = column("case_number", "Case number.")
    attention: str | None = column("attention", "For whom it was asked.")
    operation_name: str | None = column("operation_name", "The operation's name, as the client chose it.")
    document_sha256: str | None = column("document_sha256", "The document's hash.", name="documentSha256")
    policy_version: str | None = column("policy_version", "The policy that decided.")
    asked: list[strawberry.ID] | None = items("asked", "The records that it named: persons/P0000001.")
    records: list[strawberry.ID] | None = items("shown", "The records that were read for its answer.")
    released: list[str] | None = items("released", "The fields that were released, as in the schema.")
    masked: list[str] | None = items("masked", "The fields that were released as a mask.")
    denied: list[Withheld] | None = items("denied", "The fields that were withheld.")
    exclusions: list[Withheld] | None = items("exclusions", "What every statement left out, whatever there was.")
    sources: list[SourceAnswer] | None = items("sources", "How each source answered.")
    filters: list[str] | None = items("filters", "What a read of the journal looked for.")
    outcome: str | None = column("outcome", "What became of it: ANSWERED, PARTIAL, DENIED, BROKEN, or an error's code.")
    flags: list[str] | None = items("flags", "What an auditor should see; null to anybody else.")
    replay: Replay | None = declared(
        Edge((journal.replay,), _replay, columns=("id",)),
        "The decision made again; null where nothing was decided.",
    )
