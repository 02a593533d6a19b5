"""What the rest of the design takes for granted of any matrix. Knows nothing of files.

A record is reached through what holds it, and a statement reads several flags at once. A matrix that
breaks one of these would not fail: it would quietly show too little, or too much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policy.effects import Effect
from policy.record_classes import RecordClass
from policy.roles import Role

# (what is held, what holds it, why): no role may be refused the second where it may know the first.
HELD = (
    (
        RecordClass.CONVICTION,
        RecordClass.SUPERVISION,
        "a conviction is read inside the history that shows supervision",
    ),
    (
        RecordClass.ARREST_ONLY,
        RecordClass.SUPERVISION,
        "an arrest is read inside the history that shows supervision",
    ),
    (
        RecordClass.SEALED,
        RecordClass.SUPERVISION,
        "a sealed arrest is read inside the history that shows supervision",
    ),
    (
        RecordClass.JUVENILE,
        RecordClass.SUPERVISION,
        "a juvenile arrest is read inside the history that shows supervision",
    ),
    (
        RecordClass.ARREST_ONLY,
        RecordClass.CONVICTION,
        "an arrest is read from the same charges as a conviction",
    ),
    (RecordClass.SEALED, RecordClass.ARREST_ONLY, "a sealed arrest is an arrest"),
    (RecordClass.CONFIDENTIAL_ADDRESS, RecordClass.DMV_ADDRESS, "a confidential address is an address"),
    (RecordClass.DMV_ADDRESS, RecordClass.DMV_RECORD, "an address is read from a licence or a registration"),
    (RecordClass.PROTECTED_PARTY, RecordClass.PROTECTIVE_ORDER, "a protected party is read from their order"),
    (
        RecordClass.PROHIBITION_BASIS,
        RecordClass.FIREARM_PROHIBITION,
        "why firearms are prohibited says that they are",
    ),
    (RecordClass.FIREARM_PROHIBITION, RecordClass.PROTECTIVE_ORDER, "a prohibition is read from an order"),
    (RecordClass.SSN, RecordClass.IDENTITY, "a social security number is read from the person"),
)

# The only values for which a source makes a mask; anywhere else M would release the value itself.
MASKABLE = frozenset({RecordClass.SSN, RecordClass.CONFIDENTIAL_ADDRESS})

_REACH = {Effect.DENY: 0, Effect.MASK: 0, Effect.STEP_UP: 1, Effect.OWN: 2, Effect.ALLOW: 2}

Rows = Mapping[RecordClass, Mapping[Role, Effect]]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The row to mend, and why it cannot stand."""

    record_class: RecordClass
    why: str


def contradiction(rows: Rows) -> Contradiction | None:
    """The first thing in `rows`, which are whole, that the design cannot live with."""
    return next(_contradictions(rows), None)


def _contradictions(rows: Rows) -> Iterator[Contradiction]:
    for record_class, row in rows.items():
        for role, effect in row.items():
            what = f"{record_class.value} for {role.value} is {effect.value}"
            if effect is Effect.OWN and record_class is not RecordClass.AUDIT_TRAIL:
                yield Contradiction(record_class, f"{what}, but only AUDIT_TRAIL has entries of one's own")
            if effect is Effect.MASK and record_class not in MASKABLE:
                yield Contradiction(record_class, f"{what}, but no source can mask it")
    for held, holder, why in HELD:
        for role in Role:
            inner, outer = rows[held][role], rows[holder][role]
            if _REACH[inner] > _REACH[outer]:
                what = f"{holder.value} for {role.value} is {outer.value}, but {held.value} is {inner.value}"
                yield Contradiction(holder, f"{what}: {why}, so it must be as open")
