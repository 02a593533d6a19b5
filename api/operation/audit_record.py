"""Audit record of one operation: a refusal entry, or an intent entry and a release entry in the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from secrets import token_hex
from typing import Any, TypeVar

from api.operation.authorization import Decision
from api.operation.messages import GraphQLRequest
from api.operation.released import Released
from audit.entry import Denial, Entry, Kind, SourceAnswer
from audit.journal import Journal
from audit.term_hashes import TermHashes
from engine.execution_state import ExecutionState
from engine.plan import PreparedOperation
from policy.caller import Caller
from policy.clearance import CLEARANCE_DATES
from policy.flags import Flag, flags_of
from policy.grants import Denied
from resolvers.loaders import Loaders
from schema.journal_search import search_filters
from telemetry.recorder import Telemetry
from telemetry.span import current_trace_id

T = TypeVar("T")

WITHHELD = frozenset({"denied", "exclusions", "filters"})
"""Facts that an operation says once or twice, however many parts its response has."""

TEXT_LIMIT = 64
"""Characters of an operation's name and of an address; the hash of the document still identifies a longer name."""


class OperationAudit:
    """Writes the entries of one operation.

    Every method raises JournalUnavailable if its entry is not durable by the journal's deadline.
    """

    def __init__(
        self, journal: Journal, telemetry: Telemetry, request: GraphQLRequest, caller: Caller | None = None
    ) -> None:
        """`caller` is None if the token does not say who it is."""
        self._journal = journal
        self._telemetry = telemetry
        self._facts: dict[str, Any] = {
            "trace_id": current_trace_id(),
            "terminal": request.terminal,
            "address": _printable(request.address) or None,
        }
        if caller is not None:
            self._facts |= {
                "user": caller.user,
                "role": caller.role.value,
                "agency": caller.ori,
                **{name: day.isoformat() for name in CLEARANCE_DATES if (day := getattr(caller.clearance, name))},
                "assurance": caller.assurance.value,
            }
        self._flags: frozenset[Flag] = frozenset()
        self.id = token_hex(16)

    def name_document(self, name: str) -> None:
        """Say in each entry that the request named a trusted document by its id, and which."""
        self._facts["trusted_document"] = _shortened(name)

    async def record_refusal(
        self, outcome: str, *, flags: tuple[str, ...] = (), claim: str | None = None, token_sha256: str | None = None
    ) -> None:
        """Record a request that is refused before it has a plan; for a token also which, and for which claim."""
        await self._append(Kind.REFUSAL, outcome=outcome, flags=flags, claim=claim, token_sha256=token_sha256)

    async def record_intent(self, prepared: PreparedOperation, decision: Decision, hashes: TermHashes) -> None:
        """Record who requests what and why, before any source is queried."""
        inquiry, name = decision.inquiry, prepared.plan.operation.name
        self._flags = flags_of(inquiry)
        self._facts |= {
            "purpose": inquiry.purpose.value,
            "reason": inquiry.reason.value,
            "case_number": inquiry.case_number,
            "attention": inquiry.attention,
            "operation_name": _shortened(name.value) if name else None,
            "document_sha256": prepared.plan.document.digest,
            "policy_version": decision.verdicts.version,
            # Once each, however often the document repeats it: an entry must not grow with the number of aliases.
            "denied": _once(_denial(denied, field.spec.coordinate) for field, denied in decision.plan.withheld),
            "exclusions": tuple(_denial(denied, None) for denied in decision.verdicts.exclusions),
            "filters": _once(search_filters(prepared, {field for field, _ in decision.plan.invalid})),
        }
        searched = tuple([hashes.of(*term) for term in decision.terms])
        await self._append(
            Kind.INTENT,
            record_ids=decision.record_ids,
            searched=searched,
            search_key=hashes.key_id if searched else None,
            flags=tuple(sorted(self._flags)),
        )

    async def record_parts(self, released: Released, loaders: Loaders, numbers: Sequence[int]) -> None:
        """Record which fields the parts so far contain, before a byte of those with these numbers is sent.

        What is withheld is in the entries before and after it.
        """
        facts = {name: value for name, value in self._facts.items() if name not in WITHHELD}
        facts |= {"parts": tuple(numbers), "flags": self._all_flags(loaders), **_read(released, loaders)}
        await self._write(Entry(kind=Kind.PART, id=self.id, **facts))

    async def record_end(self, outcome: str, released: Released, loaders: Loaders, numbers: Sequence[int]) -> None:
        """Record that the parts with these numbers are all that was sent, although others were to come."""
        facts = {"parts": tuple(numbers), "flags": self._all_flags(loaders), **_read(released, loaders)}
        await self._append(Kind.RELEASE, outcome=outcome, **facts)

    async def record_unchanged(self, loaders: Loaders) -> None:
        """Record that a look of a subscription shows what was sent before, so that nothing leaves."""
        await self._append(
            Kind.RELEASE,
            record_ids=tuple(loaders.records),
            outcome="UNCHANGED",
            flags=self._all_flags(loaders),
        )

    async def record_release(
        self,
        released: Released,
        loaders: Loaders,
        state: ExecutionState,
        statuses: Sequence[dict[str, Any]],
        *,
        numbers: Sequence[int] = (),
        has_failed: bool,
    ) -> None:
        """Record which fields the response contains and which it withholds, before a byte is sent.

        Of a response in parts: before a byte of the last parts is sent, which have these numbers.
        """
        related = (_denial(each, None) for each in sorted(loaders.denied, key=lambda each: each.rule.name))
        self._facts["denied"] = _once((*self._facts["denied"], *related))
        if has_failed:
            outcome = "BROKEN"
        elif state.has_fields_left_out or any(each["status"] in {"TIMEOUT", "DOWN"} for each in statuses):
            outcome = "PARTIAL"
        else:
            outcome = "ANSWERED" if released.fields or not self._facts["denied"] else "DENIED"
        await self._append(
            Kind.RELEASE,
            parts=tuple(numbers),
            # Most operations ask few of the sources there are.
            sources=tuple(
                [_answer(each["name"], each["status"]) for each in statuses if each["status"] != "NOT_ASKED"]
            ),
            outcome=outcome,
            flags=self._all_flags(loaders),
            **_read(released, loaders),
        )

    def _all_flags(self, loaders: Loaders) -> tuple[str, ...]:
        return tuple(sorted(self._flags | loaders.flags))

    async def _append(self, kind: Kind, **fields: Any) -> None:
        await self._write(Entry(kind=kind, id=self.id, **self._facts, **fields))

    async def _write(self, entry: Entry) -> None:
        with self._telemetry.span("journal", entry=entry.kind.value.lower()):
            await self._journal.append(entry)


def _read(released: Released, loaders: Loaders) -> dict[str, Any]:
    """The records that were read, and the fields that are released of them."""
    return {"record_ids": tuple(loaders.records), "released": released.unmasked, "masked": released.masked}


def _once(items: Iterable[T]) -> tuple[T, ...]:
    """Distinct items, in their first order."""
    return tuple(dict.fromkeys(items))


def _shortened(text: str) -> str:
    return text if len(text) <= TEXT_LIMIT else f"{text[: TEXT_LIMIT - 1]}…"


def _printable(address: str) -> str:
    """An address for the journal. Behind a proxy it is a header's text, which may hold any character."""
    if not (address.isascii() and address.isprintable()):
        address = "".join(each if " " <= each <= "~" else "?" for each in address)
    return _shortened(address)


@lru_cache(maxsize=256)
def _answer(name: str, status: str) -> SourceAnswer:
    return SourceAnswer(name=name, status=status)


@lru_cache(maxsize=4096)
def _denial(denied: Denied, field: str | None) -> Denial:
    return Denial(
        field=field,
        record_class=denied.record_class.value,
        rule=denied.rule.name,
        needs=tuple(need.value for need in denied.needs),
    )
