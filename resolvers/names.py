"""The form of a surname that rules compare: a record's subject with its caller."""

from __future__ import annotations

import unicodedata

from anyascii import anyascii


def normalized(text: str) -> str:
    """The Latin letters of a name as A to Z, upper case: "O'Brien-Peña" gives "OBRIENPENA", and "Đặng" gives "DANG".

    A name of another script has none: one transliteration of several would be compared, and might be another name.
    """
    plain = unicodedata.normalize("NFKD", text)
    if not plain.isascii():
        plain = "".join(anyascii(each) for each in plain if unicodedata.name(each, "").startswith("LATIN "))
    return "".join(letter for letter in plain.upper() if "A" <= letter <= "Z")
