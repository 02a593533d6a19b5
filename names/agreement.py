"""Agreement of two names: in how far they are the same, and what says so.

The first kind that holds counts. `closeness` orders names of one kind: 100 for equal letters, by Jaro-Winkler.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from names.keys import metaphones, nysiis
from names.nicknames import forms_by_sounds, forms_of, is_short_form
from names.parts import ParsedName, canonical
from names.respelling import respellings
from names.romanization import families, skeletons, sounds


class Kind(StrEnum):
    """The kinds of evidence that two names are the same, best first."""

    LETTERS = "LETTERS"
    FORM = "FORM"
    SHORT_FORM = "SHORT_FORM"
    PART = "PART"
    SLIP = "SLIP"
    SOUND = "SOUND"
    ROMANIZATION = "ROMANIZATION"
    INITIAL = "INITIAL"
    SIMILAR = "SIMILAR"


class Agreement(NamedTuple):
    """How two names agree.

    closeness: likeness of their letters, 0 to 100.
    is_part:   whether a part of the asked name agrees, and not its whole.
    """

    kind: Kind
    closeness: int
    is_part: bool = False


RANK = {kind: rank for rank, kind in enumerate(Kind)}
LONG, SHORT = 7, 4
"""Letters from which a name may have two slips beside each other; letters up to which its sound must be very close."""
ALIKE = 0.8
SIMILAR = 0.72
RESPELLED = 0.85
"""Likeness (Jaro-Winkler) of a name's other spelling to the stored name."""


def compare_surnames(asked: ParsedName, stored: ParsedName, *, loosely: bool = False) -> Agreement | None:
    """The agreement of a surname that is asked for with a stored one, or None.

    A part of the asked name may stand for the whole; the parts of a stored name are stored as names of their own.
    loosely: accept names that are only similar, for people who agree in more than their names.
    """
    return _best(_surname_agreements(asked, stored, loosely=loosely))


def compare_given(asked: ParsedName, stored: ParsedName) -> Agreement | None:
    """The agreement of given names that are asked for with stored ones, or None."""
    return _best(_given_agreements(asked, stored))


def _best(found: Iterable[Agreement | None]) -> Agreement | None:
    agreed = [each for each in found if each]
    if not agreed:
        return None
    return min(agreed, key=lambda each: (each.kind is Kind.SIMILAR, each.is_part, RANK[each.kind], -each.closeness))


def _surname_agreements(asked: ParsedName, stored: ParsedName, *, loosely: bool) -> Iterable[Agreement | None]:
    yield _whole(asked, stored, loosely=loosely)
    for part in asked.parts:
        agreed = _whole(ParsedName(part), stored)
        yield agreed and agreed._replace(is_part=True)


def _given_agreements(asked: ParsedName, stored: ParsedName) -> Iterable[Agreement | None]:
    yield _whole_given(asked, stored)
    for part in asked.parts:
        agreed = _whole_given(ParsedName(part), stored)
        yield agreed and agreed._replace(is_part=True)


def _whole_given(asked: ParsedName, stored: ParsedName) -> Agreement | None:
    if not asked.whole or not stored.whole:
        return None
    one, other = asked.whole[0], stored.whole[0]
    if (len(one) == 1 or len(other) == 1) and one[0] == other[0] and one != other:
        return Agreement(Kind.INITIAL, 100)
    if one != other == asked.initials_of_parts:
        return Agreement(Kind.INITIAL, 100)
    agreed = _whole(asked, stored)
    if agreed and agreed.kind in {Kind.LETTERS, Kind.FORM}:
        return agreed
    if any(form in forms_of(letters) for letters in asked.whole for form in stored.whole):
        return Agreement(Kind.SHORT_FORM, 100 if is_short_form(one, other) else 60)
    if not agreed and (one in forms_by_sounds(other) or other in forms_by_sounds(one)):
        return Agreement(Kind.SHORT_FORM, 60)
    return agreed


def _whole(asked: ParsedName, stored: ParsedName, *, loosely: bool = False) -> Agreement | None:
    """The agreement of two names as wholes."""
    if not asked.whole or not stored.whole:
        return None
    if asked.whole[0] == stored.whole[0]:
        return Agreement(Kind.LETTERS, 100)
    forms = {canonical(letters) for letters in stored.whole}
    if any(canonical(letters) in forms for letters in asked.whole):
        return Agreement(Kind.FORM, 100)
    if not set(asked.others).isdisjoint(stored.whole):
        return Agreement(Kind.FORM, 100)
    pairs = [(one, other) for one in asked.whole for other in stored.whole]
    return _best([*(_letters(*pair, loosely) for pair in pairs), *(_respelled(*pair) for pair in pairs)])


def _letters(one: str, other: str, loosely: bool = False) -> Agreement | None:
    """The agreement of two spellings that differ."""
    similarity = JaroWinkler.similarity(one, other)
    closeness = round(similarity * 100)
    slips = DamerauLevenshtein.distance(one, other, score_cutoff=2)
    alike = _sound_alike(one, other, similarity)
    if alike and metaphones(one) & metaphones(other):
        return Agreement(Kind.SOUND, closeness)
    if slips == 1 and is_slip(one, other):
        return Agreement(Kind.SLIP, closeness)
    if nysiis(one) == nysiis(other) and similarity >= ALIKE:
        return Agreement(Kind.SOUND, closeness)
    if (alike and (skeletons(one) & skeletons(other) or sounds(one) == sounds(other))) or (
        families(one) & families(other)
    ):
        return Agreement(Kind.ROMANIZATION, closeness)
    if slips == 2 and max(len(one), len(other)) >= LONG and similarity >= ALIKE:
        return Agreement(Kind.SLIP, closeness - 20)
    if loosely and similarity >= SIMILAR:
        return Agreement(Kind.SIMILAR, closeness)
    return None


def _respelled(one: str, other: str) -> Agreement | None:
    """The agreement of a name's respellings with another name: the first letter and the sounds are equal."""
    for letters in respellings(one):
        if letters[0] != other[0] or sounds(letters) != sounds(other):
            continue
        if JaroWinkler.similarity(letters, other) >= RESPELLED:
            return Agreement(Kind.ROMANIZATION, round(JaroWinkler.similarity(one, other) * 100))
    return None


def is_slip(one: str, other: str) -> bool:
    """Whether one of two spellings is a slip for the other, if they are one apart.

    Most short names are one letter from many others, so a slip in them must be of neighbours: two letters exchanged,
    a key beside the right one, or a letter doubled.
    """
    shorter = min(len(one), len(other))
    if shorter > SHORT:
        return True
    at = next((index for index in range(shorter) if one[index] != other[index]), shorter)
    if len(one) == len(other):
        return sorted(one) == sorted(other) or other[at] in _KEYS_BESIDE[one[at]]
    longer = max(one, other, key=len)
    extra = longer[at]
    beside = longer[max(0, at - 1) : at] + longer[at + 1 : at + 2]
    return shorter == SHORT or any(extra == letter or extra in _KEYS_BESIDE[letter] for letter in beside)


def _sound_alike(one: str, other: str, similarity: float) -> bool:
    """Whether two names have nearly the same sounds: half a vowel may differ in short names, one sound in others."""
    first, second = sounds(one), sounds(other)
    distance: float = DamerauLevenshtein.distance(_vowels_alike(first), _vowels_alike(second), score_cutoff=2)
    if not distance:
        distance = sum(0.3 if "A" in pair else 0.6 for pair in zip(first, second, strict=True) if pair[0] != pair[1])
    shorter = min(len(first), len(second))
    if shorter <= SHORT:
        return distance <= 0.3
    return distance <= 1.0 and (distance < 1.0 or similarity >= ALIKE)


def _vowels_alike(text: str) -> str:
    return text.translate(_ANY_VOWEL)


_ANY_VOWEL = str.maketrans("EO", "AA")
_ROWS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")


def _keys_beside() -> dict[str, str]:
    """The letters beside each letter on a keyboard, in its row and in those above and below."""
    place = {
        letter: (row, column + row * 0.5) for row, letters in enumerate(_ROWS) for column, letter in enumerate(letters)
    }
    return {
        letter: "".join(
            other
            for other, (row, column) in place.items()
            if other != letter and abs(row - at[0]) <= 1 and abs(column - at[1]) <= 1
        )
        for letter, at in place.items()
    }


_KEYS_BESIDE = _keys_beside()
