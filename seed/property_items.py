"""Invented things that reports on property are about, by file. Nobody's: no report says whose a thing is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

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
from resolvers.codes.vehicle import VehicleColor, VehicleMake, VehicleStyle
from seed.calendar import EPOCH
from seed.data import toml, weighted_codes, weighted_rows
from seed.numbers import CLEAR, DIGIT, FROM_1, FROM_2, Series
from seed.rng import Rng, weighted
from seed.row import Columns
from seed.vin import vin

_WEIGHTS: Final = toml("weights")["property"]
_MODELS: Final = weighted_rows("vehicle_models")
ARTICLES: Final = weighted_rows("articles")
_PARTS, _BOATS, _HULLS = (
    weighted_codes(kind, _WEIGHTS[name])
    for kind, name in ((PartCategory, "part"), (BoatCategory, "boat"), (HullMaterial, "hull_material"))
)
_SECURITIES: Final = weighted_codes(SecurityType, _WEIGHTS["security"])
_COLORS: Final = weighted_codes(VehicleColor, {"WHI": 60, "BLU": 15, "RED": 8, "GRY": 8, "BLK": 5, "GRN": 4})
_MONTHS: Final = "ABCDEFGHIJKL"  # of a hull number
_BOAT_NAMES: Final = ("SEA BREEZE", "SECOND WIND", "LUCKY STAR", "NO WORRIES", "DAYDREAM", "BLUE HERON")
_POWERED: Final = (HullShape.DEEP_V.value, HullShape.SEMI_V.value, HullShape.FLAT.value, HullShape.TRI_HULL.value)
_OTHER_STATES: Final = weighted({"NV": 30, "AZ": 30, "OR": 20, "WA": 10, "TX": 6, "ID": 4})


class Things:
    """The things of one world."""

    def __init__(self, rng: Rng) -> None:
        self._rng = rng
        self._serial = Series(rng, CLEAR, CLEAR, digits=8)
        self._hull = Series(rng, CLEAR, CLEAR, CLEAR, digits=5)
        self._vin_tail = Series(rng, FROM_1, digits=6)  # a plant that no registered vehicle is from
        self._plate = Series(rng, FROM_2, DIGIT, DIGIT, CLEAR, CLEAR, CLEAR)  # no registered vehicle has such a plate
        self._bow = Series(rng, FROM_1, DIGIT, DIGIT, DIGIT, CLEAR, CLEAR)
        self._note = Series(rng, CLEAR, digits=8)
        self._draw: dict[str, Callable[[], Columns]] = {
            PropertyFile.VEHICLE.value: self._vehicle,
            PropertyFile.PLATE.value: self._lone_plate,
            PropertyFile.PART.value: self._part,
            PropertyFile.BOAT.value: self._boat,
            PropertyFile.ARTICLE.value: self._article,
            PropertyFile.SECURITY.value: self._security,
        }

    def columns(self, file: str) -> Columns:
        """The columns of one thing in this file."""
        return self._draw[file]()

    def _vehicle(self) -> Columns:
        """A vehicle of another state."""
        rng, model = self._rng, self._rng.one_of(_MODELS)
        year = rng.integer(int(model["first_year"]), EPOCH.year - 1)
        return {
            "vin": vin(model["maker"], model["descriptor"], year, self._vin_tail.next()),
            **self._plate_columns(),
            "year": year,
            "make": VehicleMake[model["make"]].value,
            "model": model["model"],
            "style": VehicleStyle[model["style"]].value,
            "color": rng.one_of(_COLORS),
        }

    def _lone_plate(self) -> Columns:
        return self._plate_columns() | {"plate_type": "PC"}

    def _plate_columns(self) -> Columns:
        return {"plate": self._plate.next(), "plate_state": self._rng.one_of(_OTHER_STATES)}

    def _part(self) -> Columns:
        brand = self._rng.one_of(_MODELS)["make"]
        return {
            "part_category": self._rng.one_of(_PARTS),
            "brand": VehicleMake[brand].meaning.upper(),
            "serial": self._serial.next(),
        }

    def _boat(self) -> Columns:
        rng, category = self._rng, self._rng.one_of(_BOATS)
        is_sail = category == BoatCategory.SAILBOAT.value
        year = rng.integer(1985, EPOCH.year - 1) % 100
        made = f"{rng.one_of(_MONTHS)}{year % 10}{year:02}"
        return {
            "registration": f"CF{self._bow.next()}",
            "registration_state": "CA",
            "hull_number": f"{self._hull.next()}{made}",
            "boat_category": category,
            "hull_material": rng.one_of(_HULLS),
            "hull_shape": HullShape.ROUND.value if is_sail else rng.one_of(_POWERED),
            "propulsion": Propulsion.SAIL_OUTBOARD.value if is_sail else Propulsion.OUTBOARD.value,
            "length_feet": rng.integer(9, 12) if category == BoatCategory.JET_SKI.value else rng.integer(14, 38),
            "color": rng.one_of(_COLORS),
            "boat_name": rng.one_of(_BOAT_NAMES) if rng.happens(0.4) else None,
        }

    def _article(self) -> Columns:
        """One in ten has only a number that its owner engraved; one in five has that too."""
        rng, article = self._rng, self._rng.one_of(ARTICLES)
        has_serial = rng.happens(0.9)
        engraved = f"CA{rng.integer(10_000_000, 99_999_999)}" if not has_serial or rng.happens(0.2) else None
        return {
            "article_category": ArticleCategory(article["type"][0]).value,
            "article_type": article["type"],
            "brand": article["brand"],
            "model": article["model"] or None,
            "serial": self._serial.next() if has_serial else None,
            "owner_applied_number": engraved,
        }

    def _security(self) -> Columns:
        rng, kind = self._rng, self._rng.one_of(_SECURITIES)
        is_note = kind == SecurityType.FEDERAL_RESERVE_NOTE.value
        return {
            "security_type": kind,
            "issuer": "FEDERAL RESERVE"
            if is_note
            else rng.one_of(("FIRST COASTAL BANK", "SIERRA TRUST", "BAY SAVINGS")),
            "denomination_cents": 100 * rng.one_of((20, 50, 100) if is_note else (100, 500, 1_000, 5_000)),
            "series_year": rng.integer(2004, 2021) if is_note else None,
            # Notes are entered only if they are marked or false; others look like all that circulate.
            "money_use": rng.one_of([each.value for each in MoneyUse]) if is_note else None,
            "serial": f"{self._note.next()}{rng.one_of(CLEAR)}",
        }
