"""Safety banner: what an officer must know of a person or a vehicle before approaching, the gravest first.

Pure: from the fields of a person or a vehicle, as a response shows them, to the lines. Nothing here reads or decides. A
sealed or juvenile arrest, a conviction and a remark never enter a line, and the words of a code are always the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from resolvers.catalogue import SPECS
from resolvers.codes.person import Caution
from resolvers.codes.safety import SafetyAct, SafetyKind, SafetySubject

Values = Mapping[str, Any]
"""Fields of one object by name; null if a field is denied, did not arrive, or is not on record."""
NO_RECORD: Final[Values] = {}

MAX_LINES: Final = 6
UNCUT_RANK: Final = 3
"""Lines up to this rank are never cut."""

C, K = Caution, SafetyKind
# The order of the lines.
RANKS: Final[Mapping[SafetyKind, int]] = {
    K.NO_ANSWER: 0,
    K.ARMED_AND_DANGEROUS: 1,
    K.ARMED_AND_PROHIBITED: 2,
    K.VIOLENT: 3,
    K.DANGER: 4,
    K.WANTED: 5,
    K.ORDER: 6,
    K.STOLEN: 7,
    K.MISSING: 8,
    K.SUPERVISED: 9,
    K.SUICIDAL: 10,
    K.MEDICAL: 11,
}
# Within a kind, the cautions in the order of this table.
CAUTIONS: Final[Mapping[Caution, SafetyKind]] = {
    C.ARMED_AND_DANGEROUS: K.ARMED_AND_DANGEROUS,
    C.VIOLENT_TENDENCIES: K.VIOLENT,
    **dict.fromkeys(
        (
            C.EXPLOSIVE_EXPERTISE,
            C.MARTIAL_ARTS_EXPERT,
            C.ESCAPE_RISK,
            C.INTERNATIONAL_FLIGHT_RISK,
            C.SEXUALLY_VIOLENT_PREDATOR,
        ),
        K.DANGER,
    ),
    C.SUICIDAL: K.SUICIDAL,
    **dict.fromkeys(
        (
            C.HEART_CONDITION,
            C.ALCOHOLIC,
            C.ALLERGIES,
            C.EPILEPSY,
            C.MEDICATION_REQUIRED,
            C.HEMOPHILIAC,
            C.DIABETIC,
            C.KNOWN_TO_ABUSE_DRUGS,
            C.OTHER,
        ),
        K.MEDICAL,
    ),
}
WORDS_OF_SOURCES: Final = {spec.name: spec.words for spec in SPECS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. Its members are the fields of the GraphQL type; `order` sorts lines of one rank, before their dates."""

    kind: SafetyKind
    words: str
    source: str
    about: SafetySubject
    act: SafetyAct = SafetyAct.KNOW
    code: str | None = None
    number: str | None = None
    since: str | None = None
    agency_ori: str | None = None
    order: int = 0

    @property
    def rank(self) -> int:
        return RANKS[self.kind]

    def row(self) -> dict[str, Any]:
        """The line as a row, with stored codes."""
        return asdict(self) | {
            "rank": self.rank,
            "kind": self.kind.value,
            "about": self.about.value,
            "act": self.act.value,
        }


@dataclass(frozen=True, slots=True)
class SafetyPart:
    """The part of a banner that one source gives.

    of:        the GraphQL type that the banner is about, or several with the same fields.
    selection: the fields of that type which its lines are made from: "warrants { number status }".
    lines:     the lines, from these fields and whom they are about. A caution of two records is one line.
    """

    of: type[Any] | tuple[type[Any], ...]
    selection: str
    lines: Callable[[Values, SafetySubject], Iterable[Line]]


def banner(
    lines: Iterable[Line],
    about: SafetySubject = SafetySubject.SELF,
    *,
    unanswered: Sequence[str] = (),
    faulty: Sequence[str] = (),
    withheld: Sequence[str] = (),
) -> dict[str, Any]:
    """The banner: its lines in order, cut to MAX_LINES, and whether they are all that there may be.

    unanswered: sources that did not answer; faulty: those with a record that cannot be read; withheld: the record
                classes that the caller may not know.
    """
    silent = [
        *(_no_answer(source, "{} DID NOT ANSWER", about) for source in unanswered),
        *(_no_answer(source, "A RECORD OF {} CANNOT BE READ", about) for source in faulty),
    ]
    ordered = sorted(lines, key=lambda line: line.since or "", reverse=True)
    ordered = silent + sorted(ordered, key=lambda line: (line.rank, line.order))
    uncut = sum(line.rank <= UNCUT_RANK for line in ordered)
    shown = ordered[: max(MAX_LINES, uncut)]
    return {
        "complete": not silent and not withheld,
        "unanswered": list(unanswered),
        "withheld": list(withheld),
        "lines": [line.row() for line in shown],
        "more": len(ordered) - len(shown),
    }


def _no_answer(source: str, words: str, about: SafetySubject) -> Line:
    return Line(kind=SafetyKind.NO_ANSWER, words=words.format(WORDS_OF_SOURCES[source]), source=source, about=about)


def caution_line(
    code: str, source: str, about: SafetySubject, record: Values = NO_RECORD, since: str = "issuedOn"
) -> Line:
    """The line of a caution, from the record that has it since a date of its own; its words are always the same."""
    caution = Caution[code]
    kind = CAUTIONS[caution]
    return Line(
        kind=kind,
        words=_words(caution),
        code=caution.value,
        source=source,
        number=record.get("number"),
        since=record.get(since),
        agency_ori=record.get("agencyOri"),
        about=about,
        act=SafetyAct.NO_ARREST_ON_THIS if kind is SafetyKind.VIOLENT else SafetyAct.KNOW,
        order=caution_order(caution),
    )


def caution_order(caution: Caution) -> int:
    """The place of a caution among all; an odd number is the place of a line between two."""
    return 2 * list(CAUTIONS).index(caution)


def _words(caution: Caution) -> str:
    words = caution.meaning.upper()
    return f"{words}; CONTACT THE ENTERING AGENCY" if caution is Caution.SEXUALLY_VIOLENT_PREDATOR else words
