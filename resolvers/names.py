"""How a name is compared: by its letters and by its sound. Knows nothing of databases or of who asks.

Both forms are written beside each name when a source is filled and made again from what is asked,
so the two sides of a search can never disagree about what a name sounds like.
"""

from __future__ import annotations

import unicodedata

import jellyfish


def normalized(text: str) -> str:
    """The letters A to Z of a name, upper case: "O'Brien-Peña" gives "OBRIENPENA"."""
    plain = unicodedata.normalize("NFKD", text).upper()
    return "".join(letter for letter in plain if "A" <= letter <= "Z")


def phonetic_code(text: str) -> str:
    """How a name sounds, by NYSIIS, the code made for police name files; empty for a name without letters."""
    return jellyfish.nysiis(normalized(text))
