"""Parts of a name as people write it: particles, prefixes, halves of a double surname, suffixes, initials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from names.abbreviations import Field, is_abbreviation, other_wordings
from names.folding import APOSTROPHES, spellings, upper

SUFFIXES = frozenset(("JR", "JNR", "JUNIOR", "SR", "SNR", "SENIOR", "II", "III", "IV", "2ND", "3RD", "4TH", "ESQ"))
# fmt: off
PARTICLES = frozenset((
    "A", "AF", "AL", "AP", "AUF", "AV", "BEN", "BIN", "BINT", "D", "DA", "DAL", "DAS", "DE", "DEL", "DELA", "DELLA",
    "DELLE", "DELLO", "DEN", "DER", "DES", "DI", "DO", "DOS", "DU", "E", "EL", "IBN", "LA", "LAS", "LE", "LI", "LO",
    "LOS", "MAC", "MC", "O", "SAN", "SANTA", "ST", "SAINT", "STE", "TE", "TEN", "TER", "VAN", "VANDEN", "VANDER",
    "VER", "VOM", "VON", "VONDER", "Y", "ZU", "ZUM", "ZUR",
))
# fmt: on
# Particles that make no name of their own: what follows them alone is compared as a part.
DROPPED = PARTICLES - {"MAC", "MC", "O", "SAN", "SANTA", "ST", "SAINT", "STE", "BEN"}
# Prefixes that are written in several ways; each is replaced by one of them.
PREFIXES = (
    (re.compile("^MAC(?=[^AEIOUHKY][A-Z]{2})"), "MC"),
    (re.compile("^SAINTE?(?=[A-Z]{3})"), "ST"),
)
_TWO_INITIALS = re.compile("[BCDFGHJKLMNPQRSTVWXZ]{2}|[AEIOU]J")
_BREAK = re.compile(f"[^\\w{APOSTROPHES}]+|_+")
_QUOTES = str.maketrans("", "", APOSTROPHES)
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class ParsedName:
    """The parts of a surname, or of given names, in letters A to Z.

    whole:  spellings of the whole, joined without spaces: DELACRUZ.
    parts:  spellings of each part that may stand for the whole: the halves of Garcia-Marquez, the Cruz of de la Cruz.
    suffix: JR, SR, II … that was written with it; empty if none.
    others: the whole in another order or wording: LOPEZGARCIA for García López, MARIATERESA for Ma. Teresa.
    is_initials: whether given names are initials only: J, J. P., JP.
    """

    whole: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...] = ()
    suffix: str = ""
    others: tuple[str, ...] = ()
    is_initials: bool = False

    @property
    def is_initial(self) -> bool:
        """Whether it is one letter."""
        return len(self.whole[0]) == 1 if self.whole else False

    @property
    def initials_of_parts(self) -> str:
        """The initials of several names: JP for John Paul; empty if it is one name."""
        return "".join(part[0][0] for part in self.parts)


@lru_cache(65_536)
def parse_surname(text: str) -> ParsedName:
    """The parts of a surname: particles, both halves if it is double, and a suffix written with it."""
    words, suffix = _words(text)
    whole = _joined(words)
    groups = _groups(words)
    parts = [_joined(_without_particles(group)) for group in groups]
    parts += [_joined(group) for group in groups] if len(groups) > 1 else []
    others = dict.fromkeys(part for part in parts if part and part != whole and len(part[0]) > 1)
    wordings = [*_wordings(words, "surnames")]
    if len(groups) == 2:
        wordings.append([*groups[1], *groups[0]])
    return ParsedName(whole, tuple(others), suffix, _others(wordings, whole))


@lru_cache(65_536)
def parse_given(text: str) -> ParsedName:
    """The parts of given names: the whole, and each of several. A middle name may be written on the same line."""
    words, suffix = _words(text)
    parts = dict.fromkeys(spellings(word) for word in words) if len(words) > 1 else {}
    whole = _joined(words)
    others = _others(_wordings(words, "given"), whole)
    return ParsedName(whole, tuple(part for part in parts if part), suffix, others, _are_initials(words, whole))


def split_line(text: str) -> tuple[str, str]:
    """A name on one line, "SURNAME, GIVEN MIDDLE", as (surname, given). Without a comma, all of it is the surname."""
    surname, _, given = text.partition(",")
    if not given.strip() or upper(given).strip(" .") in SUFFIXES:
        return text, ""
    return (surname, given) if surname.strip() else (given, "")


def canonical(letters: str) -> str:
    """A surname with one form of its prefix: MACDONALD and MCDONALD give MCDONALD."""
    for prefix, form in PREFIXES:
        changed = prefix.sub(form, letters)
        if changed != letters:
            return changed
    return letters


def _words(text: str) -> tuple[list[str], str]:
    """The words of a name without its suffix, and the suffix."""
    words = [word for word in _BREAK.split(upper(text).translate(_QUOTES)) if word][:MOST_WORDS]
    suffix = ""
    while len(words) > 1 and words[-1] in SUFFIXES:
        suffix = words.pop()
    return words, suffix


def _wordings(words: list[str], field: Field) -> Iterator[list[str]]:
    """The words in letters A to Z, with and without the particles between two names, and each with abbreviations."""
    plain = [each[0] for each in map(spellings, words) if each]
    first = next((at for at, word in enumerate(plain) if word not in PARTICLES), len(plain))
    joined = [word for at, word in enumerate(plain) if at <= first or word not in DROPPED]
    for each in (plain, joined) if len(joined) > 1 else (plain,):
        yield each
        yield from other_wordings(each, field)


def _others(wordings: Iterable[list[str]], whole: tuple[str, ...]) -> tuple[str, ...]:
    """The spellings of wordings that are not those of the whole."""
    found = dict.fromkeys(form for words in wordings for form in _joined(words))
    return tuple(form for form in found if form not in whole)


def _are_initials(words: list[str], whole: tuple[str, ...]) -> bool:
    """Whether given names are initials: single letters, or two together that make no syllable."""
    if whole and (len(whole[0]) == 1 or all(len(word) == 1 for word in words)):
        return True
    if len(words) != 1 or is_abbreviation(words[0], "given"):
        return False
    return bool(_TWO_INITIALS.fullmatch(words[0]))


def _groups(words: list[str]) -> list[list[str]]:
    """The surnames in a surname, each with the particles before it: [[GARCIA], [DE, LA, CRUZ]]."""
    groups: list[list[str]] = [[]]
    for word in words:
        groups[-1].append(word)
        if word not in PARTICLES:
            groups.append([])
    return [group for group in groups if group]


def _without_particles(words: list[str]) -> list[str]:
    rest = [word for word in words if word not in DROPPED]
    return rest if rest and rest != words else words


def _joined(words: list[str]) -> tuple[str, ...]:
    """The spellings of words that are written together."""
    each = [form for form in map(spellings, words) if form]
    forms = ["".join(word[index if index < len(word) else 0] for word in each) for index in range(2)]
    if len(words) > 1 and words[0] == "EL":
        forms.append(f"AL{forms[0][2:]}")
    return tuple(form for form in dict.fromkeys(forms) if form)
