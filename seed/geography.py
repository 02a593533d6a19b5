"""Counties with their agencies and courts, cities, and home addresses.

Cities and counties are real; streets and agencies are invented. An agency identifier (ORI) has the pattern of a real
one, and a county number from 901. California's counties have 001 to 058: no real agency has such an identifier.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from seed.data import mimesis, rows, weighted_rows
from seed.rng import Rng, weighted
from seed.row import Columns


class County(NamedTuple):
    """A county, an invented number, and the ORIs of its agencies. Their ninth character is the kind of agency."""

    name: str
    number: str
    police: tuple[str, ...]

    @property
    def sheriff(self) -> str:
        return f"CA{self.number}0000"

    @property
    def court(self) -> Columns:
        """The columns of the county's court."""
        return {
            "court_ori": f"CA{self.number}015J",
            "court_name": f"Superior Court of California, County of {self.name}",
        }

    @property
    def jail(self) -> str:
        return f"CA{self.number}023C"


NO_ADDRESS: Final[Columns] = dict.fromkeys(("street", "city", "state", "postal_code"))
STATE_PRISON: Final = "CA934025C"

COUNTIES: Final = {
    row["county"]: County(row["county"], row["number"], tuple(row["police"].split())) for row in rows("counties")
}
_FACILITIES: Final = {STATE_PRISON: "Tule Ridge State Prison"} | {
    county.jail: f"{county.name} County Jail" for county in COUNTIES.values()
}
CITIES: Final = weighted_rows("cities")
COUNTY_OF: Final = {row["city"]: COUNTIES[row["county"]] for row in CITIES}

_STREETS: Final = tuple(
    f"{word} {kind}"
    for word in mimesis("en/address")["street"]["name"]
    for kind in weighted({"St": 8, "Ave": 7, "Dr": 4, "Way": 2, "Blvd": 2, "Ct": 2, "Ln": 2, "Rd": 2, "Pl": 1})
)


def address(rng: Rng) -> Columns:
    """The columns of a home address in California; one in four is an apartment."""
    city = rng.one_of(CITIES)
    street = f"{rng.integer(100, 19_999)} {rng.one_of(_STREETS)}"
    if rng.happens(0.25):
        street += f" Apt {rng.integer(1, 320)}"
    postal_code = f"{city['zip_area']}{rng.integer(1, 69):02}"
    return {"street": street, "city": city["city"], "state": "CA", "postal_code": postal_code}


def county_of(person: Columns, rng: Rng) -> County:
    """The county of an event: in four of five cases that of the person's home."""
    home = COUNTY_OF.get(person["city"])
    if home is not None and rng.happens(0.8):
        return home
    return COUNTY_OF[rng.one_of(CITIES)["city"]]


def agency(county: County, rng: Rng) -> str:
    """The ORI of a police agency of the county, or of its sheriff."""
    return rng.one_of((county.sheriff, *county.police))


def facility_name(ori: str) -> str:
    """The name of a jail or of the state prison."""
    return _FACILITIES[ori]
