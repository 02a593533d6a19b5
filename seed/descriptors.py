"""Physical descriptors and cautions of a person, with weights from seed/data/descriptors.toml."""

from __future__ import annotations

from typing import Final

from resolvers.codes.person import Caution, EyeColor, HairColor
from seed.calendar import YEAR
from seed.data import toml, weighted_codes
from seed.names import Origin
from seed.rng import Rng, weighted
from seed.row import Columns

_WEIGHTS: Final = toml("descriptors")
_RACE: Final = {origin: weighted(_WEIGHTS["race"][origin.value]) for origin in Origin}
_EYES, _DARK_EYES = (weighted_codes(EyeColor, _WEIGHTS[name]) for name in ("eyes", "dark_eyes"))
_FAIR_HAIR, _DARK_HAIR, _OLD_HAIR = (
    weighted_codes(HairColor, _WEIGHTS[name]) for name in ("fair_hair", "dark_hair", "old_hair")
)
_CAUTIONS, _MEDICAL = (weighted_codes(Caution, _WEIGHTS[name]) for name in ("cautions", "medical_cautions"))
_MARKS: Final[list[str]] = _WEIGHTS["marks"]["all"]


def draw(rng: Rng, origin: Origin, sex: str, age_days: int, *, is_printed: bool, is_wanted: bool) -> Columns:
    """The columns of one person's description. Three in a hundred were never measured: no height, weight, eyes or hair.

    Marks are recorded with fingerprints, and cautions with warrants. Neither depends on an arrest, which may be hidden.
    """
    is_fair = origin is Origin.EUROPEAN
    hair = _OLD_HAIR if age_days > 62 * YEAR else _FAIR_HAIR if is_fair else _DARK_HAIR
    is_measured = rng.happens(0.97)
    columns = {
        "sex": sex,
        "race": rng.one_of(_RACE[origin]),
        "ethnicity": None if rng.happens(0.06) else "H" if origin is Origin.HISPANIC else "N",
        "height_inches": rng.around(64 if sex == "F" else 69, 8) if is_measured else None,
        "weight_pounds": rng.around(155 if sex == "F" else 185, 80) if is_measured else None,
        "eye_color": rng.one_of(_EYES if is_fair else _DARK_EYES) if is_measured else None,
        "hair_color": rng.one_of(hair) if is_measured else None,
    }
    marks = rng.integer(1, 3) if rng.happens(0.2 if is_printed else 0.06) else 0
    columns["scars_marks_tattoos"] = json_list([rng.one_of(_MARKS) for _ in range(marks)])
    cautions = [rng.one_of(_CAUTIONS)] if rng.happens(0.3 if is_wanted else 0.01) else []
    cautions += [rng.one_of(_MEDICAL)] if rng.happens(0.015) else []
    return {**columns, "cautions": json_list(cautions)}


def json_list(words: list[str]) -> str:
    """A JSON array of the distinct words, sorted. The words must need no escaping."""
    return "[" + ",".join(f'"{word}"' for word in sorted(set(words))) + "]"
