"""Parts of a name as people write it: particles, prefixes, halves of a double surname, suffixes, initials."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

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
_BREAK = re.compile(f"[^\\w{APOSTROPHES}]+|_+")
_QUOTES = str.maketrans("", "", APOSTROPHES)
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class ParsedName:
    """The parts of a surname, or of given names, in letters A to Z.

    whole:  spellings of the whole, joined without spaces: DELACRUZ.
    parts:  spellings of each part that may stand for the whole: the halves of Garcia-Marquez, the Cruz of de la Cruz.
    suffix: JR, SR, II … that was written with it; empty if none.
    """

    whole: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...] = ()
    suffix: str = ""

    @property
    def is_initial(self) -> bool:
        """Whether it is one letter."""
        return len(self.whole[0]) == 1 if self.whole else False


@lru_cache(65_536)
def parse_surname(text: str) -> ParsedName:
    """The parts of a surname: particles, both halves if it is double, and a suffix written with it."""
    words, suffix = _words(text)
    whole = _joined(words)
    groups = _groups(words)
    parts = [_joined(_without_particles(group)) for group in groups]
    parts += [_joined(group) for group in groups] if len(groups) > 1 else []
    others = dict.fromkeys(part for part in parts if part and part != whole and len(part[0]) > 1)
    return ParsedName(whole, tuple(others), suffix)


@lru_cache(65_536)
def parse_given(text: str) -> ParsedName:
    """The parts of given names: the whole, and each of several. A middle name may be written on the same line."""
    words, suffix = _words(text)
    parts = dict.fromkeys(spellings(word) for word in words) if len(words) > 1 else {}
    return ParsedName(_joined(words), tuple(part for part in parts if part), suffix)


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
