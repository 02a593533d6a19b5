"""Romanizations: the same name in the Latin letters of another system, such as Wade-Giles beside Pinyin.

`sounds` reduces letters to coarse classes of sound, and `families` gives the Chinese and Korean syllables that a name
may spell. Wade-Giles is made from Pinyin by rule; the spellings of other dialects are in data/romanizations.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product

_INITIAL = {
    "B": "P", "D": "T", "G": "K", "J": "CH", "Q": "CH", "X": "HS", "ZH": "CH", "Z": "TS", "C": "TS", "R": "J",
}  # fmt: skip
_SYLLABLES = {
    "B": "A AI AN ANG AO EI EN ENG I IAN IAO IE IN ING O U",
    "P": "A AI AN ANG AO EI EN ENG I IAN IAO IE IN ING O OU U",
    "M": "A AI AN ANG AO EI EN ENG I IAN IAO IE IN ING IU O OU U",
    "F": "A AN ANG EI EN ENG O OU U",
    "D": "A AI AN ANG AO E EI ENG I IAN IAO IE ING IU ONG OU U UAN UI UN UO",
    "T": "A AI AN ANG AO E ENG I IAN IAO IE ING ONG OU U UAN UI UN UO",
    "N": "A AI AN ANG AO EI EN ENG I IAN IANG IAO IE IN ING IU ONG OU U UAN UO",
    "L": "A AI AN ANG AO E EI ENG I IA IAN IANG IAO IE IN ING IU ONG OU U UAN UN UO",
    "G": "A AI AN ANG AO E EI EN ENG ONG OU U UA UAI UAN UANG UI UN UO",
    "K": "A AI AN ANG AO E EN ENG ONG OU U UA UAI UAN UANG UI UN UO",
    "H": "A AI AN ANG AO E EI EN ENG ONG OU U UA UAI UAN UANG UI UN UO",
    "J": "I IA IAN IANG IAO IE IN ING IONG IU U UAN UE UN",
    "Q": "I IA IAN IANG IAO IE IN ING IONG IU U UAN UE UN",
    "X": "I IA IAN IANG IAO IE IN ING IONG IU U UAN UE UN",
    "ZH": "A AI AN ANG AO E EN ENG I ONG OU U UA UAI UAN UANG UI UN UO",
    "CH": "A AI AN ANG AO E EN ENG I ONG OU U UAI UAN UANG UI UN UO",
    "SH": "A AI AN ANG AO E EI EN ENG I OU U UA UAI UAN UANG UI UN UO",
    "R": "AN ANG AO E EN ENG I ONG OU U UAN UI UN UO",
    "Z": "A AI AN ANG AO E EN ENG I ONG OU U UAN UI UN UO",
    "C": "A AI AN ANG AO E EN ENG I ONG OU U UAN UI UN UO",
    "S": "A AI AN ANG AO E EN ENG I ONG OU U UAN UI UN UO",
    "Y": "AN ANG AO E I IN ING ONG OU U UAN UE UN",
    "W": "AN ANG EI EN ENG O U",
    "": "AI AN AO OU",
}
_FINAL = {"IAN": "IEN", "IE": "IEH", "UE": "UEH", "ONG": "UNG", "IONG": "IUNG"}
_WHOLE = {
    "ZHI": "CHIH", "CHI": "CHIH", "SHI": "SHIH", "RI": "JIH", "ZI": "TZU", "CI": "TZU", "SI": "SSU", "YAN": "YEN",
    "YE": "YEH", "YOU": "YU", "YI": "I", "GE": "KO", "KE": "KO", "HE": "HO", "GUI": "KUEI", "KUI": "KUEI",
}  # fmt: skip

# Letters to classes of sound, in order. Capitals are letters still to be replaced, small letters are classes.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("^(WR|RH)", "r"), ("^(KN|GN|PN|MN)", "n"), ("^PS", "s"), ("^X", "s"), ("^H(?=[AEIOUY])", "h"),
        ("TSCH|TCH|CZ|CH(?![RLN])|TSH|TX", "x"), ("IGH", "I"), ("(?<=[AOU])UGH", ""),
        ("SCH|SH|SZ|ZH|TZ|TS|ZZ|SC(?=[EIY])", "s"),
        ("PH", "f"), ("DG(?=[EIY])|DJ|DZH|JH", "j"), ("(KH|GH|CK|CQ|CH)", "k"), ("(DH|TH|DT)", "t"),
        ("QU(?=[EI])", "k"), ("C(?=[EIY])", "s"), ("X", "ks"), ("[QKGC]", "k"), ("[DT]", "t"), ("[SZ]", "s"),
        ("J", "j"), ("(?<=[AEIOUY])[WH](?![AEIOUY])", ""), ("(?<=[AEO])[WY](?=[AEIOUY])", ""),
        ("[VWF]", "f"), ("H", ""), ("(?<=.{3})E$", ""),
        ("[BLMNPR]", lambda letter: letter.group().lower()),
    )
)  # fmt: skip
_VOWELS = re.compile("[AEIOUY]+")
_REPEATED = re.compile(r"(.)\1+")
MIN_SKELETON = 3


@lru_cache(65_536)
def sounds(letters: str) -> str:
    """Classes of sound: consonants, and the vowels between them as E (front), O (back) or A. "QADDAFI": kAtAfE."""
    text = letters
    for pattern, sound in _SOUNDS:
        text = pattern.sub(sound, text)
    return _REPEATED.sub(r"\1", _VOWELS.sub(_vowel, text))


def _vowel(group: re.Match[str]) -> str:
    vowels = group.group()
    if any(vowel in "EIY" for vowel in vowels):
        return "E"
    return "O" if any(vowel in "OU" for vowel in vowels) else "A"


@lru_cache(65_536)
def skeletons(letters: str) -> frozenset[str]:
    """The consonants of `sounds`, with J as a vowel and W as V too, as in Slavic names; none if there are too few."""
    text = sounds(letters)
    codes = {_skeleton(text), _skeleton(text.replace("j", "E")), _skeleton(sounds(letters.replace("W", "V")))}
    return frozenset(code for code in codes if len(code) >= MIN_SKELETON)


def _skeleton(text: str) -> str:
    start = "A" if text[:1] in "AEO" else ""
    return start + re.sub("[AEO]", "", text)


@lru_cache(65_536)
def families(letters: str) -> frozenset[str]:
    """The families that a name may belong to, by one or two syllables: CHOU gives ZHOU and CHOU, in Pinyin."""
    if len(letters) > 12:
        return frozenset()
    syllables = _syllables()
    found = set(_families().get(letters, ())) | set(syllables.get(letters, ()))
    for at in range(1, len(letters)):
        first, second = syllables.get(letters[:at]), syllables.get(letters[at:])
        if first and second:
            found.update(f"{one}-{two}" for one, two in product(first, second))
    return frozenset(found)


@cache
def _syllables() -> dict[str, frozenset[str]]:
    """The Pinyin syllables that each spelling may mean, in Pinyin or Wade-Giles."""
    found: dict[str, set[str]] = defaultdict(set)
    for initial, finals in _SYLLABLES.items():
        for final in finals.split():
            found[initial + final].add(initial + final)
            found[_wade_giles(initial, final)].add(initial + final)
    return {spelling: frozenset(meant) for spelling, meant in found.items()}


@cache
def _families() -> dict[str, frozenset[str]]:
    """The families of other spellings, Chinese ones by Pinyin and Korean ones by a number sign before them."""
    found: dict[str, set[str]] = defaultdict(set)
    data = tomllib.loads(files("names").joinpath("data/romanizations.toml").read_text("utf-8"))
    for sign, groups in (("", data["chinese"]), ("#", data["korean"])):
        for name, others in groups.items():
            for spelling in (name, *others.split()):
                found[spelling].add(sign + name)
    return {spelling: frozenset(meant) for spelling, meant in found.items()}


def _wade_giles(initial: str, final: str) -> str:
    whole = _WHOLE.get(initial + final)
    if whole:
        return whole
    if final == "UO" and initial not in {"G", "K", "H", "SH"}:
        final = "O"
    return _INITIAL.get(initial, initial) + _FINAL.get(final, final)
