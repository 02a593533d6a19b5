"""Names of Californians, and the aliases that are recorded for them.

The common names are in seed/data/names.toml, most common first. The rare ones come from mimesis.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final, NamedTuple

from names.folding import plain_letters
from seed.data import mimesis, toml
from seed.rng import Rng, weighted


class Name(NamedTuple):
    """The columns of a name."""

    given: str
    middle: str | None
    surname: str
    suffix: str | None


class Origin(Enum):
    """The origin of a name, which decides the lists that it is drawn from."""

    HISPANIC = "hispanic"
    EUROPEAN = "european"
    ASIAN = "asian"
    BLACK = "black"
    NATIVE = "native"


ORIGINS: Final = weighted({
    Origin.HISPANIC: 400, Origin.EUROPEAN: 355, Origin.ASIAN: 165, Origin.BLACK: 70, Origin.NATIVE: 10,
})  # fmt: skip

_NAMES: Final = toml("names")
_SHORT: Final[dict[str, str]] = _NAMES["short_names"]
_ENGLISH: Final = mimesis("en/person")
_SPANISH: Final = mimesis("es-mx/person")


def _pool(common: Sequence[str], rare: Sequence[str]) -> tuple[str, ...]:
    """Choices for `Rng.one_of`: five in six are common names, weighted by rank, and the others are rare."""
    known = {plain_letters(name) for name in common}
    rare = [name for name in rare if plain_letters(name) not in known]
    ranked = {name: round(1000 / (rank + 4)) for rank, name in enumerate(common)}
    each = max(1, round(sum(ranked.values()) / 5 / len(rare)))
    return (*weighted(ranked), *weighted(dict.fromkeys(rare, each)))


def _rare(names: Any) -> list[str]:
    return [name for name in names if name[0].isupper() and " " not in name]


def _surnames() -> dict[Origin, tuple[str, ...]]:
    common = {origin: names.split() for origin, names in _NAMES["surnames"].items()}
    rare = {origin: names.split() for origin, names in _NAMES["rare_surnames"].items()}
    english = _rare(_ENGLISH["surnames"])
    return {
        Origin.HISPANIC: _pool(common["hispanic"], _rare(_SPANISH["surnames"])),
        Origin.EUROPEAN: _pool(common["european"], english),
        Origin.ASIAN: _pool(common["asian"], rare["asian"]),
        Origin.BLACK: _pool(common["black"], english),
        Origin.NATIVE: _pool(common["european"], rare["native"]),
    }


def _given_names(sex: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """English and Spanish given names; the most common English ones are among the Spanish too."""
    english, spanish = (_NAMES["given_names"][f"{language}_{sex}"].split() for language in ("english", "spanish"))
    return (
        _pool(english, _rare(_ENGLISH["names"][sex])),
        _pool([*spanish, *english[:12]], _rare(_SPANISH["names"][sex])),
    )


_SURNAMES: Final = _surnames()
_GIVEN: Final = {"M": _given_names("male"), "F": _given_names("female")}


def name(rng: Rng, origin: Origin, sex: str) -> Name:
    """A full name. The given name of a person of unknown sex may be of either."""
    english, spanish = _GIVEN[sex if sex in _GIVEN else rng.one_of("MF")]
    pool = spanish if origin is Origin.HISPANIC else english
    surname = rng.one_of(_SURNAMES[origin])
    if origin is Origin.HISPANIC and rng.happens(0.06):
        surname = f"{surname}-{rng.one_of(_SURNAMES[origin])}"
    middle = rng.one_of(pool) if rng.happens(0.7) else None
    suffix = rng.one_of(("Jr", "Jr", "Sr", "II", "III")) if sex == "M" and rng.happens(0.025) else None
    return Name(rng.one_of(pool), middle, surname, suffix)


def alias(rng: Rng, name: Name, origin: Origin, sex: str) -> Name:
    """An alias of a person: a short form, a married name, a typing error, a transposed or an invented name."""
    kind = rng.random()
    if kind < 0.35:
        return name._replace(given=_SHORT.get(name.given) or name.middle or name.given[:3], middle=None)
    if kind < 0.60:
        return name._replace(surname=rng.one_of(_SURNAMES[origin]))
    if kind < 0.80:
        return name._replace(surname=_mistyped(rng, name.surname))
    if kind < 0.90:
        return transposed(name)
    english, _ = _GIVEN[sex if sex in _GIVEN else "M"]
    return Name(rng.one_of(english), None, rng.one_of(_SURNAMES[origin]), None)


def transposed(name: Name) -> Name:
    """Given name and surname in each other's place, a common error with unfamiliar names."""
    return name._replace(given=name.surname, surname=name.given)


def _mistyped(rng: Rng, word: str) -> str:
    """The word with two neighbouring letters swapped, or one lost."""
    at = rng.integer(1, max(1, len(word) - 2))
    if rng.happens(0.5):
        return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :] if len(word) > 2 else word + "e"
    return word[:at] + word[at + 1 :] if len(word) > 3 else word + word[-1]
