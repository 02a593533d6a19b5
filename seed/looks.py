"""What people look like, and the cautions on file for them. Knows nothing of their names and numbers."""

from __future__ import annotations

from typing import Final, NamedTuple

from resolvers.codes.person import Caution, EyeColor, HairColor
from seed.calendar import YEAR
from seed.chance import Chance, weighted
from seed.names import Origin


class Look(NamedTuple):
    """What an officer would describe, column for column."""

    sex: str
    race: str
    ethnicity: str | None
    height_inches: int | None
    weight_pounds: int | None
    eye_color: str | None
    hair_color: str | None
    scars_marks_tattoos: str = "[]"
    cautions: str = "[]"


_RACE: Final = {
    Origin.HISPANIC: weighted({"W": 88, "U": 8, "I": 2, "B": 2}),
    Origin.EUROPEAN: weighted({"W": 97, "U": 3}),
    Origin.ASIAN: weighted({"A": 97, "U": 3}),
    Origin.BLACK: weighted({"B": 97, "U": 3}),
    Origin.NATIVE: weighted({"I": 100}),
}
_EYE, _HAIR = EyeColor, HairColor
_DARK_EYES: Final = weighted({_EYE.BRO: 90, _EYE.BLK: 6, _EYE.HAZ: 3, _EYE.XXX: 1})
_EYES: Final = weighted({
    _EYE.BRO: 45, _EYE.BLU: 27, _EYE.HAZ: 15, _EYE.GRN: 9, _EYE.GRY: 2, _EYE.MUL: 1, _EYE.XXX: 1,
})  # fmt: skip
_DARK_HAIR: Final = weighted({_HAIR.BLK: 66, _HAIR.BRO: 28, _HAIR.BLD: 4, _HAIR.XXX: 2})
_FAIR_HAIR: Final = weighted({
    _HAIR.BRO: 52, _HAIR.BLN: 22, _HAIR.BLK: 12, _HAIR.RED: 6, _HAIR.SDY: 2, _HAIR.BLD: 4, _HAIR.PNK: 1, _HAIR.XXX: 1,
})  # fmt: skip
_OLD_HAIR: Final = weighted({_HAIR.GRY: 60, _HAIR.WHI: 20, _HAIR.BLD: 12, _HAIR.BRO: 8})
_MARKS: Final = (
    "SC FHD - scar, forehead",
    "SC L CHK - scar, left cheek",
    "SC R HND - scar, right hand",
    "SC ABDOM - scar, abdomen",
    "TAT L ARM - tattoo, left arm, eagle",
    "TAT R ARM - tattoo, right arm, names",
    "TAT NECK - tattoo, neck, script",
    "TAT BACK - tattoo, back, cross",
    "TAT L HND - tattoo, left hand, three dots",
    "TAT CHEST - tattoo, chest, roses",
    "PRCD EARS - pierced ears",
    "GLASSES",
    "MOLE FACE - mole, face",
    "BRTH NECK - birthmark, neck",
)
_DANGERS: Final = weighted(
    {
        Caution.KNOWN_TO_ABUSE_DRUGS: 34,
        Caution.VIOLENT_TENDENCIES: 28,
        Caution.ALCOHOLIC: 12,
        Caution.ARMED_AND_DANGEROUS: 10,
        Caution.ESCAPE_RISK: 8,
        Caution.OTHER: 8,
        Caution.SUICIDAL: 6,
        Caution.INTERNATIONAL_FLIGHT_RISK: 3,
        Caution.MARTIAL_ARTS_EXPERT: 3,
        Caution.SEXUALLY_VIOLENT_PREDATOR: 2,
        Caution.EXPLOSIVE_EXPERTISE: 1,
    }
)
_MEDICAL: Final = weighted(
    {
        Caution.DIABETIC: 30,
        Caution.HEART_CONDITION: 20,
        Caution.ALLERGIES: 18,
        Caution.MEDICATION_REQUIRED: 18,
        Caution.EPILEPSY: 9,
        Caution.SUICIDAL: 6,
        Caution.HEMOPHILIAC: 1,
    }
)


def look(chance: Chance, origin: Origin, sex: str, age_days: int, *, has_trouble: bool) -> Look:
    """How one person is described; somebody never measured has no height, weight, eyes or hair on file.

    `has_trouble` is a history or a warrant: such people are looked at closely, and more is written down.
    """
    is_fair = origin is Origin.EUROPEAN
    hair = _FAIR_HAIR if is_fair else _DARK_HAIR
    if age_days > 62 * YEAR:
        hair = _OLD_HAIR
    is_measured = chance.happens(0.97)
    return Look(
        sex=sex,
        race=chance.one_of(_RACE[origin]),
        ethnicity=None if chance.happens(0.06) else "H" if origin is Origin.HISPANIC else "N",
        height_inches=chance.near(64 if sex == "F" else 69, 8) if is_measured else None,
        weight_pounds=chance.near(155 if sex == "F" else 185, 80) if is_measured else None,
        eye_color=chance.one_of(_EYES if is_fair else _DARK_EYES).value if is_measured else None,
        hair_color=chance.one_of(hair).value if is_measured else None,
        scars_marks_tattoos=_marks(chance, 0.4 if has_trouble else 0.06),
        cautions=_cautions(chance, 0.09 if has_trouble else 0.0),
    )


def json_list(words: list[str]) -> str:
    """A JSON array of words or codes that need no escaping, each once, in order."""
    return "[" + ",".join(f'"{word}"' for word in sorted(set(words))) + "]"


def _marks(chance: Chance, share: float) -> str:
    count = chance.whole(1, 3) if chance.happens(share) else 0
    return json_list([chance.one_of(_MARKS) for _ in range(count)])


def _cautions(chance: Chance, share: float) -> str:
    codes = []
    if chance.happens(share):
        codes.append(chance.one_of(_DANGERS).value)
    if chance.happens(0.015):
        codes.append(chance.one_of(_MEDICAL).value)
    return json_list(codes)
