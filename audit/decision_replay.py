"""A decision made again from its journal entry, under the policy of that day, and whether it comes out the same.

An entry holds all that a decision hangs on but the table, which is kept by its version, and the rules over the table,
which are code: those are today's, and so are the record classes of fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from audit.policy_archive import PolicyArchive
from policy.caller import Assurance, Caller
from policy.decide import decide
from policy.described_enum import DescribedEnum
from policy.flags import Flag
from policy.grants import Denied, Verdict
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.verdicts import Verdicts


class FieldOutcome(DescribedEnum):
    """What became of a field."""

    RELEASED = "RELEASED", "Released."
    MASKED = "MASKED", "Released as a mask."
    WITHHELD = "WITHHELD", "Withheld."
    LEFT_OUT = "LEFT_OUT", "Rows of this class were left out, whatever there was."


class ReplayOutcome(DescribedEnum):
    """What came of making a decision again."""

    AGREES = "AGREES", "Decided the same, field by field."
    DIFFERS = "DIFFERS", "Something was decided otherwise."
    UNKNOWN = "UNKNOWN", "It cannot be decided again: the policy, or a word of that day, is not known any more."


@dataclass(frozen=True, slots=True)
class ReplayedField:
    """One field, or one class of rows where `field` is None: then and now.

    rule:      the rule that the journal names; of a release, for which it names none, the one that is found now.
    decided:   None where it cannot be decided, and where what the journal says stands under no such rule now.
    agrees:    None where it cannot be decided.
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
    """Every field that the journal speaks of."""

    outcome: str
    lines: tuple[ReplayedField, ...]


class DecisionReplayer:
    """Makes decisions again. `guards` are the record classes of each field of the schema, by coordinate."""

    def __init__(self, policies: PolicyArchive, guards: Mapping[str, Sequence[Any]]) -> None:
        self._policies = policies
        self._guards = guards

    def of(self, entry: Mapping[str, Any]) -> Replay | None:
        """An entry's decision, made again; None where nothing was decided. `entry` is its JSON."""
        if "policy_version" not in entry:
            return None
        verdicts = self._verdicts(entry)
        lines = (
            *(self._shown(each, FieldOutcome.RELEASED, verdicts) for each in entry.get("released", ())),
            *(self._shown(each, FieldOutcome.MASKED, verdicts) for each in entry.get("masked", ())),
            *(self._withheld(each, verdicts) for each in entry.get("denied", ())),
            *_left_out(entry.get("exclusions", ()), verdicts),
        )
        found = {line.agrees for line in lines}
        outcome = ReplayOutcome.AGREES
        if verdicts is None or None in found:
            outcome = ReplayOutcome.UNKNOWN
        if False in found:
            outcome = ReplayOutcome.DIFFERS
        return Replay(outcome.value, lines)

    def _verdicts(self, entry: Mapping[str, Any]) -> Verdicts | None:
        policy = self._policies.of(entry["policy_version"])
        if policy is None:
            return None
        try:
            caller = Caller(
                user=entry["user"],
                name=entry["user"],
                surname="UNKNOWN",  # no entry has it, and no verdict hangs on it
                ori=entry["agency"],
                role=Role(entry["role"]),
                sworn=False,
                certified_until=date.fromisoformat(entry["certified_until"]),
                assurance=Assurance(entry["assurance"]),
                token_id="",
            )
            why = Purpose(entry["purpose"]), Reason(entry["reason"])
            # A certification is held against the date where the server is.
            today = datetime.fromisoformat(entry["at"]).astimezone().date()
        except (KeyError, ValueError):
            return None
        is_challenged = Flag.CHALLENGED in entry.get("flags", ())
        inquiry = Inquiry(*why, entry.get("case_number"), entry.get("attention"), is_challenged)
        return decide(policy, caller, inquiry, RecordClass, today=today)

    def _shown(self, field: str, fate: FieldOutcome, verdicts: Verdicts | None) -> ReplayedField:
        guards = self._guards.get(field)
        if verdicts is None or guards is None:
            return ReplayedField(field, None, None, (), fate.value, None, None)
        if not guards:
            # It is read by the grant of what holds it, which has a line of its own.
            return ReplayedField(field, None, None, (), fate.value, fate.value, True)
        verdict = min((verdicts[guard] for guard in guards), key=_openness)
        decided = _fate(verdict)
        return ReplayedField(
            field,
            verdict.record_class.value,
            verdict.rule.name,
            _needs(verdict),
            fate.value,
            decided.value,
            decided is fate,
        )

    def _withheld(self, denial: Mapping[str, Any], verdicts: Verdicts | None) -> ReplayedField:
        word, rule, needs = denial["record_class"], denial["rule"], tuple(denial["needs"])
        record_class = next((each for each in RecordClass if each.value == word), None)
        verdict = verdicts[record_class] if verdicts and record_class else None
        if verdict is None:
            return ReplayedField(denial["field"], word, rule, needs, FieldOutcome.WITHHELD.value, None, None)
        decided = _fate(verdict)
        if decided is FieldOutcome.MASKED and verdict.record_class not in self._guards.get(denial["field"], ()):
            # Asked for by an argument, for which a mask is not enough.
            decided = FieldOutcome.WITHHELD
        agrees = decided is FieldOutcome.WITHHELD and verdict.rule.name == rule and _needs(verdict) == needs
        return ReplayedField(denial["field"], word, rule, needs, FieldOutcome.WITHHELD.value, decided.value, agrees)


def _left_out(journalled: Sequence[Mapping[str, Any]], verdicts: Verdicts | None) -> Iterator[ReplayedField]:
    then = {(each["record_class"], each["rule"], tuple(each["needs"])): None for each in journalled}
    left_out = FieldOutcome.LEFT_OUT.value
    if verdicts is None:
        yield from (ReplayedField(None, *each, left_out, None, None) for each in then)
        return
    now = {(each.record_class.value, each.rule.name, _needs(each)): None for each in verdicts.exclusions}
    for each in then | now:
        journalled_as, decided = (left_out if each in list_ else None for list_ in (then, now))
        yield ReplayedField(None, *each, journalled_as, decided, journalled_as == decided)


def _openness(verdict: Verdict) -> int:
    """The least open counts: a denial that nothing turns, then one that something does, then a mask."""
    if isinstance(verdict, Denied):
        return 1 if verdict.needs else 0
    return 2 if verdict.is_masked else 3


def _fate(verdict: Verdict) -> FieldOutcome:
    if isinstance(verdict, Denied):
        return FieldOutcome.WITHHELD
    return FieldOutcome.MASKED if verdict.is_masked else FieldOutcome.RELEASED


def _needs(verdict: Verdict) -> tuple[str, ...]:
    return tuple(need.value for need in verdict.needs) if isinstance(verdict, Denied) else ()
