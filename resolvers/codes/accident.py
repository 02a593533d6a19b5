"""Codes of an accident report: AAMVA D20 for severity, MMUCC and FARS for injuries, collisions, people and damage."""

from __future__ import annotations

from resolvers.codes import Code


class AccidentSeverity(Code):
    """The gravest injury of an accident (AAMVA D20)."""

    FATAL = "1", "Somebody died"
    INCAPACITATING_INJURY = "2", "Injury that keeps a person from walking, driving or going on as before"
    EVIDENT_INJURY = "3", "Injury that could be seen at the scene, and no graver one"
    POSSIBLE_INJURY = "4", "Injury that was claimed or suspected, and not seen"
    NO_INJURY = "5", "Damage to property alone"
    UNKNOWN = "9", "Not known"


class CollisionManner(Code):
    """How two vehicles met (FARS)."""

    NO_OTHER_VEHICLE = "0", "No collision with another moving vehicle: one vehicle alone, a parked one, a pedestrian"
    FRONT_TO_REAR = "1", "The front of one met the rear of the other"
    FRONT_TO_FRONT = "2", "Head on"
    ANGLE = "6", "At an angle, as at a crossing"
    SIDESWIPE_SAME_DIRECTION = "7", "Side against side, in the same direction"
    SIDESWIPE_OPPOSITE_DIRECTION = "8", "Side against side, in opposite directions"
    REAR_TO_SIDE = "9", "The rear of one met the side of the other, as in backing"
    REAR_TO_REAR = "10", "The rear of one met the rear of the other"
    OTHER = "11", "Other, such as one that rolled over the other"
    UNKNOWN = "99", "Not known"


class Injury(Code):
    """The injury of one person: the letters of police reports (MMUCC)."""

    FATAL = "K", "Died within 30 days"
    SERIOUS = "A", "Suspected serious injury"
    MINOR = "B", "Suspected minor injury"
    POSSIBLE = "C", "Possible injury: claimed, and not seen"
    NONE_APPARENT = "O", "No apparent injury"
    UNKNOWN = "U", "Not known"


class VehicleDamage(Code):
    """How badly a vehicle was damaged (FARS)."""

    NONE = "0", "No damage"
    MINOR = "2", "It can be driven as before"
    FUNCTIONAL = "4", "It can be driven, and something such as a lamp or a door does not work"
    DISABLING = "6", "It cannot be driven"
    UNKNOWN = "9", "Not known"


class PartyRole(Code):
    """Role of a person in an accident (FARS)."""

    DRIVER = "1", "Driver of a vehicle"
    PASSENGER = "2", "Passenger of a vehicle"
    PARKED_OCCUPANT = "3", "In a parked vehicle"
    PEDESTRIAN = "5", "On foot"
    BICYCLIST = "6", "On a bicycle"


class Fault(Code):
    """Whether the investigation found a person at fault."""

    AT_FAULT = "AT_FAULT", "Found at fault"
    SHARED = "SHARED", "Found at fault together with another"
    ANOTHER_AT_FAULT = "ANOTHER_AT_FAULT", "Another was found at fault: not on this driver's record (VC 1806)"
    UNDETERMINED = "UNDETERMINED", "The investigation did not say"
