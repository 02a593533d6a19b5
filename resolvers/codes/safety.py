"""Codes of a safety banner: the kinds of its lines, whom they are about, and the action that they ask for."""

from __future__ import annotations

from resolvers.codes import Code


class SafetyKind(Code):
    NO_ANSWER = "NO_ANSWER", "A source did not answer, or a record in it cannot be read: nothing is known from it"
    ARMED_AND_DANGEROUS = "ARMED_AND_DANGEROUS", "Armed and dangerous"
    ARMED_AND_PROHIBITED = "ARMED_AND_PROHIBITED", "Has a firearm, and may not have one"
    VIOLENT = "VIOLENT", "Violent tendencies"
    DANGER = "DANGER", "Explosives, armed occupants, martial arts, escape or flight, sexually violent predator"
    WANTED = "WANTED", "An active warrant"
    ORDER = "ORDER", "A protective order in force"
    STOLEN = "STOLEN", "A vehicle or plate that is stolen, or was used in a felony"
    MISSING = "MISSING", "A missing person"
    SUPERVISED = "SUPERVISED", "Probation or parole with a search term, or at large"
    SUICIDAL = "SUICIDAL", "Suicidal"
    MEDICAL = "MEDICAL", "A medical condition, drugs, or another caution"


class SafetySubject(Code):
    SELF = "SELF", "The person who was asked for"
    OWNER = "OWNER", "The registered owner of the vehicle; the driver may be somebody else"
    VEHICLE = "VEHICLE", "The vehicle, or a missing person who was last seen with it"


class SafetyAct(Code):
    ENFORCE = "ENFORCE", "Enforce it"
    NOTIFY_THEN_ENFORCE = "NOTIFY_THEN_ENFORCE", "Tell the restrained person its terms, and enforce it at once"
    CONFIRM_FIRST = "CONFIRM_FIRST", "A hit alone is not probable cause: confirm it with the entering agency first"
    NO_ARREST_ON_THIS = "NO_ARREST_ON_THIS", "No arrest and no detention on this alone"
    KNOW = "KNOW", "Know it before approaching"
