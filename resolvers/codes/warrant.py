"""Codes of a warrant: its category, its status and how far to go for the person."""

from __future__ import annotations

from resolvers.codes import Code


class WarrantCategory(Code):
    ARREST = "ARREST", "Arrest warrant: a court found probable cause"
    BENCH = "BENCH", "Bench warrant: a court orders the person brought before it"
    BENCH_NO_BOND = "BENCH_NO_BOND", "Bench warrant without bail"
    CAPIAS = "CAPIAS", "Capias: take the person and hold them for the court"
    RAMEY = "RAMEY", "Ramey warrant: probable cause before charges are filed"
    FAILURE_TO_APPEAR = "FAILURE_TO_APPEAR", "Did not appear in court as promised"
    PROBATION_VIOLATION = "PROBATION_VIOLATION", "Broke the terms of probation"
    PAROLE_VIOLATION = "PAROLE_VIOLATION", "Broke the terms of parole"
    JOHN_DOE_DNA = "JOHN_DOE_DNA", "Names the person by DNA profile only"


class WarrantStatus(Code):
    ACTIVE = "ACTIVE", "Outstanding: may be served once confirmed"
    RECALLED = "RECALLED", "Withdrawn by the court"
    SERVED = "SERVED", "The person was arrested on it"
    STAYED = "STAYED", "Held back by the court for a time"
    INACTIVE = "INACTIVE", "Kept by the agency but no longer in the wanted file"


class Extradition(Code):
    """Extradition: from how far the entering agency will fetch the person."""

    FELONY_FULL = "1", "Felony: full extradition"
    FELONY_LIMITED = "2", "Felony: limited extradition"
    FELONY_SURROUNDING_STATES_ONLY = "3", "Felony: surrounding states only"
    FELONY_NONE = "4", "Felony: no extradition, in-state pick-up only"
    FELONY_ARRANGEMENTS_PENDING = "5", "Felony: extradition arrangements pending"
    FELONY_PENDING_DETERMINATION = "6", "Felony: pending extradition determination"
    MISDEMEANOR_FULL = "A", "Misdemeanor: full extradition"
    MISDEMEANOR_LIMITED = "B", "Misdemeanor: limited extradition"
    MISDEMEANOR_SURROUNDING_STATES_ONLY = "C", "Misdemeanor: surrounding states only"
    MISDEMEANOR_NONE = "D", "Misdemeanor: no extradition, in-state pick-up only"
    MISDEMEANOR_ARRANGEMENTS_PENDING = "E", "Misdemeanor: extradition arrangements pending"
