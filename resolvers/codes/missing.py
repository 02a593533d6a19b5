"""Codes of missing and unidentified persons, as the national files have them."""

from __future__ import annotations

from resolvers.codes import Code


class MissingCategory(Code):
    """The category of a report: its message key."""

    DISABILITY = "EMD", "Has a proven physical or mental disability"
    ENDANGERED = "EME", "In company of another, under circumstances that endanger them"
    INVOLUNTARY = "EMI", "Not missing of their own will"
    JUVENILE = "EMJ", "Unemancipated minor who is in no other category"
    CATASTROPHE_VICTIM = "EMV", "Missing after a catastrophe"
    OTHER = "EMO", "In no other category, and there is concern for their safety"


class MissingKind(Code):
    """The kind of report (MNP)."""

    MISSING_PERSON = "MP", "Missing person"
    AMBER_ALERT = "AA", "Missing child with an Amber Alert"
    CHILD_ABDUCTION = "CA", "Abducted child"
    DISASTER_VICTIM = "DV", "Victim of a disaster"


class MissingCircumstance(Code):
    """The circumstances under which a person went missing (MPC)."""

    RUNAWAY = "R", "Ran away"
    ABDUCTED_BY_NONCUSTODIAL_PARENT = "N", "Abducted by a parent without custody"
    ABDUCTED_BY_STRANGER = "S", "Abducted by a stranger"
    ADULT = "F", "Adult whose entry federal law requires"


class FoundReason(Code):
    """How a report of a missing person ended."""

    RETURNED = "RETURNED", "Came back"
    LOCATED = "LOCATED", "Was found by an agency or a relative"
    IN_CUSTODY = "IN_CUSTODY", "Was found in custody"
    DECEASED = "DECEASED", "Was found dead"


class BloodType(Code):
    """Blood type (BLT)."""

    A_POSITIVE = "APOS", "A, Rh positive"
    A_NEGATIVE = "ANEG", "A, Rh negative"
    A = "AUNK", "A, Rh factor not known"
    B_POSITIVE = "BPOS", "B, Rh positive"
    B_NEGATIVE = "BNEG", "B, Rh negative"
    B = "BUNK", "B, Rh factor not known"
    AB_POSITIVE = "ABPOS", "AB, Rh positive"
    AB_NEGATIVE = "ABNEG", "AB, Rh negative"
    AB = "ABUNK", "AB, Rh factor not known"
    O_POSITIVE = "OPOS", "O, Rh positive"
    O_NEGATIVE = "ONEG", "O, Rh negative"
    O = "OUNK", "O, Rh factor not known"  # noqa: E741 - the blood type
    UNKNOWN = "UNKWN", "Not known"


class XRays(Code):
    """X-rays on file."""

    FULL = "F", "Of the whole body"
    PARTIAL = "P", "Of a part of the body"
    NONE = "N", "None"


class UnidentifiedCategory(Code):
    """The category of an unidentified person: the message key."""

    DECEASED = "EUD", "A body, or a part of one"
    LIVING = "EUL", "A living person who cannot say who they are"
    CATASTROPHE_VICTIM = "EUV", "A body from a catastrophe"


class MannerOfDeath(Code):
    """Manner of death."""

    ACCIDENTAL = "A", "Accident"
    HOMICIDE = "H", "Homicide"
    NATURAL = "N", "Natural"
    SUICIDE = "S", "Suicide"
    UNKNOWN = "U", "Not known"


class BodyParts(Code):
    """The parts of a body that were recovered, and their state."""

    ALL = "ALL", "All, in a state that is not said"
    ALL_FRESH = "ALF", "All, fresh"
    ALL_DECOMPOSED = "ALD", "All, decomposed"
    SKELETON = "SKL", "The skeleton"
    SOME = "R", "Some parts"
    NONE = "N", "None"
