"""Counties, their agencies and courts, and places to live. Knows nothing of people.

Cities and counties are real; agency identifiers follow the pattern of real ones, and the streets are invented.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Final, NamedTuple

from seed.chance import Chance, weighted


class County(NamedTuple):
    """What a county keeps: the ninth character of an ORI says what kind of agency it is."""

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


class Address(NamedTuple):
    """A residence, column for column."""

    street: str | None
    city: str | None
    state: str | None
    postal_code: str | None


NOWHERE: Final = Address(None, None, None, None)
STATE_PRISON: Final = "CA034025C"

# The ORIs of the demonstration callers are in here too: a person who works for one of them is a colleague.
LOS_ANGELES: Final = County("Los Angeles", "019", ("CA0194200", "CA0194100", "CA0192200"))
SAN_DIEGO: Final = County("San Diego", "037", ("CA0371100", "CA0370200"))
_ALAMEDA: Final = County("Alameda", "001", ("CA0010900", "CA0010600"))
_CONTRA_COSTA: Final = County("Contra Costa", "007", ("CA0071100",))
_FRESNO: Final = County("Fresno", "010", ("CA0100500",))
_KERN: Final = County("Kern", "015", ("CA0150200",))
_ORANGE: Final = County("Orange", "030", ("CA0300100", "CA0301900"))
_RIVERSIDE: Final = County("Riverside", "033", ("CA0331300", "CA0331900"))
_SACRAMENTO: Final = County("Sacramento", "034", ("CA0340400",))
_SAN_BERNARDINO: Final = County("San Bernardino", "036", ("CA0361000", "CA0360500"))
_SAN_FRANCISCO: Final = County("San Francisco", "038", ("CA0380100",))
_SAN_JOAQUIN: Final = County("San Joaquin", "039", ("CA0390500",))
_SANTA_CLARA: Final = County("Santa Clara", "043", ("CA0431300", "CA0430800"))
_VENTURA: Final = County("Ventura", "056", ("CA0560200",))


class City(NamedTuple):
    """A city, the first three figures of its ZIP codes, and its county."""

    name: str
    zip_area: str
    county: County


CITIES: Final = weighted({
    City("Los Angeles", "900", LOS_ANGELES): 38,
    City("Long Beach", "908", LOS_ANGELES): 5,
    City("Glendale", "912", LOS_ANGELES): 2,
    City("Pasadena", "911", LOS_ANGELES): 2,
    City("Torrance", "905", LOS_ANGELES): 2,
    City("Pomona", "917", LOS_ANGELES): 2,
    City("Lancaster", "935", LOS_ANGELES): 2,
    City("San Diego", "921", SAN_DIEGO): 14,
    City("Chula Vista", "919", SAN_DIEGO): 3,
    City("Oceanside", "920", SAN_DIEGO): 2,
    City("San Jose", "951", _SANTA_CLARA): 10,
    City("Sunnyvale", "940", _SANTA_CLARA): 2,
    City("San Francisco", "941", _SAN_FRANCISCO): 8,
    City("Fresno", "937", _FRESNO): 6,
    City("Sacramento", "958", _SACRAMENTO): 6,
    City("Elk Grove", "957", _SACRAMENTO): 2,
    City("Oakland", "946", _ALAMEDA): 5,
    City("Fremont", "945", _ALAMEDA): 3,
    City("Bakersfield", "933", _KERN): 5,
    City("Anaheim", "928", _ORANGE): 4,
    City("Santa Ana", "927", _ORANGE): 4,
    City("Irvine", "926", _ORANGE): 4,
    City("Riverside", "925", _RIVERSIDE): 4,
    City("Moreno Valley", "925", _RIVERSIDE): 2,
    City("San Bernardino", "924", _SAN_BERNARDINO): 3,
    City("Fontana", "923", _SAN_BERNARDINO): 3,
    City("Stockton", "952", _SAN_JOAQUIN): 4,
    City("Oxnard", "930", _VENTURA): 3,
    City("Richmond", "948", _CONTRA_COSTA): 2,
    City("Concord", "945", _CONTRA_COSTA): 2,
})  # fmt: skip
COUNTY_OF: Final = {city.name: city.county for city in CITIES}

_WORDS: Final = json.loads(files("mimesis.datasets").joinpath("en/address.json").read_text("utf-8"))["street"]["name"]
_STREETS: Final = tuple(
    f"{word} {kind}"
    for word in _WORDS
    for kind in weighted({"St": 8, "Ave": 7, "Dr": 4, "Way": 2, "Blvd": 2, "Ct": 2, "Ln": 2, "Rd": 2, "Pl": 1})
)


def address(chance: Chance) -> Address:
    """A residence somewhere in California; one in four is an apartment."""
    city = chance.one_of(CITIES)
    street = f"{chance.whole(100, 19_999)} {chance.one_of(_STREETS)}"
    if chance.happens(0.25):
        street += f" Apt {chance.whole(1, 320)}"
    return Address(street, city.name, "CA", f"{city.zip_area}{chance.whole(1, 69):02}")


def county_of(city: str | None, chance: Chance) -> County:
    """Where something happened to a person who lives there: mostly at home."""
    home = COUNTY_OF.get(city or "")
    if home is not None and chance.happens(0.8):
        return home
    return chance.one_of(CITIES).county


def agency(county: County, chance: Chance) -> str:
    """The police or the sheriff of that county."""
    return chance.one_of((county.sheriff, *county.police))
