"""What one question writes in the journal: a refusal, or an intent and a release. Knows nothing of how it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from api.operation.messages import GraphQLRequest
from audit.entry import Denial, Entry, Kind, SourceAnswer
from audit.journal import Journal
from engine.execution_state import ExecutionState
from engine.plan import PreparedOperation
from policy.caller import Caller
from policy.flags import Flag, flags_of
from policy.grants import Denied
from resolvers.loaders import Loaders
from telemetry.recorder import Telemetry

if TYPE_CHECKING:
    from api.operation.authorization import Decision


class OperationAudit:
    """The entries of one question. Every write raises JournalUnavailable if it is not durable in time."""

    def __init__(self, journal: Journal, telemetry: Telemetry, question: GraphQLRequest) -> None:
        self._journal = journal
        self._telemetry = telemetry
        self._question = question
        self._what: dict[str, Any] = {}
        self._flags: frozenset[Flag] = frozenset()
        self.id = uuid4().hex
        self.caller: Caller | None = None

    async def refuse(self, outcome: str, *, flags: tuple[str, ...] = ()) -> None:
        """A request that was turned away before it had a plan."""
        await self._write("refusal", Entry(kind=Kind.REFUSAL, id=self.id, **self._who(), outcome=outcome, flags=flags))

    async def intend(self, prepared: PreparedOperation, decision: Decision) -> None:
        """Before any source is called: who asks for what, and why."""
        inquiry, name = decision.inquiry, prepared.plan.operation.name
        self._flags = flags_of(inquiry)
        self._what = {
            "purpose": inquiry.purpose.value,
            "reason": inquiry.reason.value,
            "case_number": inquiry.case_number,
            "attention": inquiry.attention,
            "operation_name": name.value if name else None,
            "document_sha256": prepared.plan.document.digest,
            "policy_version": decision.verdicts.version,
            "denied": tuple(_denial(denied, place.spec.coordinate) for place, denied in decision.ruling.withheld),
            "exclusions": tuple(_denial(each, None) for each in decision.verdicts.exclusions),
            "filters": decision.filters,
        }
        await self._write(
            "intent",
            Entry(
                kind=Kind.INTENT,
                id=self.id,
                **self._who(),
                **self._what,
                record_ids=decision.asked,
                flags=tuple(sorted(self._flags)),
            ),
        )

    async def release(
        self,
        decision: Decision,
        loaders: Loaders,
        run: ExecutionState,
        statuses: Sequence[dict[str, Any]],
        *,
        is_broken: bool,
    ) -> None:
        """Before a byte leaves: what is in the reply, and what is not."""
        shown = {
            coordinate: is_masked
            for fetch in loaders.non_empty & run.returned_fetches
            for coordinate, is_masked in decision.ruling.visible.get(fetch, ())
        }
        if is_broken:
            outcome = "BROKEN"
        elif run.over_row_limit or any(each["status"] in {"TIMEOUT", "DOWN"} for each in statuses):
            outcome = "PARTIAL"
        else:
            outcome = "ANSWERED" if shown or not self._what["denied"] else "DENIED"
        await self._write(
            "release",
            Entry(
                kind=Kind.RELEASE,
                id=self.id,
                **self._who(),
                **self._what,
                record_ids=tuple(loaders.records),
                released=tuple(sorted(each for each, is_masked in shown.items() if not is_masked)),
                masked=tuple(sorted(each for each, is_masked in shown.items() if is_masked)),
                sources=tuple(SourceAnswer(name=each["name"], status=each["status"]) for each in statuses),
                outcome=outcome,
                flags=tuple(sorted(self._flags | loaders.flags)),
            ),
        )

    def _who(self) -> dict[str, Any]:
        who: dict[str, Any] = {"terminal": self._question.terminal, "address": self._question.address or None}
        if self.caller is not None:
            who |= {
                "user": self.caller.user,
                "role": self.caller.role.value,
                "agency": self.caller.ori,
                "certified_until": self.caller.certified_until.isoformat(),
                "assurance": self.caller.assurance.value,
            }
        return who

    async def _write(self, word: str, entry: Entry) -> None:
        with self._telemetry.span("journal", entry=word):
            await self._journal.append(entry)


@lru_cache(maxsize=4096)
def _denial(denied: Denied, field: str | None) -> Denial:
    return Denial(
        field=field,
        record_class=denied.record_class.value,
        rule=denied.rule.name,
        needs=tuple(need.value for need in denied.needs),
    )
