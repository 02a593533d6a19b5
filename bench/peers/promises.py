"""Promises that these peers have in common: who may see which field, and what the journal says.

`promises.json` has the tables of it, for the peers on Node too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any
from unicodedata import normalize

import orjson
from graphql import (
    FieldNode,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    parse,
    value_from_ast_untyped,
    visit,
)

from audit.entry import now
from audit.term_hashes import TermHashes
from bench.peers.chained_journal import ChainedJournal
from bench.peers.peer_settings import PeerSettings
from bench.peers.statements import STATEMENTS
from bench.peers.tokens import Claims

FILE = Path(__file__).with_suffix(".json")
SHARED = orjson.loads(FILE.read_bytes())
GUARDS: Mapping[str, str] = SHARED["guards"]
"""The record class of each guarded field."""
FILLED_BY: Mapping[str, str] = SHARED["statements"]
"""The statement whose rows a field leads to."""
RECORDS: Mapping[str, str] = SHARED["records"]
"""The column with the number of a record, by statement."""
Denial = Mapping[str, Any]
CLEARANCE = ("certified_until", "cleared_on", "employed_on", "fingerprinted_on", "trained_on")


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """Facts of a document with one operation, read once.

    coordinates: fields by the statement that fills them.
    """

    name: str | None
    digest: str
    inquiry: Mapping[str, Any]
    roots: tuple[FieldNode, ...]
    guarded: tuple[str, ...]
    coordinates: Mapping[str, frozenset[str]]
    released: dict[frozenset[str], list[str]] = field(default_factory=dict)
    denied: dict[tuple[str, str], Mapping[str, Denial]] = field(default_factory=dict)

    @classmethod
    def of(cls, schema: GraphQLSchema, text: str) -> RequestPlan:
        """The plan of a valid document whose operation has an @inquiry."""
        document = parse(text)
        operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
        (directive,) = (each for each in operation.directives or () if each.name.value == "inquiry")
        info = TypeInfo(schema)
        found = _Coordinates(info)
        visit(document, TypeInfoVisitor(info, found))
        return cls(
            operation.name.value if operation.name else None,
            sha256(text.encode()).hexdigest(),
            _arguments(directive, {}),
            tuple(each for each in operation.selection_set.selections if isinstance(each, FieldNode)),
            tuple(found.guarded),
            {statement: frozenset(fields) for statement, fields in found.of_statement.items()},
        )


class _Coordinates(Visitor):
    """Visits the fields of a document: which are guarded, and which statement fills each."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self._info = info
        self._path: list[str] = []
        self.guarded: dict[str, None] = {}
        self.of_statement: dict[str, set[str]] = {}

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self._info.get_parent_type()
        assert parent is not None
        coordinate = f"{parent.name}.{node.name.value}"
        if coordinate in GUARDS:
            self.guarded[coordinate] = None
        if self._path:
            self.of_statement[self._path[-1]].add(coordinate)
        statement = FILLED_BY.get(coordinate) or self._path[-1]
        self.of_statement.setdefault(statement, set())
        self._path.append(statement)

    def leave_field(self, *_: Any) -> None:
        self._path.pop()


class AuditTrail:
    """The reads of one request, for its release."""

    __slots__ = ("asked", "claims", "denied", "found", "id", "ids", "plan")

    def __init__(self, plan: RequestPlan, claims: Claims, denied: Mapping[str, Denial]) -> None:
        self.plan, self.claims, self.denied = plan, claims, denied
        self.id = token_hex(16)
        self.ids: dict[str, None] = {}
        self.asked: set[str] = set()
        self.found: set[str] = set()

    def read(self, statement: str, rows: Sequence[Any]) -> None:
        """Note the records of a statement's rows, whose columns have names."""
        self.note(statement, [row[RECORDS[statement]] for row in rows] if statement in RECORDS else (), bool(rows))

    def note(self, statement: str, numbers: Iterable[str], has_rows: bool) -> None:
        self.asked.add(statement)
        if has_rows:
            self.found.add(statement)
            source = STATEMENTS[statement].source
            for number in numbers:
                self.ids[f"{source}/{number}"] = None


class Promises:
    """Decisions and journal of one peer."""

    def __init__(self, data: Path) -> None:
        self.settings = PeerSettings.read(data)
        self.journal = ChainedJournal(data / "journal.db")
        self._hashes = TermHashes(bytes.fromhex(self.settings.searchKey))
        self._plans: dict[str, RequestPlan] = {}

    async def begin(self, claims: Claims, text: str, variables: Mapping[str, Any]) -> AuditTrail:
        """Decide, and write the intent before any statement is sent."""
        plan = self._plans.get(text)
        if plan is None:
            plan = self._plans[text] = RequestPlan.of(self._schema, text)
        trail = AuditTrail(plan, claims, self._decide(plan, claims))
        await self.journal.append({**self._facts(trail), "kind": "INTENT", "at": now(), **self._named(plan, variables)})
        return trail

    async def end(self, trail: AuditTrail, *, is_broken: bool = False) -> None:
        """Write the release before a byte leaves."""
        released = [] if is_broken else _released(trail)
        outcome = "BROKEN" if is_broken else "ANSWERED" if released or not trail.denied else "DENIED"
        said = {"record_ids": list(trail.ids), "released": released, "sources": list(_statuses(trail))}
        entry = {**self._facts(trail), "kind": "RELEASE", "at": now(), "outcome": outcome}
        await self.journal.append(entry | {name: value for name, value in said.items() if value})

    def _facts(self, trail: AuditTrail) -> dict[str, Any]:
        """Facts of a request that both entries have."""
        plan, claims, inquiry = trail.plan, trail.claims, trail.plan.inquiry
        facts = {
            "id": trail.id,
            "address": "127.0.0.1",
            "agency": claims["ori"],
            "assurance": claims["acr"],
            "attention": inquiry.get("attention"),
            "case_number": inquiry.get("caseNumber"),
            "denied": list(trail.denied.values()),
            "document_sha256": plan.digest,
            "operation_name": plan.name,
            "policy_version": self.settings.policyVersion,
            "purpose": inquiry["purpose"],
            "reason": inquiry["reason"],
            "role": claims["role"],
            "user": claims["sub"],
            **{name: claims.get(name) for name in CLEARANCE},
        }
        return {name: value for name, value in facts.items() if value}

    def _decide(self, plan: RequestPlan, claims: Claims) -> Mapping[str, Denial]:
        """The denied fields of an operation, by coordinate."""
        key = claims["role"], claims["acr"]
        denied = plan.denied.get(key)
        if denied is None:
            denied = plan.denied[key] = dict(self._denials(plan, *key))
        return denied

    def _denials(self, plan: RequestPlan, role: str, assurance: str) -> Iterator[tuple[str, Denial]]:
        for coordinate in plan.guarded:
            record_class = GUARDS[coordinate]
            cell = self.settings.roles.get(role, {}).get(record_class, {"effect": "D", "rule": "default-deny"})
            needs = []
            if cell["effect"] == "S":
                needs = ["CASE_NUMBER"] * (not plan.inquiry.get("caseNumber")) + ["AAL2"] * (assurance != "aal2")
            if needs or cell["effect"] not in {"A", "S"}:
                rule = cell["rule"]
                yield coordinate, {"field": coordinate, "needs": needs, "record_class": record_class, "rule": rule}

    def _named(self, plan: RequestPlan, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The records and the search terms that an operation names."""
        said: dict[str, Any] = {}
        for root in plan.roots:
            given = _arguments(root, variables)
            if root.name.value == "persons":
                said["record_ids"] = [f"persons/{id}" for id in given["ids"]]
                continue
            if root.name.value == "searchPersons":
                name = given["by"]["name"]
                surname = _letters(name["surname"])
                terms = [("surname", surname), ("name", f"{surname},{_letters(name.get('given') or '')}")]
            else:
                terms = [("plate", given["by"]["plate"]["number"])]
            said |= {"searched": [self._hashes.of(*term) for term in terms], "search_key": self._hashes.key_id}
        return said

    @cached_property
    def _schema(self) -> GraphQLSchema:
        return build_schema(Path(__file__).with_name("schema.graphql").read_text() + INQUIRY)


INQUIRY = """
directive @inquiry(purpose: PurposeCode!, reason: ReasonCode!, caseNumber: String, attention: String) on QUERY
enum PurposeCode { C }
enum ReasonCode { INVESTIGATION }
"""


def _arguments(node: Any, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {each.name.value: value_from_ast_untyped(each.value, dict(variables)) for each in node.arguments or ()}


def _letters(text: str) -> str:
    return re.sub("[^A-Z]", "", normalize("NFD", text).upper())


def _released(trail: AuditTrail) -> list[str]:
    """The fields that hold something of a record: those of the statements that found a row."""
    key = frozenset((*trail.found, *trail.denied))
    released = trail.plan.released.get(key)
    if released is None:
        names = {name for statement in trail.found for name in trail.plan.coordinates.get(statement, ())}
        released = trail.plan.released[key] = sorted(names - trail.denied.keys())
    return released


def _statuses(trail: AuditTrail) -> Iterator[dict[str, str]]:
    statuses: dict[str, set[str]] = {}
    for statement in trail.plan.coordinates:
        status = "OK" if statement in trail.found else "EMPTY" if statement in trail.asked else "NO_NUMBER"
        statuses.setdefault(STATEMENTS[statement].source, set()).add(status)
    for source, found in statuses.items():
        yield {"name": source, "status": next(each for each in ("OK", "EMPTY", "NO_NUMBER") if each in found)}
