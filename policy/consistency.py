"""Consistency rules that every matrix must meet.

A record is reached through the record that contains it, and one statement reads several flags. A matrix that breaks a
rule would cause no error: it would silently show too little, or too much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy.effects import Effect
from policy.record_classes import RecordClass
from policy.roles import Role

# (contained class, containing class, reason): a role with access to the first must have access to the second.
CONTAINED = (
    (RecordClass.CONVICTION, RecordClass.SUPERVISION, "a conviction is read inside the history that shows supervision"),
    (RecordClass.ARREST_ONLY, RecordClass.SUPERVISION, "an arrest is read inside the history that shows supervision"),
    (RecordClass.SEALED, RecordClass.SUPERVISION, "a sealed arrest is read inside the history that shows supervision"),
    (
        RecordClass.JUVENILE,
        RecordClass.SUPERVISION,
        "a juvenile arrest is read inside the history that shows supervision",
    ),
    (RecordClass.ARREST_ONLY, RecordClass.CONVICTION, "an arrest is read from the same charges as a conviction"),
    (RecordClass.SEALED, RecordClass.ARREST_ONLY, "a sealed arrest is an arrest"),
    (RecordClass.CONFIDENTIAL_ADDRESS, RecordClass.DMV_ADDRESS, "a confidential address is an address"),
    (RecordClass.DMV_ADDRESS, RecordClass.DMV_RECORD, "an address is read from a licence or a registration"),
    (RecordClass.PROTECTED_PARTY, RecordClass.PROTECTIVE_ORDER, "a protected party is read from their order"),
    (RecordClass.FOREIGN_ORDER, RecordClass.PROTECTIVE_ORDER, "a foreign order is an order"),
    (RecordClass.PROHIBITION_BASIS, RecordClass.FIREARM_PROHIBITION, "why firearms are prohibited says that they are"),
    (RecordClass.FIREARM_PROHIBITION, RecordClass.PROTECTIVE_ORDER, "a prohibition is read from an order"),
    (RecordClass.SSN, RecordClass.IDENTITY, "a social security number is read from the person"),
    (RecordClass.MISSING_DETAIL, RecordClass.MISSING_PERSON, "a detail is read from the report"),
    (RecordClass.MISSING_HISTORY, RecordClass.MISSING_PERSON, "a closed report is a report"),
    (RecordClass.FIREARM_OWNERSHIP, RecordClass.FIREARM_STATUS, "an owner is read from the gun"),
    (RecordClass.ACCIDENT_PARTY, RecordClass.ACCIDENT, "a party is read from the accident"),
    (RecordClass.PRETRIAL, RecordClass.SUPERVISION, "pretrial release is read inside the history"),
    (RecordClass.REHABILITATION, RecordClass.SUPERVISION, "a programme is read inside the history"),
    (RecordClass.BIOMETRIC, RecordClass.IDENTITY, "a biometric set is read from the person"),
    (RecordClass.GANG, RecordClass.IDENTITY, "a gang entry is read from the person"),
    (RecordClass.VIOLENT_PERSON, RecordClass.IDENTITY, "a violent person entry is read from the person"),
)

# The only classes that sources can mask. M for any other class would release the value itself.
MASKABLE = frozenset({RecordClass.SSN, RecordClass.CONFIDENTIAL_ADDRESS})

_REACH = {Effect.DENY: 0, Effect.MASK: 0, Effect.STEP_UP: 1, Effect.OWN: 2, Effect.ALLOW: 2}


def contradictions(rows: Mapping[RecordClass, Mapping[Role, Effect]]) -> Iterator[tuple[RecordClass, str]]:
    """The contradictions in a matrix: the row to correct, and the rule that it breaks."""
    for record_class, row in rows.items():
        for role, effect in row.items():
            cell = f"{record_class.value} for {role.value} is {effect.value}"
            if effect is Effect.OWN and record_class is not RecordClass.AUDIT_TRAIL:
                yield record_class, f"{cell}, but only AUDIT_TRAIL has own entries"
            if effect is Effect.MASK and record_class not in MASKABLE:
                yield record_class, f"{cell}, but no source can mask it"
    for contained, container, why in CONTAINED:
        for role in Role if contained in rows and container in rows else ():
            inner, outer = rows[contained][role], rows[container][role]
            if _REACH[inner] > _REACH[outer]:
                cell = f"{container.value} for {role.value} is {outer.value}, but {contained.value} is {inner.value}"
                yield container, f"{cell}: {why}, so it must be at least as permissive"
