"""Decision replay: decides a journal entry again under the policy of its day, and compares the outcomes.

An entry holds all inputs of its decision except two. The policy table is archived by its version. The rules over the
table and the record classes of fields are code, and a replay uses those of today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from audit.entry import Kind
from audit.policy_archive import PolicyArchive
from policy.caller import Assurance, Caller
from policy.clearance import CLEARANCE_DATES, Clearance
from policy.decide import decide
from policy.described_enum import DescribedEnum
from policy.flags import Flag
from policy.grants import Denied, Verdict
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.rules import COLLEAGUE, SAME_SURNAME
from policy.verdicts import Verdicts


class FieldOutcome(DescribedEnum):
    """Outcome of a decision for one field."""

    RELEASED = "RELEASED", "Released."
    MASKED = "MASKED", "Released as a mask."
    WITHHELD = "WITHHELD", "Withheld."
    LEFT_OUT = "LEFT_OUT", "Rows of this class were left out, whether or not there were any."


class ReplayOutcome(DescribedEnum):
    """Result of a replay."""

    AGREES = "AGREES", "Decided the same, field by field."
    DIFFERS = "DIFFERS", "Something was decided otherwise."
    UNKNOWN = "UNKNOWN", "It cannot be decided again: the policy of that day, or a name in the entry, is unknown today."


@dataclass(frozen=True, slots=True)
class ReplayedField:
    """Comparison of one field, or of one class of rows if `field` is None.

    rule:      the rule that the journal names; for a release, which has none there, the rule that applies now.
    decided:   None if it cannot be decided, or if that rule excludes no such rows now.
    agrees:    None if it cannot be decided.
    """

    field: str | None
    record_class: str | None
    rule: str | None
    needs: tuple[str, ...]
    journalled: str | None
    decided: str | None
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Replay:
    """Result of a replay, with every field that the entry names."""

    outcome: str
    lines: tuple[ReplayedField, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DecisionReplayer:
    """Replays decisions. `guards` are the record classes of each field of the schema, by coordinate."""

    policies: PolicyArchive
    guards: Mapping[str, Sequence[Any]]

    def replay(self, entry: Mapping[str, Any]) -> Replay | None:
        """Decide an entry (its JSON) again; None if nothing was decided in it."""
        if "policy_version" not in entry:
            return None
        verdicts = self._verdicts(entry)
        fields = (
            *(self._replay_shown(each, FieldOutcome.RELEASED, verdicts) for each in entry.get("released", ())),
            *(self._replay_shown(each, FieldOutcome.MASKED, verdicts) for each in entry.get("masked", ())),
            *(self._replay_denial(each, verdicts) for each in entry.get("denied", ())),
            # The entry of a part does not say what is left out: the others of its inquiry do.
            *(
                ()
                if entry.get("kind") == Kind.PART.value
                else _replay_exclusions(entry.get("exclusions", ()), verdicts)
            ),
        )
        agreements = {each.agrees for each in fields}
        outcome = ReplayOutcome.AGREES
        if verdicts is None or None in agreements:
            outcome = ReplayOutcome.UNKNOWN
        if False in agreements:
            outcome = ReplayOutcome.DIFFERS
        return Replay(outcome.value, fields)

    def _verdicts(self, entry: Mapping[str, Any]) -> Verdicts | None:
        policy = self.policies.get(entry["policy_version"])
        if policy is None:
            return None
        try:
            caller = Caller(
                user=entry["user"],
                name=entry["user"],
                surname="UNKNOWN",  # not in the journal, and no verdict depends on it
                ori=entry["agency"],
                role=Role(entry["role"]),
                sworn=False,
                clearance=_clearance(entry),
                assurance=Assurance(entry["assurance"]),
                token_id="",
            )
            purpose, reason = Purpose(entry["purpose"]), Reason(entry["reason"])
            # A certification is compared with the date in the server's time zone.
            today = datetime.fromisoformat(entry["at"]).astimezone().date()
        except (KeyError, ValueError):
            return None
        is_challenged = Flag.CHALLENGED in entry.get("flags", ())
        inquiry = Inquiry(purpose, reason, entry.get("case_number"), entry.get("attention"), is_challenged)
        return decide(policy, caller, inquiry, RecordClass, today=today)

    def _replay_shown(self, field: str, journalled: FieldOutcome, verdicts: Verdicts | None) -> ReplayedField:
        guards = self.guards.get(field)
        if verdicts is None or guards is None:
            return ReplayedField(field, None, None, (), journalled.value, None, None)
        if not guards:
            # It is read with the grant of its parent, which is compared on its own.
            return ReplayedField(field, None, None, (), journalled.value, journalled.value, True)
        verdict = min((verdicts[guard] for guard in guards), key=_openness)
        decided = _outcome(verdict)
        return ReplayedField(field, *_basis(verdict), journalled.value, decided.value, decided is journalled)

    def _replay_denial(self, denial: Mapping[str, Any], verdicts: Verdicts | None) -> ReplayedField:
        field, name, rule, needs = denial["field"], denial["record_class"], denial["rule"], tuple(denial["needs"])
        if verdicts is not None and rule in {SAME_SURNAME.name, COLLEAGUE.name}:
            # A record of a related subject was withheld. Its subject is not in the journal, but the policy is.
            related = (RecordClass.IDENTITY.value, rule, tuple(need.value for need in verdicts.scope.related_needs))
            outcome = FieldOutcome.RELEASED if verdicts.scope.sees_related else FieldOutcome.WITHHELD
            agrees = outcome is FieldOutcome.WITHHELD and related == (name, rule, needs)
            return ReplayedField(field, name, rule, needs, FieldOutcome.WITHHELD.value, outcome.value, agrees)
        verdict = next((each for each in (verdicts or {}).values() if each.record_class.value == name), None)
        if verdict is None:
            return ReplayedField(field, name, rule, needs, FieldOutcome.WITHHELD.value, None, None)
        decided = _outcome(verdict)
        if decided is FieldOutcome.MASKED and verdict.record_class not in self.guards.get(field, ()):
            # The class guards an argument, and a mask is not enough for an argument.
            decided = FieldOutcome.WITHHELD
        agrees = decided is FieldOutcome.WITHHELD and _basis(verdict) == (name, rule, needs)
        return ReplayedField(field, name, rule, needs, FieldOutcome.WITHHELD.value, decided.value, agrees)


def _clearance(entry: Mapping[str, Any]) -> Clearance:
    """Raises: KeyError if the entry has no day of it, ValueError if one is no day."""
    days = {name: date.fromisoformat(entry[name]) for name in CLEARANCE_DATES if name in entry}
    if not days:
        raise KeyError("certified_until")
    return Clearance(**days)


def _replay_exclusions(journalled: Sequence[Mapping[str, Any]], verdicts: Verdicts | None) -> Iterator[ReplayedField]:
    then = {(each["record_class"], each["rule"], tuple(each["needs"])): None for each in journalled}
    left_out = FieldOutcome.LEFT_OUT.value
    if verdicts is None:
        yield from (ReplayedField(None, *each, left_out, None, None) for each in then)
        return
    now = {_basis(each): None for each in verdicts.exclusions}
    for each in then | now:
        outcome_then, outcome_now = (left_out if each in exclusions else None for exclusions in (then, now))
        yield ReplayedField(None, *each, outcome_then, outcome_now, outcome_then == outcome_now)


def _openness(verdict: Verdict) -> int:
    """Sort key by which the strictest comes first: a final denial, a denial with needs, a mask, a release."""
    if isinstance(verdict, Denied):
        return 1 if verdict.needs else 0
    return 2 if verdict.is_masked else 3


def _outcome(verdict: Verdict) -> FieldOutcome:
    if isinstance(verdict, Denied):
        return FieldOutcome.WITHHELD
    return FieldOutcome.MASKED if verdict.is_masked else FieldOutcome.RELEASED


def _basis(verdict: Verdict) -> tuple[str, str, tuple[str, ...]]:
    needs = verdict.needs if isinstance(verdict, Denied) else ()
    return verdict.record_class.value, verdict.rule.name, tuple(need.value for need in needs)
