"""Blocking keys: two names are compared only if they share one. Each begins with a sign of its kind.

| sign | key | shared by |
|---|---|---|
| L | letters, with one form of a prefix | McDonald, MacDonald |
| M | Double Metaphone, from three sounds | Smith, Smyth |
| N | NYSIIS | Petersen, Peterson |
| S | sounds of a short name | Lee, Leigh |
| R | skeleton of consonants | Qaddafi, Gadhafi |
| F | Chinese or Korean family | Cai, Tsai |
| D | letters with one lost, or two beside each other | Gutierrez, Guiterrez |
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import jellyfish
from doublemetaphone import doublemetaphone

from names.nicknames import MIN_LETTERS, forms_by_sounds, forms_of, full_names
from names.parts import ParsedName, canonical
from names.respelling import respellings
from names.romanization import families, skeletons, sounds

MIN_METAPHONE = 3
SHORTEST_SLIP = 3
"""Letters that must be left of a name after a slip: below, nearly all short names are one slip apart."""
SHORTEST_DOUBLE_SLIP = 5
LONGEST_SLIP = 24
"""Letters up to which a name has keys of slips."""


@lru_cache(65_536)
def metaphones(letters: str) -> frozenset[str]:
    """Double Metaphone codes of a name, one or two."""
    return frozenset(code for code in doublemetaphone(letters) if code)


@lru_cache(65_536)
def nysiis(letters: str) -> str:
    """NYSIIS code of a name, made for police name files."""
    return jellyfish.nysiis(letters)


def keys_of(name: ParsedName) -> frozenset[str]:
    """The keys under which a stored name is found."""
    return frozenset(key for letters in name.whole for key in _keys(letters))


def keys_for_surname(name: ParsedName) -> frozenset[str]:
    """The keys by which a surname is searched: those of the whole, and of each part that may stand for it."""
    return frozenset(key for letters in _spellings(name) for key in _keys(letters)) | _asked_keys(name)


def keys_for_given(name: ParsedName) -> frozenset[str]:
    """The keys by which given names are searched: those of each, of their other forms, and of their initials."""
    if name.is_initial:
        return frozenset()
    letters = [*_spellings(name)]
    forms = {f"L{form}" for each in letters for form in forms_of(each) | forms_by_sounds(each)}
    forms |= {f"S{sounds(form)}" for each in letters for form in full_names(each) if len(form) >= MIN_LETTERS}
    initials = {f"L{each}" for each in (name.initials_of_parts, *(each[0] for each in letters)) if each}
    return frozenset(key for each in letters for key in _keys(each)) | forms | initials | _asked_keys(name)


def _asked_keys(name: ParsedName) -> frozenset[str]:
    """The keys of other wordings and spellings of the whole: of the name that is asked for only, as few need them."""
    keys = {f"L{letters}" for letters in name.others}
    for letters in {other for each in name.whole for other in respellings(each)}:
        keys |= {f"L{letters}", f"S{sounds(letters)}"}
    return frozenset(keys)


def _spellings(name: ParsedName) -> Iterable[str]:
    yield from name.whole
    for part in name.parts:
        yield from part


@lru_cache(65_536)
def _keys(letters: str) -> frozenset[str]:
    keys = {f"L{letters}", f"L{canonical(letters)}", f"N{nysiis(letters)}", f"S{sounds(letters)}"}
    keys |= {f"M{code}" for code in metaphones(letters) if len(code) >= MIN_METAPHONE}
    keys |= {f"R{code}" for code in skeletons(letters)}
    keys |= {f"F{family}" for family in families(letters)}
    return frozenset(keys | _slips(letters))


def _slips(letters: str) -> set[str]:
    """The letters, and with one lost, or two neighbours. Two names one slip apart share one of these (SymSpell)."""
    if not SHORTEST_SLIP <= len(letters) <= LONGEST_SLIP:
        return set()
    keys = {f"D{letters}"}
    if len(letters) > SHORTEST_SLIP:
        keys |= {f"D{letters[:at]}{letters[at + 1 :]}" for at in range(len(letters))}
    if len(letters) >= SHORTEST_DOUBLE_SLIP + 2:
        keys |= {f"D{letters[:at]}{letters[at + 2 :]}" for at in range(len(letters) - 1)}
    return keys
