"""Short and other forms of given names: English ones from the package `nicknames`, others from data/nicknames.toml."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache, lru_cache
from importlib.resources import files

from nicknames import name_triplets
from rapidfuzz.distance import JaroWinkler

from names.folding import spellings, upper
from names.romanization import sounds

MIN_LETTERS = 5
"""Letters from which a full name has the short forms of others with the same sounds."""
ALIKE = 0.9
"""Likeness (Jaro-Winkler) of such full names."""


@lru_cache(65_536)
def forms_of(letters: str) -> frozenset[str]:
    """Given names that may stand for this one, without itself: BILL gives WILLIAM, and its other short forms."""
    full, short = _tables()
    direct = full.get(letters, frozenset()) | short.get(letters, frozenset())
    siblings = {form for name in full.get(letters, ()) for form in short[name]}
    return frozenset(direct | siblings) - {letters}


@lru_cache(65_536)
def forms_by_sounds(letters: str) -> frozenset[str]:
    """Short forms of a full name that is in no table, by another spelling: DMITRI gives DIMA, as DMITRY does."""
    full, short = _tables()
    if letters in full or letters in short or len(letters) < MIN_LETTERS:
        return frozenset()
    alike = (name for name in _by_sounds().get(sounds(letters), ()) if JaroWinkler.similarity(name, letters) >= ALIKE)
    return frozenset(form for name in alike for form in short[name]) - {letters}


@lru_cache(65_536)
def full_names(letters: str) -> frozenset[str]:
    """The full names that have this short form."""
    return _tables()[0].get(letters, frozenset())


@lru_cache(65_536)
def is_short_form(one: str, other: str) -> bool:
    """Whether one of two given names is a short form of the other, and not only of the same name."""
    full, _ = _tables()
    return other in full.get(one, ()) or one in full.get(other, ())


@cache
def _by_sounds() -> dict[str, tuple[str, ...]]:
    """The full names of the tables, by their sounds."""
    _, short = _tables()
    found = defaultdict(list)
    for name in short:
        if len(name) >= MIN_LETTERS:
            found[sounds(name)].append(name)
    return {code: tuple(names) for code, names in found.items()}


@cache
def _tables() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """(full names by short form, short forms by full name)."""
    full: dict[str, set[str]] = defaultdict(set)
    short: dict[str, set[str]] = defaultdict(set)
    pairs = [(each.name1, each.name2) for each in name_triplets()]
    groups = tomllib.loads(files("names").joinpath("data/nicknames.toml").read_text("utf-8"))
    for group in groups.values():
        pairs += ((name, form) for name, others in group.items() for form in others.split())
    for name, form in pairs:
        one, other = (spellings(upper(each))[0] for each in (name, form))
        full[other].add(one)
        short[one].add(other)
    return ({name: frozenset(others) for name, others in full.items()}), (
        {name: frozenset(others) for name, others in short.items()}
    )
