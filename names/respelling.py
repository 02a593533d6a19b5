"""Respellings: how another language writes the same sounds.

| rule | for example |
|---|---|
| an H at the beginning is silent, as in French, Spanish and Russian | Harutyunyan, Arutyunian |
| X before A, I or U is an H, as in Somali | Xasan, Hassan |
| EAUX, EAU, AUX and AULT are an O, as in French | Thibodeaux, Tibodo |
"""

from __future__ import annotations

import re
from functools import lru_cache

MIN_LETTERS = 5
"""Shortest name that is respelled: shorter ones that differ by so much are other names. For a silent H it is longer."""

_RULES = tuple(
    (re.compile(pattern), other)
    for pattern, other in (
        ("^H(?=[AEIOUY].{5})", ""), ("^(?=[AEIOUY].{5})", "H"),
        ("^X(?=[AIU])", "H"), ("^H(?=[AIU])", "X"),
        ("EAUX?(?![AEIOUY])|AU(X|LT)$", "O"), ("(?<=[^AEIOUY])O$", "EAUX"), ("(?<=[^AEIOUY])O$", "AULT"),
    )
)  # fmt: skip


@lru_cache(65_536)
def respellings(letters: str) -> frozenset[str]:
    """The spellings of a name by each rule that changes it, without itself."""
    if len(letters) < MIN_LETTERS:
        return frozenset()
    return frozenset(pattern.sub(other, letters) for pattern, other in _RULES) - {letters}
