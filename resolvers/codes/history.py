"""Codes of a criminal history, from arrest to release."""

from __future__ import annotations

from resolvers.codes import Code


class CycleStatus(Code):
    OPEN = "OPEN", "No disposition has been reported"
    PARTLY_DISPOSED = "PARTLY_DISPOSED", "Some charges have a disposition, others none"
    DISPOSED = "DISPOSED", "Every charge has a disposition"


class Severity(Code):
    FELONY = "FELONY", "Felony"
    MISDEMEANOR = "MISDEMEANOR", "Misdemeanor"
    INFRACTION = "INFRACTION", "Infraction"


class DispositionKind(Code):
    """How a charge ended. Those in CONVICTIONS are convictions, and no others."""

    CONVICTED = "CONVICTED", "Found guilty, or pleaded guilty or no contest. A conviction"
    BAIL_FORFEITED = "BAIL_FORFEITED", "Bail forfeited in place of a plea. A conviction"
    ACQUITTED = "ACQUITTED", "Found not guilty. Not a conviction"
    DISMISSED = "DISMISSED", "Dismissed by the court. Not a conviction"
    NOT_FILED = "NOT_FILED", "The prosecutor did not file the charge. Not a conviction"
    DETENTION_ONLY = "DETENTION_ONLY", "Released; counts as a detention only (PC 849.5). Not a conviction"
    DIVERTED = "DIVERTED", "Sent to a diversion programme. Not a conviction"
    SUSTAINED = "SUSTAINED", "Juvenile petition sustained (WIC 203). Not a conviction"
    CONDITIONAL_DISCHARGE = "CONDITIONAL_DISCHARGE", "Discharged on conditions. Whether by conviction is not said"


CONVICTIONS = frozenset({DispositionKind.CONVICTED.value, DispositionKind.BAIL_FORFEITED.value})
"""The stored dispositions of class CONVICTION. Every other charge is ARREST_ONLY."""


class PretrialRelease(Code):
    CUSTODY = "CUSTODY", "Held until the case ends"
    BAIL_POSTED = "BAIL_POSTED", "Released on bail"
    OWN_RECOGNIZANCE = "OWN_RECOGNIZANCE", "Released on a promise to appear"
    SUPERVISED_OR = "SUPERVISED_OR", "Released on a promise to appear, and supervised"
    CITE_AND_RELEASE = "CITE_AND_RELEASE", "Cited, and released by the officer or the jail"


class DiversionKind(Code):
    DRUG = "DRUG", "Drug diversion (PC 1000)"
    MENTAL_HEALTH = "MENTAL_HEALTH", "Mental health diversion (PC 1001.36)"
    MILITARY = "MILITARY", "Military diversion (PC 1001.80)"
    PRIMARY_CAREGIVER = "PRIMARY_CAREGIVER", "Diversion of a primary caregiver (PC 1001.83)"
    JUDICIAL = "JUDICIAL", "Misdemeanor diversion by a judge (PC 1001.95)"
    JUVENILE = "JUVENILE", "Informal supervision of a minor (WIC 654)"


class DiversionStatus(Code):
    UNDER_WAY = "UNDER_WAY", "Under way: the case waits for its end"
    TERMINATED = "TERMINATED", "Ended without success: the case goes on"
    COMPLETED = "COMPLETED", "Completed: the arrest is deemed to have never occurred (PC 1001.9), and is sealed"


OPEN_DIVERSIONS = frozenset({DiversionStatus.UNDER_WAY.value, DiversionStatus.TERMINATED.value})
"""The stored states of a diversion that seal nothing. Every other one seals its arrest, also one that is no code."""


class ReliefKind(Code):
    """Relief after a conviction. None erases it."""

    CERTIFICATE_OF_REHABILITATION = (
        "CERTIFICATE_OF_REHABILITATION",
        "Certificate of rehabilitation (PC 4852.01), also an application for a pardon. The conviction stays on record",
    )
    DISMISSED_1203_4 = (
        "DISMISSED_1203_4",
        "Plea withdrawn and case dismissed after probation (PC 1203.4). The conviction stays on record",
    )
    REDUCED_17B = "REDUCED_17B", "Felony reduced to a misdemeanor (PC 17(b)). The conviction stays on record"
    PARDON = "PARDON", "Pardon by the Governor. The conviction stays on record"


class ProgramKind(Code):
    SUBSTANCE_USE = "SUBSTANCE_USE", "Treatment of substance use"
    MENTAL_HEALTH = "MENTAL_HEALTH", "Mental health treatment"
    BATTERERS_INTERVENTION = "BATTERERS_INTERVENTION", "Batterer's intervention programme"
    ANGER_MANAGEMENT = "ANGER_MANAGEMENT", "Anger management"
    EDUCATION = "EDUCATION", "School or vocational training"
    EMPLOYMENT = "EMPLOYMENT", "Help with finding work"


class ProgramStatus(Code):
    ENROLLED = "ENROLLED", "Taking part now"
    COMPLETED = "COMPLETED", "Completed"
    DISCHARGED = "DISCHARGED", "Left or dismissed before its end"


class SentenceKind(Code):
    PRISON = "PRISON", "State prison"
    JAIL = "JAIL", "County jail"
    PROBATION = "PROBATION", "Probation"
    FINE = "FINE", "Fine only"
    COMMUNITY_SERVICE = "COMMUNITY_SERVICE", "Community service"


class CustodyStatus(Code):
    IN_CUSTODY = "IN_CUSTODY", "Held in the facility named"
    RELEASED = "RELEASED", "Released: sentence served or no longer held"
    RELEASED_ON_BAIL = "RELEASED_ON_BAIL", "Released on bail until the case ends"
    OWN_RECOGNIZANCE = "OWN_RECOGNIZANCE", "Released on a promise to appear"


class HousingLevel(Code):
    """Security of the housing of a person in custody, from open dormitories to the most guarded cells."""

    LEVEL_1 = "1", "Open dormitories"
    LEVEL_2 = "2", "Open dormitories inside a guarded perimeter"
    LEVEL_3 = "3", "Cells inside a guarded perimeter"
    LEVEL_4 = "4", "Cells of the highest security"


class SupervisionKind(Code):
    PAROLE = "PAROLE", "State parole"
    FORMAL_PROBATION = "FORMAL_PROBATION", "Probation with a probation officer"
    SUMMARY_PROBATION = "SUMMARY_PROBATION", "Probation to the court, without an officer"
    POST_RELEASE = "POST_RELEASE", "Post-release community supervision (PRCS)"
    MANDATORY = "MANDATORY", "Mandatory supervision after a split sentence"


class SupervisionStatus(Code):
    ACTIVE = "ACTIVE", "Being supervised now"
    AT_LARGE = "AT_LARGE", "Absconded: whereabouts unknown"
    COMPLETED = "COMPLETED", "Ended on its last day or earlier by order"
    REVOKED = "REVOKED", "Ended because a term was broken"
