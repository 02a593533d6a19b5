"""Criminal histories: arrest cycles, charges, custody and supervision, by CII number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Final

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
from seed.files import Columns, Row
from seed.geography import STATE_PRISON, County, agency, county_of
from seed.numbers import Numbers
from seed.offenses import CHARGED
from seed.persons import subject
from seed.rng import Rng, weighted

NO_CUSTODY: Final[Columns] = dict.fromkeys(
    ("custody_status", "custody_facility_ori", "custody_received_on", "custody_released_on")
)
NO_SUPERVISION: Final[Columns] = {
    **dict.fromkeys(("supervision_kind", "supervision_status", "supervision_starts_on", "supervision_ends_on")),
    "supervision_terms": "[]",
}
NO_OUTCOME: Final[Columns] = dict.fromkeys(
    ("disposition_kind", "decided_on", "court_ori", "court_name", "sentence_kind", "sentence_days")
)

_D, _S = DispositionKind, SentenceKind
_CHARGES: Final = weighted({1: 55, 2: 28, 3: 12, 4: 4, 5: 1})
_WEIGHTS: Final = toml("weights")["criminal_history"]
_NOT_CONVICTED: Final = weighted_codes(DispositionKind, _WEIGHTS["disposition_without_conviction"])
_OUT_OF_COURT: Final = {_D.NOT_FILED.value, _D.DETENTION_ONLY.value}
_SENTENCE: Final = {
    severity.value: weighted_codes(SentenceKind, _WEIGHTS[f"{severity.name.lower()}_sentence"]) for severity in Severity
}
_DAYS: Final = {
    _S.PRISON.value: (480, 487, 730, 1095, 1095, 1460, 2190, 2920, 5475),
    _S.JAIL.value: (5, 10, 30, 30, 60, 90, 120, 180, 364),
    _S.PROBATION.value: (365, 365, 730),
    _S.COMMUNITY_SERVICE.value: (5, 10, 20),
}
_INCARCERATION: Final = {_S.PRISON.value, _S.JAIL.value}
_TERMS: Final[list[str]] = _WEIGHTS["terms"]


def draw(person: Columns, count: int, rng: Rng, numbers: Numbers) -> list[Row]:
    """The history of one person: the subject, then each cycle in order of arrest with its charges."""
    if not count:
        return []
    rows = [subject_row(person)]
    for sequence, arrested in enumerate(_arrests(person, count, rng), start=1):
        rows += _cycle(person, sequence, arrested, rng, numbers)
    return rows


def subject_row(person: Columns) -> Row:
    """The row of a person with at least one cycle."""
    return "subject", {**{number: person[number] for number in ("cii_number", "fbi_number")}, **subject(person)}


def cycle_rows(person: Columns, cycle: Columns, charges: Sequence[Columns], charge_ids: Iterable[int]) -> list[Row]:
    """The rows of a cycle and its charges, with the columns that follow from the others."""
    dispositions = [charge["disposition_kind"] for charge in charges if charge["disposition_kind"]]
    status = CycleStatus.PARTLY_DISPOSED if dispositions else CycleStatus.OPEN
    if len(dispositions) == len(charges):
        status = CycleStatus.DISPOSED
    derived = {
        "cii_number": person["cii_number"],
        "status": status.value,
        "is_juvenile": is_minor(person["birth_date"], cycle["arrested_on"]),
        "has_conviction": _D.CONVICTED.value in dispositions,
    }
    numbered = enumerate(zip(charges, charge_ids, strict=False), start=1)
    return [
        ("cycle", {**cycle, **derived}),
        *(
            ("charge", {"id": id, "cycle": cycle["id"], "sequence": place, **charge})
            for place, (charge, id) in numbered
        ),
    ]


def _arrests(person: Columns, count: int, rng: Rng) -> list[int]:
    """Days of arrest, in order. They begin at 18, for some people at 13, and are more frequent when young."""
    born = ordinal(person["birth_date"])
    first = born + 18 * YEAR + 5
    if first >= TODAY - YEAR // 2 or rng.happens(0.1):
        first = born + 13 * YEAR
    return sorted(first + int((TODAY - first) * rng.random() ** 1.6) for _ in range(count))


def _cycle(person: Columns, sequence: int, arrested: int, rng: Rng, numbers: Numbers) -> list[Row]:
    arrested_on = iso(arrested)
    county = county_of(person, rng)
    offenses = [rng.one_of(CHARGED) for _ in range(rng.one_of(_CHARGES))]
    is_juvenile = is_minor(person["birth_date"], arrested_on)
    charges = _charges(offenses, arrested, county, rng, is_juvenile=is_juvenile)
    # Arrest relief is for arrests that ended without any conviction.
    may_be_sealed = all(charge["disposition_kind"] not in {None, _D.CONVICTED.value} for charge in charges)
    is_sealed = may_be_sealed and rng.happens(0.15)
    custody = _custody(charges, arrested, county, rng)
    cycle = {
        "id": next(numbers.cycle),
        "sequence": sequence,
        "arrested_on": arrested_on,
        "agency_ori": agency(county, rng),
        "booking_number": numbers.booking.next() if rng.happens(0.94) else None,
        "is_sealed": is_sealed,
        **custody,
        **_supervision(charges, custody, rng),
    }
    return cycle_rows(person, cycle, charges, numbers.charge)


def _charges(
    offenses: Sequence[Columns], arrested: int, county: County, rng: Rng, *, is_juvenile: bool
) -> list[Columns]:
    """A charge for each offense. One in five old arrests has no disposition on file."""
    charges = [{**offense, **NO_OUTCOME} for offense in offenses]
    chance = rng.random()
    if chance < (0.8 if TODAY - arrested < 150 else 0.2):
        return charges
    decided = min(TODAY, arrested + rng.integer(2, 400))
    for place, charge in enumerate(charges):
        outcome = _outcome(charge["severity"], decided, county, rng, is_juvenile=is_juvenile, is_main=place == 0)
        if chance <= 0.95 or place < len(charges) - 1:
            charge.update(outcome)
    return charges


def _outcome(severity: str, decided: int, county: County, rng: Rng, *, is_juvenile: bool, is_main: bool) -> Columns:
    """One outcome. The main charge leads to a conviction most often; a minor is rarely tried as an adult."""
    kind = rng.one_of(_NOT_CONVICTED)
    if rng.happens(0.62 if is_main else 0.35):
        kind = (_D.SUSTAINED if is_juvenile and rng.happens(0.97) else _D.CONVICTED).value
    outcome: Columns = {"disposition_kind": kind, "decided_on": iso(decided)}
    if kind not in _OUT_OF_COURT:
        outcome |= county.court
    if kind == _D.CONVICTED.value and rng.happens(0.96):
        sentence = rng.one_of(_SENTENCE[severity])
        days = rng.one_of(_DAYS[sentence]) if sentence in _DAYS else None
        outcome |= {"sentence_kind": sentence, "sentence_days": days}
    return outcome


def _custody(charges: Sequence[Columns], arrested: int, county: County, rng: Rng) -> Columns:
    """Custody for the longest jail or prison sentence, half of which is served; else custody before trial."""
    incarcerated = [charge for charge in charges if charge["sentence_kind"] in _INCARCERATION]
    if not incarcerated:
        return _before_trial(arrested, county, rng, is_open=charges[0]["disposition_kind"] is None)
    longest = max(incarcerated, key=itemgetter("sentence_days"))
    facility = STATE_PRISON if longest["sentence_kind"] == _S.PRISON.value else county.jail
    released = ordinal(longest["decided_on"]) + max(1, longest["sentence_days"] // 2)
    if released > TODAY:
        return _columns(NO_CUSTODY, CustodyStatus.IN_CUSTODY.value, facility, longest["decided_on"], None)
    return _columns(NO_CUSTODY, CustodyStatus.RELEASED.value, facility, longest["decided_on"], iso(released))


def _before_trial(arrested: int, county: County, rng: Rng, *, is_open: bool) -> Columns:
    if rng.happens(0.25):
        return NO_CUSTODY
    if is_open and TODAY - arrested < 60 and rng.happens(0.3):
        return _columns(NO_CUSTODY, CustodyStatus.IN_CUSTODY.value, county.jail, iso(arrested), None)
    status = CustodyStatus.RELEASED
    if is_open:
        status = CustodyStatus.RELEASED_ON_BAIL if rng.happens(0.35) else CustodyStatus.OWN_RECOGNIZANCE
    released = min(TODAY, arrested + rng.integer(0, 3))
    return _columns(NO_CUSTODY, status.value, county.jail, iso(arrested), iso(released))


def _supervision(charges: Sequence[Columns], custody: Columns, rng: Rng) -> Columns:
    """Parole or post-release supervision after prison; probation if that was the sentence."""
    is_prison = custody["custody_facility_ori"] == STATE_PRISON
    if is_prison and custody["custody_released_on"]:
        kind = SupervisionKind.PAROLE if rng.happens(0.5) else SupervisionKind.POST_RELEASE
        return _supervised(kind, ordinal(custody["custody_released_on"]), rng.integer(1, 3) * YEAR, rng)
    for charge in charges:
        if charge["sentence_kind"] == _S.PROBATION.value and not is_prison:
            days = charge["sentence_days"]
            kind = SupervisionKind.FORMAL_PROBATION if days > YEAR else SupervisionKind.SUMMARY_PROBATION
            return _supervised(kind, ordinal(charge["decided_on"]), days, rng)
    return NO_SUPERVISION


def _supervised(kind: SupervisionKind, starts: int, days: int, rng: Rng) -> Columns:
    ends = starts + days
    if ends > TODAY:
        status = SupervisionStatus.AT_LARGE if rng.happens(0.08) else SupervisionStatus.ACTIVE
    else:
        status = SupervisionStatus.REVOKED if rng.happens(0.15) else SupervisionStatus.COMPLETED
    terms = [term for term in _TERMS if rng.happens(0.35)]
    return _columns(NO_SUPERVISION, kind.value, status.value, iso(starts), iso(ends), json_list(terms))


def _columns(names: Iterable[str], *values: str | None) -> Columns:
    return dict(zip(names, values, strict=True))
