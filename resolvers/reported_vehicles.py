"""Vehicles and plates with a report that stops them: when one does, and its lines in a safety banner.

Pure: from the fields of a report, as a response shows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.declarations import Inputs
from engine.errors import FetchFailed, InvalidValue
from resolvers import property
from resolvers.codes.entry import IN_FORCE
from resolvers.codes.person import Caution
from resolvers.codes.property import WANTED, PropertyFile
from resolvers.codes.safety import SafetyAct, SafetyKind, SafetySubject
from resolvers.safety import Line, Values, caution_order

VEHICLES: Final = {PropertyFile.VEHICLE.name, PropertyFile.PLATE.name}


def is_in_force(report: Values) -> bool:
    """Whether a report is on a vehicle or a plate, and may be acted upon."""
    return report["file"] in VEHICLES and report["state"] in IN_FORCE


def is_stop(report: Values) -> bool:
    """Whether a report says that a vehicle or plate is stolen or was used in a felony, and is in force."""
    return report["status"] in WANTED and is_in_force(report)


def is_stolen(inputs: Inputs) -> bool:
    """Whether a report on a vehicle or its plate stops it. No answer of the source is not "no".

    Raises: FetchFailed, InvalidValue if it is not known.
    """
    if any(map(is_stop, inputs.values["reports"] or ())):
        return True
    for source in inputs.failed.values():
        raise FetchFailed(source)
    if inputs.faulty:
        raise InvalidValue("")
    return False


def stolen_lines(vehicle: Values, _about: SafetySubject) -> Iterator[Line]:
    """The lines about a vehicle: armed occupants, and what it or its plate is wanted for."""
    for report in filter(is_in_force, vehicle["reports"] or ()):
        if report["occupantsArmed"]:
            yield _line(report, SafetyKind.DANGER, "OCCUPANTS ARMED", SafetyAct.KNOW)
        if report["status"] in WANTED:
            yield _line(report, SafetyKind.STOLEN, _words(report, vehicle["vin"]), SafetyAct.CONFIRM_FIRST)


def _words(report: Values, vin: str | None) -> str:
    """A vehicle with the plate of another one that is stolen is not the stolen one."""
    reported = (report["item"] or {}).get("vin")
    words = f"{report['status']} {report['file']}"
    return f"PLATE OF A {words}" if reported is not None and reported != vin else words


def _line(report: Values, kind: SafetyKind, words: str, act: SafetyAct) -> Line:
    return Line(
        kind=kind,
        words=words,
        source=property.SOURCE,
        number=report["number"],
        since=report["occurredOn"],
        agency_ori=report["agencyOri"],
        about=SafetySubject.VEHICLE,
        act=act,
        # Armed occupants come after explosives and before martial arts.
        order=caution_order(Caution.EXPLOSIVE_EXPERTISE) + 1 if kind is SafetyKind.DANGER else 0,
    )
