"""Folding of names to the letters A to Z.

A stored name of any script is folded, so that it can be found. A name that is asked for must be Latin: the Cyrillic
letter that looks like a C is an S, and another name would be searched.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from anyascii import anyascii

# Letters that are written in two ways without their mark: the plain one, and the one of their own language.
DIGRAPHS = str.maketrans({
    "Ä": "AE", "Ö": "OE", "Ü": "UE", "Å": "AA", "Ø": "OE", "Æ": "AE", "Œ": "OE", "Đ": "DJ", "Ð": "DH", "Þ": "TH",
    "ẞ": "SS", "Č": "CH", "Š": "SH", "Ž": "ZH", "Ş": "SH", "Ç": "CH",
})  # fmt: skip

APOSTROPHES = "'`\u2018\u2019\u02bb\u02bc\u02be\u02bf\u00b4\u2032"


class NotLatin(ValueError):
    """A name has a letter of another script than Latin. The message repeats no letter of it."""


def upper(text: str) -> str:
    """A name in capitals, composed, with single spaces: the form that tells distinct names apart."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).replace("ß", "ẞ").upper()).split())


def require_latin(text: str) -> None:
    """Refuse a name with letters of another script. Raises: NotLatin."""
    for letter in unicodedata.normalize("NFKC", text):
        if letter in APOSTROPHES or not letter.isalpha():
            continue
        if not (is_latin(letter) or unicodedata.name(letter, "").startswith("MODIFIER LETTER ")):
            raise NotLatin


def is_latin(letter: str) -> bool:
    """Whether a character is a letter of the Latin script, with or without marks."""
    return unicodedata.name(letter, "").startswith("LATIN ")


def plain_letters(text: str) -> str:
    """The Latin letters of a name as A to Z, in capitals: "O'Brien-Peña" gives "OBRIENPENA", and "Đặng" gives "DANG".

    It is the form in which rules compare a record's subject with its caller. A name of another script has no letters:
    one transliteration of several would be compared, and might be another name.
    """
    if not text.isascii():
        text = "".join(anyascii(each) for each in unicodedata.normalize("NFKD", text) if is_latin(each))
    return _letters(text)


@lru_cache(65_536)
def spellings(word: str) -> tuple[str, ...]:
    """The spellings of a word with the letters A to Z, one or two: "MÜLLER" gives MULLER and MUELLER.

    Shape: `word` is as `upper` makes it; the first spelling has the plain letter for each marked one.
    """
    if word.isascii():
        letters = _letters(word)
        return (letters,) if letters else ()
    found = dict.fromkeys(_letters(anyascii(form)) for form in (word, word.translate(DIGRAPHS)))
    return tuple(form for form in found if form)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.upper() if "A" <= letter <= "Z")
