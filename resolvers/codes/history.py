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
    """How a charge ended. Only CONVICTED is a conviction."""

    CONVICTED = "CONVICTED", "Found guilty, or pleaded guilty or no contest. Only this one is a conviction"
    ACQUITTED = "ACQUITTED", "Found not guilty. Not a conviction"
    DISMISSED = "DISMISSED", "Dismissed by the court. Not a conviction"
    NOT_FILED = "NOT_FILED", "The prosecutor did not file the charge. Not a conviction"
    DETENTION_ONLY = "DETENTION_ONLY", "Released; counts as a detention only (PC 849.5). Not a conviction"
    DIVERTED = "DIVERTED", "Sent to a diversion programme. Not a conviction"
    SUSTAINED = "SUSTAINED", "Juvenile petition sustained (WIC 203). Not a conviction"


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
