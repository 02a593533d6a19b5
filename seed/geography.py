"""Counties with their agencies and courts, cities, and home addresses.

Cities and counties are real. Agency identifiers (ORIs) follow the pattern of real ones, and the streets are invented.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from seed.data import mimesis, rows
from seed.rng import Rng, weighted


class County(NamedTuple):
    """A county and the ORIs of its agencies. The ninth character of an ORI is the kind of agency."""

    name: str
    number: str
    police: tuple[str, ...]

    @property
    def sheriff(self) -> str:
        return f"CA{self.number}0000"

    @property
    def court(self) -> str:
        return f"CA{self.number}015J"

    @property
    def court_name(self) -> str:
        return f"Superior Court of California, County of {self.name}"

    @property
    def jail(self) -> str:
        return f"CA{self.number}023C"


class City(NamedTuple):
    """A city, the first three digits of its ZIP codes, and its county."""

    name: str
    zip_area: str
    county: County


class Address(NamedTuple):
    """The columns of a home address."""

    street: str | None
    city: str | None
    state: str | None
    postal_code: str | None


NO_ADDRESS: Final = Address(None, None, None, None)
STATE_PRISON: Final = "CA034025C"

COUNTIES: Final = {
    row["county"]: County(row["county"], row["number"], tuple(row["police"].split())) for row in rows("counties")
}
# The agencies of the demonstration callers are among these: a person who works for one of them is a colleague.
LOS_ANGELES: Final = COUNTIES["Los Angeles"]
SAN_DIEGO: Final = COUNTIES["San Diego"]

CITIES: Final = weighted({
    City(row["city"], row["zip_area"], COUNTIES[row["county"]]): int(row["weight"]) for row in rows("cities")
})  # fmt: skip
COUNTY_OF: Final = {city.name: city.county for city in CITIES}

_STREETS: Final = tuple(
    f"{word} {kind}"
    for word in mimesis("en/address")["street"]["name"]
    for kind in weighted({"St": 8, "Ave": 7, "Dr": 4, "Way": 2, "Blvd": 2, "Ct": 2, "Ln": 2, "Rd": 2, "Pl": 1})
)


def address(rng: Rng) -> Address:
    """A home address in California; one in four is an apartment."""
    city = rng.one_of(CITIES)
    street = f"{rng.integer(100, 19_999)} {rng.one_of(_STREETS)}"
    if rng.happens(0.25):
        street += f" Apt {rng.integer(1, 320)}"
    return Address(street, city.name, "CA", f"{city.zip_area}{rng.integer(1, 69):02}")


def county_of(city: str | None, rng: Rng) -> County:
    """The county of an event: in four of five cases that of the person's home."""
    home = COUNTY_OF.get(city or "")
    if home is not None and rng.happens(0.8):
        return home
    return rng.one_of(CITIES).county


def agency(county: County, rng: Rng) -> str:
    """The ORI of a police agency of the county, or of its sheriff."""
    return rng.one_of((county.sheriff, *county.police))
