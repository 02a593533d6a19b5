"""Biometric sets: their GraphQL type, and the edges from a person and from an arrest."""

from __future__ import annotations

import strawberry

from policy.record_classes import RecordClass
from resolvers import biometrics, criminal_history
from resolvers.codes.biometric import BiometricKind
from resolvers.numbers.fingerprint_class import PATTERNS, fingerprint_class
from schema.arrest_cycles import Cycle
from schema.directives import know
from schema.enums import enum
from schema.extensions import extend
from schema.fields import column, computed, edge
from schema.persons import Person
from schema.scalars import Date

enum(BiometricKind, "BiometricKind", "The kind of a biometric set.")


@strawberry.type(
    description="A reference to fingerprints, a photograph or DNA that the state has on file. Ask that agency for it:"
    " there is no image here, and no link to one.",
    directives=know(RecordClass.BIOMETRIC),
)
class BiometricSet:
    id: strawberry.ID | None = column("number", "The number of the set: B and nine digits.")
    kind: BiometricKind | None = column("kind", "Its kind.")
    taken_on: Date | None = column("taken_on", "Day on which it was taken.")
    agency_ori: str | None = column("agency_ori", "The agency that took it.")
    fingerprint_class: str | None = computed(
        ("fingerprint_class",),
        fingerprint_class,
        "NCIC fingerprint class of ten prints, 20 characters: two for each finger, from the right thumb to the left"
        f" little finger. {PATTERNS}. Alike classes identify nobody.",
    )
    cycle: Cycle | None = edge(
        criminal_history.by_cycle_id,
        "The arrest at which it was taken; null for an applicant, and if the history does not have it.",
        via=("cycle",),
        know=RecordClass.CONVICTION,
    )


@extend(Person)
class PersonFields:
    biometrics: list[BiometricSet] | None = edge(
        biometrics.by_cii,
        "Fingerprints, photographs and DNA on file, newest first: of applications, and of arrests that the caller may"
        " know of. For an applicant's background check (purpose J), of applications alone.",
        via=("cii_number",),
        know=RecordClass.BIOMETRIC,
    )


@extend(Cycle)
class CycleFields:
    biometrics: list[BiometricSet] | None = edge(
        biometrics.by_cycle,
        "Fingerprints, photographs and DNA taken at this arrest, newest first.",
        via=("id",),
        know=RecordClass.BIOMETRIC,
    )
