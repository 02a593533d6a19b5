"""Abbreviations of names, as forms and lists write them: Hdez for Hernández, Ma. for María, Wm. for William."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

Field = Literal["surnames", "given"]
ALSO_NAMES = frozenset(("MA",))
"""Abbreviations that are names of their own too. They count only beside other words: Ma. Teresa."""


def other_wordings(words: Sequence[str], field: Field) -> Iterator[list[str]]:
    """The words of a name with every abbreviation in full, then once for each word that can be abbreviated.

    Shape: `words` are in capitals without marks; the words as they are given are not among the results.
    """
    full, short = _tables()[field]
    kept = ALSO_NAMES if len(words) == 1 else frozenset[str]()
    in_full = [word if word in kept else full.get(word, word) for word in words]
    if in_full != list(words):
        yield in_full
    for at, word in enumerate(words):
        for form in short.get(word, ()):
            if form not in kept:
                yield [*words[:at], form, *words[at + 1 :]]


def is_abbreviation(word: str, field: Field) -> bool:
    """Whether a word is an abbreviation on the list."""
    return word in _tables()[field][0]


@cache
def _tables() -> dict[Field, tuple[dict[str, str], dict[str, tuple[str, ...]]]]:
    """By field: (full names by abbreviation, abbreviations by full name)."""
    data = tomllib.loads(files("names").joinpath("data/abbreviations.toml").read_text("utf-8"))
    tables: dict[Field, tuple[dict[str, str], dict[str, tuple[str, ...]]]] = {}
    fields: tuple[Field, ...] = ("surnames", "given")
    for field in fields:
        short = {name: tuple(forms.split()) for name, forms in data[field].items()}
        full = {form: name for name, forms in short.items() for form in forms}
        tables[field] = full, short
    return tables
