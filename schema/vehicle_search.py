"""Searches of vehicles: their inputs, the fetch that they lead to, and their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from engine.declarations import Arguments, Lookup, Row
from policy.record_classes import RecordClass
from resolvers import vehicles
from resolvers.codes import Code
from resolvers.codes.vehicle import VehicleColor, VehicleMake
from resolvers.errors import InvalidSearch
from resolvers.numbers.plate import issuer_code, plate_beginning, plate_number
from resolvers.numbers.vin import vin_beginning, vin_ending
from resolvers.paging import Page
from resolvers.vehicle_search import VehicleSearch as VehicleSearchKey
from resolvers.vehicle_search import by_description
from schema.context import Context
from schema.directives import OneOf, know
from schema.enums import enum
from schema.fields import alternative, computed_member, hit, hits, member, optional, total
from schema.pages import PageInfo, edge_cursor, page_info
from schema.root_fields import page_size

if TYPE_CHECKING:
    from schema.vehicles import Vehicle

LONGEST_MODEL = 100


class VehicleMatchReason(Code):
    """A reason why a vehicle matches the search."""

    PLATE = "PLATE", "The plate begins as asked"
    PLATE_LOOKALIKE = (
        "PLATE_LOOKALIKE",
        "Another plate that could be taken for it: O and 0, I and 1, B and 8, Z and 2 count as equal. A candidate only",
    )
    VIN = "VIN", "The VIN begins or ends as asked"
    DESCRIPTION = "DESCRIPTION", "The make and the rest match"


enum(VehicleMake, "VehicleMake", "Manufacturer.")
enum(VehicleColor, "VehicleColor", "Colour.")
enum(VehicleMatchReason, "VehicleMatchReason", "A reason why a vehicle matches.")


@strawberry.input(description="A licence plate.")
class PlateKey:
    number: str = strawberry.field(description="The plate; spaces, hyphens and symbols do not matter.")
    state: str = strawberry.field(default="CA", description="Two-letter state.")


@strawberry.input(directives=[OneOf()], description="Key of a vehicle: exactly one of these.")
class VehicleKey:
    vin: strawberry.ID | None = alternative("By vehicle identification number: 17 characters with a right check digit.")
    plate: PlateKey | None = alternative("By licence plate.")


@strawberry.input(
    description="Search terms for vehicles: the beginning of a plate, the beginning or the end of a VIN, or a make, and"
    " optionally more."
)
class VehicleSearch:
    plate_start: str | None = optional(
        "The first characters of a plate, at least two; spaces, hyphens and symbols do not matter. With five or more,"
        " plates that could be taken for it are candidates too: see `why`."
    )
    vin_start: str | None = optional(
        "The first characters of a VIN, at least eight; or a whole one from before 1981, which has 11 to 16."
    )
    vin_end: str | None = optional("The last characters of a VIN, at least six.")
    plate_state: str | None = optional("Two-letter state of the plate.")
    make: VehicleMake | None = optional("Manufacturer.")
    model: str | None = optional("Model, as registered.")
    color: VehicleColor | None = optional("Colour.")
    year_from: int | None = optional("First model year.")
    year_to: int | None = optional("Last model year.")
    stolen: bool | None = optional("Whether the DMV has it marked as stolen: see `Vehicle.stolen` for the reports.")


@strawberry.type(description="One vehicle of a search.", directives=know(RecordClass.DMV_RECORD))
class VehicleEdge:
    node: Annotated[Vehicle, strawberry.lazy("schema.vehicles")] | None = hit("The vehicle.", vehicles.VEHICLE.layout)
    why: list[VehicleMatchReason] | None = member(
        "why", "Why it matches. An exact plate comes before a look-alike.", is_present=True
    )
    cursor: str | None = computed_member(edge_cursor, "Pass it as `after` for the hits after this one.")


@strawberry.type(
    description="A page of vehicles, in order of plate if part of one was given, else of VIN.",
    directives=know(RecordClass.DMV_RECORD),
)
class VehicleConnection:
    edges: list[VehicleEdge] | None = hits("The hits of this page.")
    page_info: PageInfo = page_info()
    total: int | None = total("The number of all hits, counted up to 1,000.")


def plate_key(key: Arguments) -> tuple[str, str]:
    """The key of a plate in its source. Raises InvalidSearch."""
    return issuer_code(key["state"]), plate_number(key["number"])


def vehicle_search(_row: Row, arguments: Arguments, context: Context) -> Lookup:
    """The lookup of a search for vehicles. Raises InvalidSearch."""
    by = arguments["by"]
    plate_start, plate_state, model = by.get("plateStart"), by.get("plateState"), by.get("model")
    vin_start, vin_end = by.get("vinStart"), by.get("vinEnd")
    if vin_start is not None:
        vin_start = vin_beginning(vin_start)
    if vin_end is not None:
        vin_end = vin_ending(vin_end)
    if plate_start is not None:
        plate_start = plate_beginning(plate_start)
    if plate_state is not None:
        plate_state = issuer_code(plate_state, "plateState")
    if model is not None:
        model = model.strip() if len(model) <= LONGEST_MODEL else ""
        if not model:
            raise InvalidSearch(f"model must have 1 to {LONGEST_MODEL} characters.")
    make, color = by.get("make"), by.get("color")
    if plate_start is None and vin_start is None and vin_end is None and make is None:
        raise InvalidSearch("Search vehicles by plateStart, by vinStart, by vinEnd or by make at least.")
    terms = {
        "plate_start": plate_start,
        "vin_start": vin_start,
        "vin_end": vin_end,
        "plate_state": plate_state,
        "make": make.value if make else None,
        "color": color.value if color else None,
        "model": model,
        "year_from": by.get("yearFrom"),
        "year_to": by.get("yearTo"),
        "is_stolen": by.get("stolen"),
    }
    after, binding = arguments.get("after"), (vehicles.SOURCE, context.caller.user, *terms.values())
    page = Page.of(page_size(arguments), after, context.cursors, *binding)
    return by_description.of(VehicleSearchKey(page=page, **terms))
