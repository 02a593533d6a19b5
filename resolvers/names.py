"""Forms in which names are compared: normalized letters and a phonetic code.

The seed writes both beside each name, and a search makes them again from its terms, so the two sides always agree.
"""

from __future__ import annotations

import unicodedata

import jellyfish


def normalized(text: str) -> str:
    """The letters A to Z of a name, upper case: "O'Brien-Peña" gives "OBRIENPENA"."""
    plain = unicodedata.normalize("NFKD", text).upper()
    return "".join(letter for letter in plain if "A" <= letter <= "Z")


def phonetic_code(text: str) -> str:
    """The NYSIIS code of a name, made for police name files; empty for a name without letters."""
    return jellyfish.nysiis(normalized(text))
