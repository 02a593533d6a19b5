"""Safety banner: what an officer must know of a person or a vehicle before approaching, the gravest first.

Pure: from the fields of a person or a vehicle, as a response shows them, to the lines. Nothing here reads or decides. A
sealed or juvenile arrest, a conviction and a remark never enter a line, and the words of a code are always the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from resolvers.catalogue import SPECS
from resolvers.codes.history import SupervisionKind
from resolvers.codes.person import Caution
from resolvers.codes.safety import SafetyAct, SafetyKind, SafetySubject
from resolvers.codes.warrant import Extradition

Values = Mapping[str, Any]
"""Fields of one object by name; null if a field is denied, did not arrive, or is not on record."""

MAX_LINES: Final = 6
UNCUT_RANK: Final = 3
"""Lines up to this rank are never cut."""

C, K = Caution, SafetyKind
# The order of the lines. Ranks 2 and 8 are for the prohibited persons file and for missing persons: no such source yet.
RANKS: Final[Mapping[SafetyKind, int]] = {
    K.NO_ANSWER: 0,
    K.ARMED_AND_DANGEROUS: 1,
    K.VIOLENT: 3,
    K.DANGER: 4,
    K.WANTED: 5,
    K.ORDER: 6,
    K.STOLEN: 7,
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
FIREARMS: Final = {"YES": "; FIREARMS PROHIBITED", "UNKNOWN": "; FIREARMS PROHIBITION UNKNOWN"}
SEARCH: Final = "search"
"""The first word of a term of supervision that permits a search."""


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


def person_lines(person: Values, about: SafetySubject = SafetySubject.SELF) -> Iterator[Line]:
    """The lines about a person; each caution once, whichever record has it."""
    warrants = [each for each in person["warrants"] or () if each["status"] == "ACTIVE"]
    yield from _cautions(person["cautions"] or (), warrants, about)
    for warrant in warrants:
        yield _wanted(warrant, about)
    for order in person["protectiveOrders"] or ():
        if order["enforcement"] in {"ENFORCE", "NOTIFY_THEN_ENFORCE"}:
            yield _order(order, about)
    for supervision in person["supervision"] or ():
        yield from _supervised(supervision, about)


def vehicle_lines(vehicle: Values) -> Iterator[Line]:
    """The lines about a vehicle and about its owner. The driver may be somebody else."""
    if vehicle["stolen"]:
        yield Line(
            kind=SafetyKind.STOLEN,
            words="STOLEN VEHICLE",
            source="vehicles",
            number=vehicle["vin"],
            about=SafetySubject.VEHICLE,
            act=SafetyAct.CONFIRM_FIRST,
        )
    if vehicle["owner"]:
        yield from person_lines(vehicle["owner"], SafetySubject.OWNER)


def _no_answer(source: str, words: str, about: SafetySubject) -> Line:
    return Line(kind=SafetyKind.NO_ANSWER, words=words.format(WORDS_OF_SOURCES[source]), source=source, about=about)


def _cautions(codes: Iterable[str | None], warrants: Iterable[Values], about: SafetySubject) -> Iterator[Line]:
    found: dict[str | None, Line] = {code: _caution(code, "persons", {}, about) for code in codes if code}
    for warrant in warrants:
        for code in warrant["cautions"] or ():
            if code and code not in found:
                found[code] = _caution(code, "warrants", warrant, about)
    yield from found.values()


def _caution(code: str, source: str, warrant: Values, about: SafetySubject) -> Line:
    caution = Caution[code]
    kind = CAUTIONS[caution]
    return Line(
        kind=kind,
        words=_words(caution),
        code=caution.value,
        source=source,
        number=warrant.get("number"),
        since=warrant.get("issuedOn"),
        about=about,
        act=SafetyAct.NO_ARREST_ON_THIS if kind is SafetyKind.VIOLENT else SafetyAct.KNOW,
        order=list(CAUTIONS).index(caution),
    )


def _words(caution: Caution) -> str:
    words = caution.meaning.upper()
    return f"{words}; CONTACT THE ENTERING AGENCY" if caution is Caution.SEXUALLY_VIOLENT_PREDATOR else words


def _wanted(warrant: Values, about: SafetySubject) -> Line:
    """Felonies before misdemeanors, as the codes of extradition are ordered: from anywhere before nearby only."""
    extradition = warrant["extradition"] and Extradition[warrant["extradition"]]
    return Line(
        kind=SafetyKind.WANTED,
        words=f"WANTED, {extradition.meaning.upper() if extradition else 'EXTRADITION NOT KNOWN'}",
        code=extradition.value if extradition else None,
        source="warrants",
        number=warrant["number"],
        since=warrant["issuedOn"],
        about=about,
        act=SafetyAct.CONFIRM_FIRST,
        order=list(Extradition).index(extradition) if extradition else len(Extradition),
    )


def _order(order: Values, about: SafetySubject) -> Line:
    is_served = order["enforcement"] == "ENFORCE"
    action = "SERVED: ENFORCE IT" if is_served else "NOT SERVED: TELL ITS TERMS, THEN ENFORCE IT"
    return Line(
        kind=SafetyKind.ORDER,
        words=f"PROTECTIVE ORDER, {action}{FIREARMS.get(order['brady'], '')}",
        source="protective_orders",
        number=order["number"],
        since=order["issuedOn"],
        about=about,
        act=SafetyAct.ENFORCE if is_served else SafetyAct.NOTIFY_THEN_ENFORCE,
        order=int(is_served),
    )


def _supervised(supervision: Values, about: SafetySubject) -> Iterator[Line]:
    is_at_large = supervision["status"] == "AT_LARGE"
    has_search_term = any(term and term.casefold().startswith(SEARCH) for term in supervision["terms"] or ())
    if is_at_large or (supervision["status"] == "ACTIVE" and has_search_term):
        kind = supervision["kind"] and SupervisionKind[supervision["kind"]]
        words = [kind.meaning.upper() if kind else "SUPERVISED"]
        words += ["AT LARGE"] if is_at_large else []
        words += ["SEARCH TERM"] if has_search_term else []
        yield Line(
            kind=SafetyKind.SUPERVISED,
            words=", ".join(words),
            source="criminal_history",
            since=supervision["startsOn"],
            about=about,
            order=int(not is_at_large),
        )
