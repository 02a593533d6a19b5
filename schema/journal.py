"""Inquiries of the journal: their GraphQL types, with what was released and withheld, and the replayed decision.

Roles and rules are plain text here: entries outlive the roles and rules that they name.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

import strawberry

from audit.decision_replay import FieldOutcome, ReplayOutcome
from engine.declarations import Arguments, Edge, Lookup, Row
from policy.record_classes import RecordClass
from resolvers import journal
from schema.context import Context
from schema.directives import know
from schema.enums import enum
from schema.fields import column, computed, declared_field, json_list, member
from schema.scalars import Date

enum(FieldOutcome, "FieldFate", "The outcome of a field.")
enum(ReplayOutcome, "ReplayOutcome", "The result of replaying a decision.")

AUDIT_TRAIL = know(RecordClass.AUDIT_TRAIL)
ENTRY_LIST_SIZE = 20
"""Items that the cost assumes of a list of records or fields: an operation names more than three."""

entry_list = partial(json_list, list_size=ENTRY_LIST_SIZE)


def _replay(row: Row, _arguments: Arguments, context: Context) -> Lookup | None:
    return journal.replay.of(journal.ReplayKey(row["id"], context.replayer)) if context.replayer else None


@strawberry.type(description="A field or a class of rows that was withheld, and why.", directives=AUDIT_TRAIL)
class Withheld:
    field: str | None = member("field", "The field's schema coordinate; null for a class of rows that was left out.")
    record_class: str | None = member("record_class", "The record class that the caller had no grant for.")
    rule: str | None = member("rule", "The rule's name.")
    needs: list[str] | None = member("needs", "Needs that would have changed the decision; empty if there are none.")


@strawberry.type(description="The status of a source.", directives=AUDIT_TRAIL)
class SourceAnswer:
    name: str | None = member("name", "The source's name.")
    status: str | None = member("status", "OK, EMPTY, NO_NUMBER, WITHHELD, TIMEOUT or DOWN.")


@strawberry.type(
    description="The outcome of one field or one class of rows, as journalled and as replayed.", directives=AUDIT_TRAIL
)
class ReplayLine:
    field: str | None = member("field", "The field's schema coordinate; null for a class of rows that was left out.")
    record_class: str | None = member("record_class", "The record class that decided; null for an open field.")
    rule: str | None = member(
        "rule", "The rule that the journal names; for a released field, the rule that releases it."
    )
    needs: list[str] | None = member("needs", "Needs that would have changed the decision.")
    journalled: FieldOutcome | None = member("journalled", "The outcome in the journal; null if it has none.")
    decided: FieldOutcome | None = member(
        "decided", "The outcome of the replay; null if it is unknown, or if there is none."
    )
    agrees: bool | None = member("agrees", "Whether both are equal, by the same rule; null if that is unknown.")


@strawberry.type(description="A decision replayed under the policy of its time.", directives=AUDIT_TRAIL)
class Replay:
    outcome: ReplayOutcome | None = member("outcome", "Whether the replay agrees as a whole.")
    lines: list[ReplayLine] | None = member(
        "lines", "Every field and class of rows in the journal's entry.", list_size=ENTRY_LIST_SIZE
    )


@strawberry.type(
    description="One inquiry in the journal: who asked, why, about which records, and the outcome. It holds no values.",
    directives=AUDIT_TRAIL,
)
class Inquiry:
    id: strawberry.ID | None = column("id", "As in extensions.inquiry.")
    parent_id: strawberry.ID | None = column("parent_id", "The inquiry that led to this one.")
    trace_id: strawberry.ID | None = column(
        "trace_id", "The trace of the request, as in extensions.traceId; a client may choose it."
    )
    at: datetime | None = computed(("at",), datetime.fromisoformat, "Time of the request, UTC.")
    kind: str | None = column(
        "kind",
        "Its last entry. RELEASE: it was answered. INTENT: it began and was not answered. PART: it was answered in"
        " parts, and not to the end. REFUSAL: it was refused."
        " READ: a command read the journal. CHANGE, ARCHIVE: a command published a change or archived entries.",
    )
    user: strawberry.ID | None = column("user", "The user; null if no caller was signed in.")
    role: str | None = column("role", "The user's role.")
    agency: str | None = column("agency", "The user's agency, by its nine-character identifier.")
    certified_until: Date | None = column("certified_until", "Last day of the user's training certificate.")
    background_cleared_on: Date | None = column("cleared_on", "Day of the user's background check.")
    fingerprinted_on: Date | None = column("fingerprinted_on", "Day of the user's fingerprints.")
    employed_on: Date | None = column("employed_on", "First day of the user's employment.")
    trained_on: Date | None = column("trained_on", "Day of the user's first training.")
    recertified_on: Date | None = column("recertified_on", "Day of the user's last recertification.")
    assurance: str | None = column("assurance", "How surely the user was authenticated.")
    terminal: str | None = column("terminal", "The terminal, as the client named it.")
    address: str | None = column("address", "The network address of the request.")
    purpose: str | None = column("purpose", "Purpose code.")
    reason: str | None = column("reason", "Reason code.")
    case_number: str | None = column("case_number", "Case number.")
    attention: str | None = column("attention", "For whom it was asked.")
    operation_name: str | None = column("operation_name", "The operation's name, as the client chose it.")
    document_sha256: str | None = column("document_sha256", "The document's hash.", name="documentSha256")
    trusted_document: str | None = column(
        "trusted_document", "The document's name in a manifest, if the request named it by its id; null for a text."
    )
    policy_version: str | None = column("policy_version", "The version of the policy that decided.")
    asked: list[strawberry.ID] | None = entry_list("asked", "The records that its arguments named: persons/P0000001.")
    records: list[strawberry.ID] | None = entry_list("shown", "The records that were read for its response.")
    released: list[str] | None = entry_list("released", "Schema coordinates of the fields that were released.")
    masked: list[str] | None = entry_list("masked", "Schema coordinates of the fields that were released as a mask.")
    denied: list[Withheld] | None = entry_list("denied", "The fields that were withheld.")
    exclusions: list[Withheld] | None = entry_list(
        "exclusions", "The classes of rows that no statement could return, whether or not there were any."
    )
    sources: list[SourceAnswer] | None = json_list("sources", "The status of each source; one without was not asked.")
    filters: list[str] | None = json_list("filters", "The filters of a journal search.")
    outcome: str | None = column("outcome", "ANSWERED, PARTIAL, DENIED, BROKEN, ABANDONED, UNCHANGED, or a code.")
    flags: list[str] | None = json_list("flags", "Flags for an auditor; null for other callers.")
    replay: Replay | None = declared_field(
        Edge((journal.replay,), _replay, columns=("id",)),
        "The replayed decision; null if nothing was decided.",
    )
