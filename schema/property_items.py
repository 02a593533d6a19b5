"""Things that reports on property are about: the members of the union `PropertyItem`, one for each file.

No two members have fields of one name and different types, so that one document may ask for all of them without an
alias.
"""

from __future__ import annotations

from typing import Annotated, Final

import strawberry

from policy.record_classes import RecordClass
from resolvers.codes.property import (
    ArticleCategory,
    BoatCategory,
    HullMaterial,
    HullShape,
    MoneyUse,
    PartCategory,
    PropertyFile,
    Propulsion,
    SecurityType,
)
from resolvers.codes.vehicle import PlateType, VehicleColor, VehicleMake, VehicleStyle
from schema.directives import know
from schema.enums import enum
from schema.fields import column
from schema.scalars import Cents

enum(PartCategory, "PartCategory", "The kind of part of a vehicle.")
enum(BoatCategory, "BoatCategory", "The kind of boat.")
enum(HullMaterial, "HullMaterial", "Material of a hull.")
enum(HullShape, "HullShape", "Shape of a hull.")
enum(Propulsion, "Propulsion", "How a boat is driven.")
enum(ArticleCategory, "ArticleCategory", "The kind of article: the first letter of its type.")
enum(SecurityType, "SecurityType", "The kind of security.")
enum(MoneyUse, "MoneyUse", "Why money is in the file, if it was not simply stolen.")

REPORTED = know(RecordClass.PROPERTY)


@strawberry.type(description="A vehicle, as the report describes it.", directives=REPORTED)
class StolenVehicle:
    vin: strawberry.ID | None = column("vin", "Vehicle identification number.")
    plate: str | None = column("plate", "Licence plate that it had; null: none, or the plate is not missing.")
    plate_state: str | None = column("plate_state", "The state that issued the plate.")
    year: int | None = column("year", "Model year.")
    make: VehicleMake | None = column("make", "Manufacturer.")
    model: str | None = column("model", "Model.")
    style: VehicleStyle | None = column("style", "Body style.")
    color: VehicleColor | None = column("color", "Colour.")


@strawberry.type(
    description="A licence plate that is entered without its vehicle: the other plate is destroyed or not in use.",
    directives=REPORTED,
)
class StolenPlate:
    plate: str | None = column("plate", "Licence plate.")
    plate_state: str | None = column("plate_state", "The state that issued the plate.")
    plate_type: PlateType | None = column("plate_type", "The kind of plate.")


@strawberry.type(description="A part of a vehicle. Its number is the report's `serial`.", directives=REPORTED)
class VehiclePart:
    part: PartCategory | None = column("part_category", "The kind of part.")
    brand: str | None = column("brand", "Maker, as it is written on the thing.")


@strawberry.type(description="A boat.", directives=REPORTED)
class Boat:
    registration: str | None = column("registration", "Its registration: the number on its bow.")
    state: str | None = column("registration_state", "The state of its registration.")
    hull_number: str | None = column("hull_number", "Hull identification number, as it was entered.")
    category: BoatCategory | None = column("boat_category", "The kind of boat.")
    hull_material: HullMaterial | None = column("hull_material", "Material of the hull.")
    hull_shape: HullShape | None = column("hull_shape", "Shape of the hull.")
    propulsion: Propulsion | None = column("propulsion", "How it is driven.")
    length_feet: int | None = column("length_feet", "Length, feet.")
    color: VehicleColor | None = column("color", "Colour.")
    name: str | None = column("boat_name", "Name.")


@strawberry.type(
    description="Any other thing with a number of its own: `serial` or `ownerAppliedNumber`.", directives=REPORTED
)
class Article:
    article_category: ArticleCategory | None = column("article_category", "The kind of article.")
    article_type: str | None = column("article_type", "NCIC's type, up to seven letters: BBICYCL, DLAPTOP, OTELEPH.")
    brand: str | None = column("brand", "Maker, as it is written on the thing.")
    model: str | None = column("model", "Model.")


@strawberry.type(description="Money, a bond or a share. Its number is the report's `serial`.", directives=REPORTED)
class Security:
    type: SecurityType | None = column("security_type", "The kind of security.")
    issuer: str | None = column("issuer", "Who issued it.")
    denomination_cents: Cents | None = column("denomination_cents", "Denomination in whole US cents.")
    series_year: int | None = column("series_year", "Year of the series.")
    ransom: MoneyUse | None = column("money_use", "Ransom, bait or counterfeit money; null: none of these.")


PropertyItem = Annotated[
    StolenVehicle | StolenPlate | VehiclePart | Boat | Article | Security,
    strawberry.union("PropertyItem", description="The thing that a report is about, by its file."),
]
TYPES: Final = {
    PropertyFile.VEHICLE.value: "StolenVehicle",
    PropertyFile.PLATE.value: "StolenPlate",
    PropertyFile.PART.value: "VehiclePart",
    PropertyFile.BOAT.value: "Boat",
    PropertyFile.ARTICLE.value: "Article",
    PropertyFile.SECURITY.value: "Security",
}
"""The type of the thing in each file, by the stored code."""
