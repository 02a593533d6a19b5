"""The form of a surname that rules compare: a record's subject with its caller."""

from __future__ import annotations

import unicodedata


def normalized(text: str) -> str:
    """The letters A to Z of a name, upper case: "O'Brien-Peña" gives "OBRIENPENA"."""
    plain = unicodedata.normalize("NFKD", text).upper()
    return "".join(letter for letter in plain if "A" <= letter <= "Z")
