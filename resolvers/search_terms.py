"""Search terms: the names and numbers that an inquiry searches for, in normal form, as the journal hashes them.

The terms of a search are few. When an auditor asks for one, every term that could mean the same is computed: a plate is
also searched for by its first characters, and a person by surname alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from names.folding import NotLatin, require_latin
from names.parts import canonical, parse_given, parse_surname, split_line
from resolvers.errors import InvalidSearch
from resolvers.numbers.compact_text import compact
from resolvers.numbers.hull import hull_number
from resolvers.numbers.number_format import CII, FBI, ssn_number
from resolvers.numbers.plate import LONGEST_PLATE, SHORTEST_PLATE_START, plate_number
from resolvers.numbers.serial import serial_number
from resolvers.numbers.vin import SHORTEST_VIN_END, SHORTEST_VIN_START, STORED_VIN

NAME, SURNAME = "name", "surname"
PLATE, PLATE_START = "plate", "plate-start"
VIN, VIN_START, VIN_END = "vin", "vin-start", "vin-end"
SSN, LICENSE, CII_NUMBER, FBI_NUMBER = "ssn", "license", "cii", "fbi"
SERIAL, HIN, OWNER_APPLIED = "serial", "hin", "owner-applied"


class SearchTerm(NamedTuple):
    """A term in normal form, and its kind."""

    kind: str
    value: str


def key_term(kind: str, key: Any) -> SearchTerm:
    """The term of a lookup's key: the key itself or, if the key is a state and a number, the number."""
    return SearchTerm(kind, key[-1] if isinstance(key, tuple) else key)


def name_terms(surname: str, given: str | None) -> Iterator[SearchTerm]:
    """The terms of a search by name: each spelling of the surname, alone and with the given names."""
    for letters in _surnames(surname):
        yield SearchTerm(SURNAME, letters)
        yield from (SearchTerm(NAME, f"{letters},{each}") for each in _given(given or ""))


def vehicle_terms(plate_start: str | None, vin_start: str | None, vin_end: str | None) -> Iterator[SearchTerm]:
    """The terms of a search of vehicles by parts of their numbers."""
    given = {PLATE_START: plate_start, VIN_START: vin_start, VIN_END: vin_end}
    return (SearchTerm(kind, part) for kind, part in given.items() if part)


def _surnames(text: str) -> list[str]:
    return list(dict.fromkeys(map(canonical, parse_surname(text).whole)))


def _given(text: str) -> list[str]:
    """All given names together, and the first one alone; an empty text if there are none."""
    parsed = parse_given(text)
    first = parsed.parts[0] if parsed.parts else ()
    return list(dict.fromkeys((*parsed.whole, *first))) or [""]


def _expand_name(text: str) -> Iterator[SearchTerm]:
    """Searches that could mean a person: by surname and given names, also swapped; by surname and initial, or alone."""
    surname, given = split_line(text)
    try:
        require_latin(text)
    except NotLatin:
        raise InvalidSearch("A name is in Latin letters, as identity documents romanize it.") from None
    surnames, names = _surnames(surname), _given(given)
    if not surnames:
        raise InvalidSearch("A name is a surname, or a surname and given names: Reyes, Marisol.")
    if names == [""]:
        yield from (SearchTerm(SURNAME, letters) for letters in surnames)
        return
    for letters in surnames:
        for each in dict.fromkeys((*names, *(name[0] for name in names), "")):
            yield SearchTerm(NAME, f"{letters},{each}")
    for each in names:
        for spelling in parse_surname(surname).whole:
            yield SearchTerm(NAME, f"{canonical(each)},{spelling}")
            # Both names on one line, without a comma.
            yield from (SearchTerm(NAME, f"{canonical(line)},") for line in (f"{each}{spelling}", f"{spelling}{each}"))


def _expand_plate(text: str) -> Iterator[SearchTerm]:
    plate = plate_number(text)
    yield SearchTerm(PLATE, plate)
    for length in range(SHORTEST_PLATE_START, LONGEST_PLATE + 1):
        if length <= len(plate):
            yield SearchTerm(PLATE_START, plate[:length])


def _expand_vin(text: str) -> Iterator[SearchTerm]:
    vin = compact(text) or ""
    if not STORED_VIN.fullmatch(vin):
        raise InvalidSearch("A VIN has 17 letters and digits, or from before 1981 11 to 16.")
    yield SearchTerm(VIN, vin)
    yield from (SearchTerm(VIN_START, vin[:end]) for end in range(SHORTEST_VIN_START, len(vin) + 1))
    yield from (SearchTerm(VIN_END, vin[-size:]) for size in range(SHORTEST_VIN_END, len(vin) + 1))


def _expand_license(text: str) -> Iterator[SearchTerm]:
    number = compact(text)
    if not number:
        raise InvalidSearch("A licence has letters A to Z and digits, as in Z0000001.")
    yield SearchTerm(LICENSE, number)


EXPANSIONS: Final[Mapping[str, Callable[[str], Iterable[SearchTerm]]]] = {
    NAME: _expand_name,
    LICENSE: _expand_license,
    SSN: lambda text: [SearchTerm(SSN, ssn_number(text))],
    CII_NUMBER: lambda text: [SearchTerm(CII_NUMBER, CII.parse(text, "cii"))],
    FBI_NUMBER: lambda text: [SearchTerm(FBI_NUMBER, FBI.parse(text, "fbi"))],
    PLATE: _expand_plate,
    VIN: _expand_vin,
    SERIAL: lambda text: [SearchTerm(SERIAL, serial_number(text))],
    HIN: lambda text: [SearchTerm(HIN, hull_number(text))],
    OWNER_APPLIED: lambda text: [SearchTerm(OWNER_APPLIED, serial_number(text))],
}
"""Query expansion by kind: the terms that could mean a name or number as a person writes it. Raises: InvalidSearch."""
