"""Criminal histories: arrest cycles, charges, custody and supervision, by CII number."""

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
from seed.data import toml, weighted_codes
from seed.descriptors import json_list
from seed.geography import STATE_PRISON, County, agency, county_of
from seed.numbers import Numbers
from seed.offenses import Offense, charged
from seed.persons import Person
from seed.rng import Rng, weighted


class Subject(NamedTuple):
    """One row of `subject`: a person with at least one cycle."""

    cii_number: str
    fbi_number: str
    subject_surname: str
    subject_user: str | None
    subject_ori: str | None


class Custody(NamedTuple):
    """The custody columns of a cycle; all None if no custody was reported."""

    custody_status: str | None = None
    custody_facility_ori: str | None = None
    custody_received_on: str | None = None
    custody_released_on: str | None = None


class Supervision(NamedTuple):
    """The probation or parole columns of a cycle."""

    supervision_kind: str | None = None
    supervision_status: str | None = None
    supervision_starts_on: str | None = None
    supervision_ends_on: str | None = None
    supervision_terms: str = "[]"


class Cycle(NamedTuple):
    """One row of `cycle`: an arrest and its consequences."""

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
    """The disposition columns of a charge; all None if no disposition was reported."""

    disposition_kind: str | None = None
    decided_on: str | None = None
    court_ori: str | None = None
    court_name: str | None = None
    sentence_kind: str | None = None
    sentence_days: int | None = None


class Charge(NamedTuple):
    """One row of `charge`."""

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


NO_CUSTODY: Final = Custody()
NO_SUPERVISION: Final = Supervision()
NO_OUTCOME: Final = Outcome()

_D, _S = DispositionKind, SentenceKind
_CHARGES: Final = weighted({1: 55, 2: 28, 3: 12, 4: 4, 5: 1})
_WEIGHTS: Final = toml("weights")["criminal_history"]
_NOT_CONVICTED: Final = weighted_codes(DispositionKind, _WEIGHTS["disposition_without_conviction"])
_IN_COURT: Final = {_D.CONVICTED, _D.ACQUITTED, _D.DISMISSED, _D.DIVERTED, _D.SUSTAINED}
_SENTENCE: Final = {
    severity.value: weighted_codes(SentenceKind, _WEIGHTS[f"{severity.name.lower()}_sentence"]) for severity in Severity
}
_DAYS: Final = {
    _S.PRISON: (480, 487, 730, 1095, 1095, 1460, 2190, 2920, 5475),
    _S.JAIL: (5, 10, 30, 30, 60, 90, 120, 180, 364),
    _S.PROBATION: (365, 365, 730),
    _S.COMMUNITY_SERVICE: (5, 10, 20),
}
_INCARCERATION: Final = {_S.PRISON.value, _S.JAIL.value}
_TERMS: Final[list[str]] = _WEIGHTS["terms"]


def draw(person: Person, count: int, rng: Rng, numbers: Numbers) -> list[Subject | Cycle | Charge]:
    """The history of one person: the subject, then each cycle in order of arrest with its charges."""
    if not count:
        return []
    assert person.cii_number is not None, f"{person.id} has a history and no CII number"
    assert person.fbi_number is not None, f"{person.id} has a history and no FBI number"
    records: list[Subject | Cycle | Charge] = [
        Subject(person.cii_number, person.fbi_number, **person.subject_columns._asdict())
    ]
    for sequence, arrested in enumerate(_arrests(person, count, rng), start=1):
        records += _cycle(person, sequence, arrested, rng, numbers)
    return records


def _arrests(person: Person, count: int, rng: Rng) -> list[int]:
    """Days of arrest, in order. They begin at 18, for some people at 13, and are more frequent when young."""
    born = ordinal(person.birth_date)
    first = born + 18 * YEAR + 5
    if first >= TODAY - YEAR // 2 or rng.happens(0.1):
        first = born + 13 * YEAR
    span = TODAY - first
    return sorted(first + int(span * rng.random() ** 1.6) for _ in range(count))


def _cycle(person: Person, sequence: int, arrested: int, rng: Rng, numbers: Numbers) -> list[Cycle | Charge]:
    assert person.cii_number is not None
    arrested_on = iso(arrested)
    is_juvenile = is_minor(person.birth_date, arrested_on)
    county = county_of(person.city, rng)
    offenses = [charged(rng) for _ in range(rng.one_of(_CHARGES))]
    outcomes = _outcomes(offenses, arrested, county, rng, is_juvenile=is_juvenile)
    status = cycle_status(outcomes)
    has_conviction = any(outcome.disposition_kind == _D.CONVICTED.value for outcome in outcomes)
    # Arrest relief is for arrests that ended without any conviction.
    is_sealed = status is CycleStatus.DISPOSED and not has_conviction and rng.happens(0.15)
    custody = _custody(outcomes, arrested, county, rng)
    cycle = Cycle(
        id=next(numbers.cycle),
        cii_number=person.cii_number,
        sequence=sequence,
        arrested_on=arrested_on,
        agency_ori=agency(county, rng),
        booking_number=numbers.booking.next() if rng.happens(0.94) else None,
        status=status.value,
        is_sealed=is_sealed,
        is_juvenile=is_juvenile,
        has_conviction=has_conviction,
        **custody._asdict(),
        **_supervision(outcomes, custody, rng)._asdict(),
    )
    return [
        cycle,
        *(
            Charge(next(numbers.charge), cycle.id, sequence, **offense._asdict(), **outcome._asdict())
            for sequence, (offense, outcome) in enumerate(zip(offenses, outcomes, strict=True), start=1)
        ),
    ]


def cycle_status(outcomes: Sequence[Outcome]) -> CycleStatus:
    """The status of a cycle, from the dispositions reported so far."""
    disposed = sum(outcome.disposition_kind is not None for outcome in outcomes)
    if disposed == len(outcomes):
        return CycleStatus.DISPOSED
    return CycleStatus.PARTLY_DISPOSED if disposed else CycleStatus.OPEN


def _outcomes(
    offenses: Sequence[Offense], arrested: int, county: County, rng: Rng, *, is_juvenile: bool
) -> list[Outcome]:
    """One outcome for each charge. One in five old arrests has no disposition on file."""
    is_recent = TODAY - arrested < 150
    chance = rng.random()
    if chance < (0.8 if is_recent else 0.2):
        return [NO_OUTCOME] * len(offenses)
    decided = min(TODAY, arrested + rng.integer(2, 400))
    outcomes = [
        _outcome(offense, decided, county, rng, is_juvenile=is_juvenile, is_main=index == 0)
        for index, offense in enumerate(offenses)
    ]
    if chance > 0.95:
        outcomes[-1] = NO_OUTCOME
    return outcomes


def _outcome(offense: Offense, decided: int, county: County, rng: Rng, *, is_juvenile: bool, is_main: bool) -> Outcome:
    """One outcome. The main charge leads to a conviction most often; a minor is rarely tried as an adult."""
    kind = rng.one_of(_NOT_CONVICTED)
    if rng.happens(0.62 if is_main else 0.35):
        kind = _D.SUSTAINED if is_juvenile and rng.happens(0.97) else _D.CONVICTED
    outcome = Outcome(kind.value, iso(decided))
    if kind in _IN_COURT:
        outcome = outcome._replace(court_ori=county.court, court_name=county.court_name)
    if kind is _D.CONVICTED and rng.happens(0.96):
        penalty = rng.one_of(_SENTENCE[offense.severity])
        days = rng.one_of(_DAYS[penalty]) if penalty in _DAYS else None
        outcome = outcome._replace(sentence_kind=penalty.value, sentence_days=days)
    return outcome


def _custody(outcomes: Sequence[Outcome], arrested: int, county: County, rng: Rng) -> Custody:
    """Custody for the longest jail or prison sentence, half of which is served; else custody before trial."""
    incarcerated = [outcome for outcome in outcomes if outcome.sentence_kind in _INCARCERATION]
    if not incarcerated:
        return _before_trial(outcomes, arrested, county, rng)
    longest = max(incarcerated, key=lambda outcome: outcome.sentence_days or 0)
    assert longest.decided_on is not None
    assert longest.sentence_days is not None
    facility = STATE_PRISON if longest.sentence_kind == _S.PRISON.value else county.jail
    released = ordinal(longest.decided_on) + max(1, longest.sentence_days // 2)
    if released > TODAY:
        return Custody(CustodyStatus.IN_CUSTODY.value, facility, longest.decided_on, None)
    return Custody(CustodyStatus.RELEASED.value, facility, longest.decided_on, iso(released))


def _before_trial(outcomes: Sequence[Outcome], arrested: int, county: County, rng: Rng) -> Custody:
    if rng.happens(0.25):
        return NO_CUSTODY
    is_open = outcomes[0] is NO_OUTCOME
    if is_open and TODAY - arrested < 60 and rng.happens(0.3):
        return Custody(CustodyStatus.IN_CUSTODY.value, county.jail, iso(arrested), None)
    status = CustodyStatus.RELEASED
    if is_open:
        status = CustodyStatus.RELEASED_ON_BAIL if rng.happens(0.35) else CustodyStatus.OWN_RECOGNIZANCE
    released = min(TODAY, arrested + rng.integer(0, 3))
    return Custody(status.value, county.jail, iso(arrested), iso(released))


def _supervision(outcomes: Sequence[Outcome], custody: Custody, rng: Rng) -> Supervision:
    """Parole or post-release supervision after prison; probation if that was the sentence."""
    is_prison = custody.custody_facility_ori == STATE_PRISON
    if is_prison and custody.custody_released_on:
        kind = SupervisionKind.PAROLE if rng.happens(0.5) else SupervisionKind.POST_RELEASE
        return _supervised(kind, ordinal(custody.custody_released_on), rng.integer(1, 3) * YEAR, rng)
    for outcome in outcomes:
        if outcome.sentence_kind == _S.PROBATION.value and outcome.decided_on and not is_prison:
            days = outcome.sentence_days or YEAR
            kind = SupervisionKind.FORMAL_PROBATION if days > YEAR else SupervisionKind.SUMMARY_PROBATION
            return _supervised(kind, ordinal(outcome.decided_on), days, rng)
    return NO_SUPERVISION


def _supervised(kind: SupervisionKind, starts: int, days: int, rng: Rng) -> Supervision:
    ends = starts + days
    if ends > TODAY:
        status = SupervisionStatus.AT_LARGE if rng.happens(0.08) else SupervisionStatus.ACTIVE
    else:
        status = SupervisionStatus.REVOKED if rng.happens(0.15) else SupervisionStatus.COMPLETED
    terms = [term for term in _TERMS if rng.happens(0.35)]
    return Supervision(kind.value, status.value, iso(starts), iso(ends), json_list(terms))
