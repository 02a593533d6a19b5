"""Arrests and what became of them, for the criminal history file. Knows a person by CII number only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from resolvers.codes.history import (
    CustodyStatus,
    CycleStatus,
    DispositionKind,
    SentenceKind,
    Severity,
    SupervisionKind,
    SupervisionStatus,
)  # fmt: skip
from seed.calendar import TODAY, YEAR, is_minor, iso, ordinal
from seed.chance import Chance, weighted
from seed.looks import json_list
from seed.numbers import Numbers
from seed.offenses import Offense, charged
from seed.persons import Person
from seed.places import STATE_PRISON, County, agency, county_of


class Subject(NamedTuple):
    """One row of `subject`: only people with at least one cycle have one."""

    cii_number: str
    fbi_number: str
    subject_surname: str
    subject_user: str | None
    subject_ori: str | None


class Custody(NamedTuple):
    """Where an arrest led to, column for column; all None where nothing was reported."""

    custody_status: str | None = None
    custody_facility_ori: str | None = None
    custody_received_on: str | None = None
    custody_released_on: str | None = None


class Supervision(NamedTuple):
    """Probation or parole after it, column for column."""

    supervision_kind: str | None = None
    supervision_status: str | None = None
    supervision_starts_on: str | None = None
    supervision_ends_on: str | None = None
    supervision_terms: str = "[]"


class Cycle(NamedTuple):
    """One row of `cycle`, column for column."""

    id: int
    cii_number: str
    sequence: int
    arrested_on: str
    agency_ori: str
    booking_number: str | None
    status: str
    is_sealed: bool
    is_juvenile: bool
    has_conviction: bool
    custody_status: str | None
    custody_facility_ori: str | None
    custody_received_on: str | None
    custody_released_on: str | None
    supervision_kind: str | None
    supervision_status: str | None
    supervision_starts_on: str | None
    supervision_ends_on: str | None
    supervision_terms: str


class Outcome(NamedTuple):
    """How a charge ended, column for column; all None where no disposition was reported."""

    disposition_kind: str | None = None
    decided_on: str | None = None
    court_ori: str | None = None
    court_name: str | None = None
    sentence_kind: str | None = None
    sentence_days: int | None = None


class Charge(NamedTuple):
    """One row of `charge`, column for column."""

    id: int
    cycle: int
    sequence: int
    code: str
    offense: str
    severity: str
    disposition_kind: str | None
    decided_on: str | None
    court_ori: str | None
    court_name: str | None
    sentence_kind: str | None
    sentence_days: int | None


NOT_HELD: Final = Custody()
FREE: Final = Supervision()
NO_OUTCOME: Final = Outcome()

_D, _S = DispositionKind, SentenceKind
_CHARGES: Final = weighted({1: 55, 2: 28, 3: 12, 4: 4, 5: 1})
_NOT_CONVICTED: Final = weighted({
    _D.DISMISSED: 50, _D.NOT_FILED: 28, _D.DIVERTED: 12, _D.ACQUITTED: 6, _D.DETENTION_ONLY: 4,
})  # fmt: skip
_IN_COURT: Final = {_D.CONVICTED, _D.ACQUITTED, _D.DISMISSED, _D.DIVERTED, _D.SUSTAINED}
_SENTENCE: Final = {
    Severity.FELONY.value: weighted({_S.PRISON: 35, _S.JAIL: 30, _S.PROBATION: 35}),
    Severity.MISDEMEANOR.value: weighted({_S.JAIL: 40, _S.PROBATION: 42, _S.FINE: 12, _S.COMMUNITY_SERVICE: 6}),
    Severity.INFRACTION.value: weighted({_S.FINE: 90, _S.COMMUNITY_SERVICE: 10}),
}
_DAYS: Final = {
    _S.PRISON: (480, 487, 730, 1095, 1095, 1460, 2190, 2920, 5475),
    _S.JAIL: (5, 10, 30, 30, 60, 90, 120, 180, 364),
    _S.PROBATION: (365, 365, 730),
    _S.COMMUNITY_SERVICE: (5, 10, 20),
}
_BEHIND_BARS: Final = {_S.PRISON.value, _S.JAIL.value}
_TERMS: Final = (
    "Search and seizure at any time, with or without a warrant",
    "No weapons or ammunition",
    "No alcohol or drugs; testing",
    "Report to the supervising officer each month",
    "No contact with the victim",
    "Do not leave the county without leave",
    "Complete a treatment program",
    "Curfew from 22:00 to 05:00",
)


def draw(person: Person, count: int, chance: Chance, numbers: Numbers) -> list[Subject | Cycle | Charge]:
    """The history of one person: the subject, then each cycle in order of arrest, followed by its charges."""
    if not count:
        return []
    assert person.cii_number is not None, f"{person.id} has a history and no CII number"
    assert person.fbi_number is not None, f"{person.id} has a history and no FBI number"
    records: list[Subject | Cycle | Charge] = [Subject(person.cii_number, person.fbi_number, **person.whose._asdict())]
    for sequence, arrested in enumerate(_arrests(person, count, chance), start=1):
        records += _cycle(person, sequence, arrested, chance, numbers)
    return records


def _arrests(person: Person, count: int, chance: Chance) -> list[int]:
    """Days of arrest in order: from 18 on, for some from 13 on, and more when young than when old."""
    born = ordinal(person.birth_date)
    first = born + 18 * YEAR + 5
    if first >= TODAY - YEAR // 2 or chance.happens(0.1):
        first = born + 13 * YEAR
    span = TODAY - first
    return sorted(first + int(span * chance.random() ** 1.6) for _ in range(count))


def _cycle(person: Person, sequence: int, arrested: int, chance: Chance, numbers: Numbers) -> list[Cycle | Charge]:
    assert person.cii_number is not None
    arrested_on = iso(arrested)
    is_juvenile = is_minor(person.birth_date, arrested_on)
    county = county_of(person.city, chance)
    offenses = [charged(chance) for _ in range(chance.one_of(_CHARGES))]
    outcomes = _outcomes(offenses, arrested, county, chance, is_juvenile=is_juvenile)
    status = cycle_status(outcomes)
    has_conviction = any(outcome.disposition_kind == _D.CONVICTED.value for outcome in outcomes)
    # Arrest relief is for arrests that ended without any conviction.
    is_sealed = status is CycleStatus.DISPOSED and not has_conviction and chance.happens(0.15)
    custody = _custody(outcomes, arrested, county, chance)
    cycle = Cycle(
        id=next(numbers.cycle),
        cii_number=person.cii_number,
        sequence=sequence,
        arrested_on=arrested_on,
        agency_ori=agency(county, chance),
        booking_number=numbers.booking.next() if chance.happens(0.94) else None,
        status=status.value,
        is_sealed=is_sealed,
        is_juvenile=is_juvenile,
        has_conviction=has_conviction,
        **custody._asdict(),
        **_supervision(outcomes, custody, chance)._asdict(),
    )
    return [
        cycle,
        *(
            Charge(next(numbers.charge), cycle.id, place, **offense._asdict(), **outcome._asdict())
            for place, (offense, outcome) in enumerate(zip(offenses, outcomes, strict=True), start=1)
        ),
    ]


def cycle_status(outcomes: Sequence[Outcome]) -> CycleStatus:
    """How far the charges of one arrest have got, as far as the file knows."""
    disposed = sum(outcome.disposition_kind is not None for outcome in outcomes)
    if disposed == len(outcomes):
        return CycleStatus.DISPOSED
    return CycleStatus.PARTLY_DISPOSED if disposed else CycleStatus.OPEN


def _outcomes(
    offenses: Sequence[Offense], arrested: int, county: County, chance: Chance, *, is_juvenile: bool
) -> list[Outcome]:
    """One outcome for each charge. Of old arrests one in five never had its disposition reported."""
    is_recent = TODAY - arrested < 150
    fate = chance.random()
    if fate < (0.8 if is_recent else 0.2):
        return [NO_OUTCOME] * len(offenses)
    decided = min(TODAY, arrested + chance.whole(2, 400))
    outcomes = [
        _outcome(offense, decided, county, chance, is_juvenile=is_juvenile, is_main=place == 0)
        for place, offense in enumerate(offenses)
    ]
    if fate > 0.95:
        outcomes[-1] = NO_OUTCOME
    return outcomes


def _outcome(
    offense: Offense, decided: int, county: County, chance: Chance, *, is_juvenile: bool, is_main: bool
) -> Outcome:
    """The main charge is the one that mostly sticks; a minor is seldom tried as an adult."""
    kind = chance.one_of(_NOT_CONVICTED)
    if chance.happens(0.62 if is_main else 0.35):
        kind = _D.SUSTAINED if is_juvenile and chance.happens(0.97) else _D.CONVICTED
    outcome = Outcome(kind.value, iso(decided))
    if kind in _IN_COURT:
        outcome = outcome._replace(court_ori=county.court, court_name=county.court_name)
    if kind is _D.CONVICTED and chance.happens(0.96):
        penalty = chance.one_of(_SENTENCE[offense.severity])
        days = chance.one_of(_DAYS[penalty]) if penalty in _DAYS else None
        outcome = outcome._replace(sentence_kind=penalty.value, sentence_days=days)
    return outcome


def _custody(outcomes: Sequence[Outcome], arrested: int, county: County, chance: Chance) -> Custody:
    """The longest sentence behind bars, half of which is served; else how the person left the station."""
    behind_bars = [outcome for outcome in outcomes if outcome.sentence_kind in _BEHIND_BARS]
    if not behind_bars:
        return _before_trial(outcomes, arrested, county, chance)
    longest = max(behind_bars, key=lambda outcome: outcome.sentence_days or 0)
    assert longest.decided_on is not None
    assert longest.sentence_days is not None
    facility = STATE_PRISON if longest.sentence_kind == _S.PRISON.value else county.jail
    released = ordinal(longest.decided_on) + max(1, longest.sentence_days // 2)
    if released > TODAY:
        return Custody(CustodyStatus.IN_CUSTODY.value, facility, longest.decided_on, None)
    return Custody(CustodyStatus.RELEASED.value, facility, longest.decided_on, iso(released))


def _before_trial(outcomes: Sequence[Outcome], arrested: int, county: County, chance: Chance) -> Custody:
    if chance.happens(0.25):
        return NOT_HELD
    is_open = outcomes[0] is NO_OUTCOME
    if is_open and TODAY - arrested < 60 and chance.happens(0.3):
        return Custody(CustodyStatus.IN_CUSTODY.value, county.jail, iso(arrested), None)
    status = CustodyStatus.RELEASED
    if is_open:
        status = CustodyStatus.RELEASED_ON_BAIL if chance.happens(0.35) else CustodyStatus.OWN_RECOGNIZANCE
    released = min(TODAY, arrested + chance.whole(0, 3))
    return Custody(status.value, county.jail, iso(arrested), iso(released))


def _supervision(outcomes: Sequence[Outcome], custody: Custody, chance: Chance) -> Supervision:
    """Parole or its county kind after prison, probation where that was the sentence."""
    is_prison = custody.custody_facility_ori == STATE_PRISON
    if is_prison and custody.custody_released_on:
        kind = SupervisionKind.PAROLE if chance.happens(0.5) else SupervisionKind.POST_RELEASE
        return _supervised(kind, ordinal(custody.custody_released_on), chance.whole(1, 3) * YEAR, chance)
    for outcome in outcomes:
        if outcome.sentence_kind == _S.PROBATION.value and outcome.decided_on and not is_prison:
            days = outcome.sentence_days or YEAR
            kind = SupervisionKind.FORMAL_PROBATION if days > YEAR else SupervisionKind.SUMMARY_PROBATION
            return _supervised(kind, ordinal(outcome.decided_on), days, chance)
    return FREE


def _supervised(kind: SupervisionKind, starts: int, days: int, chance: Chance) -> Supervision:
    ends = starts + days
    if ends > TODAY:
        status = SupervisionStatus.AT_LARGE if chance.happens(0.08) else SupervisionStatus.ACTIVE
    else:
        status = SupervisionStatus.REVOKED if chance.happens(0.15) else SupervisionStatus.COMPLETED
    terms = [term for term in _TERMS if chance.happens(0.35)]
    return Supervision(kind.value, status.value, iso(starts), iso(ends), json_list(terms))
