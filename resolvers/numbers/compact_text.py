"""Compact text: letters A to Z and digits, without the separators that people type between them."""

from __future__ import annotations

import unicodedata

LONGEST_NUMBER = 64
"""Characters that are looked at: a hundred copies of a longer text would take more memory than all records."""

SEPARATORS = frozenset("·•‧∙⋅・._\u00ad\u200b\u2060\ufeff\u2212")
"""Beside white space and dashes. A character that could stand for others, such as `*`, is not among them."""


def compact(text: str, ignored: frozenset[str] = frozenset()) -> str | None:
    """The letters and digits of a number, in capitals: "1ntk-009" gives "1NTK009", and full-width letters are read.

    Returns None if the text has any other character that is not `ignored`, such as a letter of another script.
    """
    if len(text) > LONGEST_NUMBER:
        return None
    if text.isascii() and text.isalnum():  # as records have it
        return text.upper()
    parts = [each for each in unicodedata.normalize("NFKC", text) if not (_is_separator(each) or each in ignored)]
    plain = "".join(parts)
    return plain.upper() if plain.isascii() and (plain.isalnum() or not plain) else None


def _is_separator(character: str) -> bool:
    return character.isspace() or character in SEPARATORS or unicodedata.category(character) == "Pd"
