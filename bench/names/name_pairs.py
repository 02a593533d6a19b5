"""Pairs of names: one as it is stored, one as it is asked for."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nicknames import name_triplets

from seed.data import mimesis
from seed.rng import Rng
from seed.row import Columns

COLUMNS = ("category", "stored_given", "stored_surname", "suffix", "asked_given", "asked_surname")
OWN_PAIRS = Path(__file__).with_name("pairs.tsv")
HELD_OUT = Path(__file__).with_name("held_out.tsv")
"""Pairs that were written without sight of the rules. No rule was changed for them."""


@dataclass(frozen=True, slots=True)
class NamePair:
    """A name as it is stored, and as it is asked for. `born` is stored, and `asked_born` asked for, if any."""

    category: str
    given: str
    surname: str
    asked_given: str
    asked_surname: str
    suffix: str = ""
    born: str = "1980-01-01"
    asked_born: str | None = None


def from_file(file: Path) -> list[NamePair]:
    """The pairs of a file, both ways. Its columns are COLUMNS, with tabs between them and a line of headings.

    An empty given name is the stored one. Raises: ValueError for a file of another form.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{file} must have the columns {', '.join(COLUMNS)}, with tabs between them.")
        return [pair for row in rows for pair in _both_ways(row)]


def nicknames() -> list[NamePair]:
    """Every given name and short form of the package `nicknames`, each twenty with one surname."""
    pairs = sorted({(each.name1, each.name2) for each in name_triplets()})
    surnames = mimesis("en/person")["surnames"]
    return [
        NamePair("short forms", full.title(), surname, short.title(), surname)
        for index, (full, short) in enumerate(pairs)
        for surname in [surnames[index // 20]]
    ]


def _both_ways(row: dict[str, str]) -> Iterator[NamePair]:
    category, given, surname, suffix, asked_given, asked_surname = (row[column] or "" for column in COLUMNS)
    asked = asked_given or given, asked_surname or surname
    yield NamePair(category, given, surname, *asked, suffix)
    yield NamePair(category, *asked, given, surname)


class TypingErrors:
    """Errors as people type: a key beside the right one, a letter lost, doubled or exchanged with its neighbour."""

    def __init__(self, rng: Rng) -> None:
        self._rng = rng

    def duplicate(self, person: Columns, errors: int) -> NamePair:
        """A person asked for with errors in surname, given name or birth date, each in a field drawn for itself."""
        fields = {"surname": person["surname"], "given": person["given"], "born": person["birth_date"]}
        kinds = []
        for _ in range(errors):
            name = self._rng.one_of(("surname", "given", "born"))
            kinds.append(name)
            fields[name] = self._date(fields[name]) if name == "born" else self._word(fields[name])
        return NamePair(
            " + ".join(sorted(kinds)), person["given"], person["surname"], fields["given"], fields["surname"],
            born=person["birth_date"], asked_born=fields["born"],
        )  # fmt: skip

    def _word(self, word: str) -> str:
        at = self._rng.integer(0, len(word) - 1)
        letter, rest = word[at], word[at + 1 :]
        kind = self._rng.integer(0, 3) if len(word) > 2 else 0
        if kind == 0:
            beside = NEIGHBOURS.get(letter.lower(), "e")
            other = self._rng.one_of(beside)
            return word[:at] + (other.upper() if letter.isupper() else other) + rest
        if kind == 1:
            return word[:at] + rest
        if kind == 2:
            return word[:at] + letter + letter.lower() + rest
        at = min(at, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    def _date(self, day: str) -> str:
        """A date with another digit, or with two exchanged, that is a date too."""
        for _ in range(100):
            at = self._rng.one_of((2, 3, 5, 6, 8, 9))
            drawn = day[:at] + str(self._rng.integer(0, 9)) + day[at + 1 :]
            if self._rng.happens(0.4) and at in {3, 6, 9}:
                drawn = day[: at - 1] + day[at] + day[at - 1] + day[at + 1 :]
            if drawn != day and "01" <= drawn[5:7] <= "12" and "01" <= drawn[8:] <= "28":
                return drawn
        return day


_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS = {row[at]: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in _ROWS for at in range(len(row))}
