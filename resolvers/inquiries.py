"""Queries of inquiries in the journal: an intent joined to its release, or a single entry of another kind.

The journal's tables and indexes belong to `audit`; both of its stores have the columns that are declared here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    case,
    column,
    func,
    literal,
    not_,
    or_,
    select,
    table,
    true,
    tuple_,
)
from sqlalchemy.sql.functions import FunctionElement

from audit.sqlite.search import MAY_NAME_RECORD
from sources.sql.functions import write_as
from sources.sql.json import ROW, Item, JsonRow, ShownCells, items
from sources.sql.parameters import if_given, number_parameter, text_parameter
from sources.sql.query import Frame

Cell = ColumnElement[Any]
Condition = ColumnElement[bool]

_TEXTS = ("id", "kind", "at", "user", "agency", "case_number", "body")
ENTRY = table("entry", column("sequence", Integer), *(column(name, Text) for name in _TEXTS))
INQUIRY, RELEASE, OTHER = ENTRY.alias("inquiry"), ENTRY.alias("release"), ENTRY.alias("other")


class EntryText(FunctionElement[str]):
    """A text of an entry, or its list as JSON: of (body, name)."""

    type = Text()
    inherit_cache = True


class ListItem(FunctionElement[bool]):
    """Whether a value is an item of a list of an entry: of (body, name of the list, value)."""

    inherit_cache = True  # no type: SQLite would compare a boolean with 1, and not use an index


class NamesRecord(FunctionElement[bool]):
    """Whether an inquiry names a record, as far as the index of records tells: of (id, record)."""

    inherit_cache = True


def _of(body: Cell, name: str) -> Cell:
    return EntryText(body, literal(name, Text))


def _list_of(body: Cell, name: str) -> Cell:
    return func.coalesce(_of(body, name), literal("[]", Text))


def _last_list_of(name: str) -> Cell:
    """The list of a release; that of the inquiry if the release says nothing of it, as the entry of a part."""
    return func.coalesce(_of(RELEASE.c.body, name), _list_of(INQUIRY.c.body, name))


def _has(body: Cell, name: str, parameter: str) -> Condition:
    return ListItem(body, literal(name, Text), text_parameter(parameter))


BODY = func.coalesce(RELEASE.c.body, INQUIRY.c.body)
SEES_ALL = number_parameter("sees_all") == 1
TEXTS = """id parent_id trace_id user role agency certified_until cleared_on fingerprinted_on employed_on trained_on
    recertified_on assurance terminal address purpose reason case_number attention operation_name document_sha256
    trusted_document policy_version outcome"""
COLUMNS: dict[str, Cell] = {
    **{name: _of(BODY, name) for name in TEXTS.split()},
    **{name: _last_list_of(name) for name in ("denied", "exclusions", "filters")},
    **{name: _list_of(BODY, name) for name in ("released", "masked", "sources")},
    "at": INQUIRY.c.at,
    "kind": func.coalesce(RELEASE.c.kind, INQUIRY.c.kind),
    "asked": _list_of(INQUIRY.c.body, "record_ids"),
    "shown": _list_of(RELEASE.c.body, "record_ids"),
    # A flag may show that there was something which the caller must not know of, such as their own record.
    "flags": case((SEES_ALL, _list_of(BODY, "flags"))),
    "entry": BODY,
}

INDEXED: dict[str, Condition] = {
    "record": or_(_has(INQUIRY.c.body, "record_ids", "record"), _has(RELEASE.c.body, "record_ids", "record")),
    "case_number": INQUIRY.c.case_number == text_parameter("case_number"),
    "user": INQUIRY.c.user == text_parameter("user"),
    "agency": INQUIRY.c.agency == text_parameter("agency"),
    "since": INQUIRY.c.at >= text_parameter("since"),
    "until": INQUIRY.c.at < text_parameter("until"),
}
"""The conditions of terms that an index serves."""
OTHERS: dict[str, Condition] = {
    "seen": if_given(number_parameter("seen"), _has(RELEASE.c.body, "record_ids", "record")),
    "outcome": if_given(text_parameter("outcome"), _of(BODY, "outcome") == text_parameter("outcome")),
    "flag": if_given(text_parameter("flag"), and_(SEES_ALL, _has(BODY, "flags", "flag"))),
}
"""Those of the others; one holds always if its term is null."""

# In the order of choice: a record has few entries, a user may have many.
INDEXES = {
    "record": "entry_by_id",
    "case_number": "entry_by_case",
    "user": "entry_by_user",
    "agency": "entry_by_agency",
}


@dataclass(frozen=True, slots=True)
class InquiriesByTerms(Frame):
    """The inquiries of a page and one more, newest first.

    terms:    the names of the terms that are given and that an index serves: INDEXED.
    is_own:   only the caller's own inquiries, by the index of their entries alone.
    is_after: the page is not the first.
    """

    terms: tuple[str, ...]
    is_own: bool
    is_after: bool

    def select(self) -> Select[Any]:
        """Rows of (number of hits, time, sequence, columns)."""
        conditions = [*(INDEXED[name] for name in self.terms), *OTHERS.values()]
        index = "entry_by_user"
        if not self.is_own:
            index = next((INDEXES[name] for name in INDEXES if name in self.terms), "entry_by_at")
            if "record" in self.terms:
                conditions.append(NamesRecord(INQUIRY.c.id, text_parameter("record")))
        limit = number_parameter("count_limit")
        hits = _inquiries(select(literal(1).label("hit")), index, conditions, is_own=self.is_own).limit(limit)
        counted = select(func.count().label("total")).select_from(hits.subquery("hits")).cte("counted")
        if self.is_after:
            position = tuple_(text_parameter("after_at"), number_parameter("after_sequence"))
            conditions.append(tuple_(INQUIRY.c.at, INQUIRY.c.sequence) < position)
        newest = INQUIRY.c.at.desc(), INQUIRY.c.sequence.desc()
        page = _inquiries(select(INQUIRY.c.at, INQUIRY.c.sequence), index, conditions, is_own=self.is_own)
        page_rows = page.order_by(*newest).limit(number_parameter("size")).cte("page")
        row = JsonRow(counted.c.total, page_rows.c.at, page_rows.c.sequence, ShownCells())
        found = counted.outerjoin(page_rows, true()).outerjoin(INQUIRY, INQUIRY.c.sequence == page_rows.c.sequence)
        ordered = select(row.label(ROW)).select_from(_with_release(found))
        return ordered.order_by(page_rows.c.at.desc(), page_rows.c.sequence.desc())


@dataclass(frozen=True, slots=True)
class InquiriesByNumber(Frame):
    """Inquiries by id. `is_own`: only the caller's own."""

    is_own: bool

    def select(self) -> Select[Any]:
        """Rows of (id, columns)."""
        is_wanted = INQUIRY.c.id.in_(select(Item(items(text_parameter("ids"), "wanted"))))
        row = JsonRow(INQUIRY.c.id, ShownCells()).label(ROW)
        return _inquiries(select(row), "entry_by_id", [is_wanted], is_own=self.is_own)


def _inquiries(rows: Select[Any], index: str, conditions: list[Condition], *, is_own: bool) -> Select[Any]:
    own = [INQUIRY.c.user == text_parameter("caller")] if is_own else []
    found = rows.select_from(_with_release(INQUIRY)).where(not_(_is_release(INQUIRY)), *own, *conditions)
    return found.with_hint(INQUIRY, f"INDEXED BY {index}", "sqlite")


def _is_release(entry: FromClause) -> Condition:
    """Whether an entry says what was sent: that of a part counts if its response was never ended."""
    return or_(entry.c.kind == "PART", entry.c.kind == "RELEASE")


def _with_release(inquiries: FromClause) -> FromClause:
    last = select(func.max(OTHER.c.sequence)).where(OTHER.c.id == INQUIRY.c.id, _is_release(OTHER))
    return inquiries.outerjoin(RELEASE, RELEASE.c.sequence == last.correlate(INQUIRY).scalar_subquery())


# SQLite ends a text at U+0000. U+FFFD stands for it, as in PostgreSQL. U+0001, which JSON cannot have, stands meanwhile
# for an escaped backslash: "u0000" after that is no escape.
READABLE = r"""CASE WHEN instr({0}, '\u0000') THEN
    replace(replace(replace({0}, '\\', char(1)), '\u0000', '\ufffd'), char(1), '\\') ELSE {0} END"""

write_as(EntryText, sqlite=f"({READABLE}) ->> {{1}}", postgresql="(journal.parsed({0}) ->> {1})")
write_as(
    ListItem,
    sqlite="EXISTS (SELECT 1 FROM json_each({0}, '$.' || {1}) WHERE value = {2})",
    postgresql="coalesce(jsonb_exists(journal.parsed({0}) -> {1}, {2}), false)",
)
write_as(
    NamesRecord,
    sqlite=f"{{0}} IN (SELECT id FROM entry WHERE sequence IN ({MAY_NAME_RECORD.replace(':record', '{1}')}))",
    postgresql="{0} IN (SELECT named.id FROM entry AS named WHERE named.record_ids @> ARRAY[CAST({1} AS TEXT)])",
)
