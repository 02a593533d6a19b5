"""Criminal histories: arrest cycles, charges, custody and supervision, by CII number; `case_steps` adds the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from operator import itemgetter
from typing import Final

from resolvers.codes.history import (
    CONVICTIONS,
    CustodyStatus,
    CycleStatus,
    DispositionKind,
    SentenceKind,
    Severity,
    SupervisionKind,
    SupervisionStatus,
)  # fmt: skip
from seed.arrests import Arrest, ArrestCounts
from seed.calendar import TODAY, YEAR, is_minor, iso, ordinal
from seed.case_steps import NO_DIVERSION, NO_PRETRIAL, case_steps, demo_parts
from seed.data import toml, weighted_codes
from seed.demo_values import DEMO_COUNTY, DemoTable
from seed.descriptors import json_list
from seed.geography import STATE_PRISON, County, agency, county_of, facility_name
from seed.numbers import Numbers
from seed.offenses import CHARGED, offense
from seed.persons import subject
from seed.rng import Rng, weighted
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws

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


def draw(person: Columns, counts: ArrestCounts, rng: Rng, numbers: Numbers) -> list[Row]:
    """The history of one person: the subject, then each cycle in order of arrest with its charges."""
    if not any(counts):
        return []
    rows = [subject_row(person)]
    for sequence, arrest in enumerate(counts.days(rng, ordinal(person["birth_date"])), start=1):
        rows += _cycle(person, sequence, arrest, rng, numbers)
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
        "has_conviction": not CONVICTIONS.isdisjoint(dispositions),
    }
    numbered = enumerate(zip(charges, charge_ids, strict=False), start=1)
    return [
        ("cycle", {**cycle, **derived}),
        *(
            ("charge", {"id": id, "cycle": cycle["id"], "sequence": place, **charge})
            for place, (charge, id) in numbered
        ),
    ]


def _cycle(person: Columns, sequence: int, arrest: Arrest, rng: Rng, numbers: Numbers) -> list[Row]:
    arrested_on = iso(arrest.day)
    county = county_of(person, rng)
    offenses = [rng.one_of(CHARGED) for _ in range(rng.one_of(_CHARGES))]
    charges = _charges(offenses, arrest, county, rng, is_juvenile=is_minor(person["birth_date"], arrested_on))
    custody = _custody(charges, arrest.day, county, rng)
    cycle = {
        "id": next(numbers.cycle),
        "sequence": sequence,
        "arrested_on": arrested_on,
        "agency_ori": agency(county, rng),
        "booking_number": numbers.booking.next() if rng.happens(0.94) else None,
        "is_sealed": arrest.is_sealed,
        **custody,
        **_supervision(charges, custody, rng),
    }
    return cycle_rows(person, cycle, charges, numbers.charge)


def _charges(
    offenses: Sequence[Columns], arrest: Arrest, county: County, rng: Rng, *, is_juvenile: bool
) -> list[Columns]:
    """A charge for each offense. One in five old arrests has no disposition on file, and a sealed one always has."""
    charges = [{**offense, **NO_OUTCOME} for offense in offenses]
    chance = 0.5 if arrest.is_sealed else rng.random()
    if chance < (0.8 if TODAY - arrest.day < 150 and not arrest.is_sealed else 0.2):
        return charges
    decided = min(TODAY, arrest.day + rng.integer(2, 400))
    for place, charge in enumerate(charges):
        guilty = 0.0 if arrest.is_sealed else 0.62 if place == 0 else 0.35
        outcome = _outcome(charge["severity"], decided, county, rng, is_juvenile=is_juvenile, guilty=guilty)
        if chance <= 0.95 or place < len(charges) - 1:
            charge.update(outcome)
    return charges


def _outcome(severity: str, decided: int, county: County, rng: Rng, *, is_juvenile: bool, guilty: float) -> Columns:
    """One outcome; `guilty` is the chance of a conviction. A minor is rarely tried as an adult."""
    kind = rng.one_of(_NOT_CONVICTED)
    if rng.happens(guilty):
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


def _start(world: WorldDraws) -> DrawRows:
    complete = case_steps(world.own_rng("criminal_history.case_steps"))
    return lambda person: complete(draw(person.columns, person.counts.arrests, world.rng, world.numbers))


def _demo(_number: int, person: Columns, table: DemoTable) -> Iterator[Row]:
    if "arrest" in table:
        yield subject_row(person)
    for sequence, each in enumerate(table.get("arrest", ()), start=1):
        yield from demo_arrest(person, sequence, each)


def demo_arrest(person: Columns, sequence: int, table: DemoTable) -> list[Row]:
    """One cycle and its charges."""
    number = int(person["id"][1:]) * 1000 + sequence
    cycle = {
        "id": number,
        "sequence": sequence,
        "arrested_on": table["arrested_on"],
        "agency_ori": DEMO_COUNTY.sheriff,
        # Booking numbers must not tell how many bookings came before, so they are scattered.
        "booking_number": f"0{number * 7_654_321 % 9_999_991:07}",
        "is_sealed": table.get("is_sealed", False),
        **NO_CUSTODY,
        **dict.fromkeys(("custody_facility_name", "custody_projected_release_on", "custody_housing_level")),
        **_prefixed("custody", table),
        **NO_SUPERVISION,
        **_prefixed("supervision", table),
        **NO_PRETRIAL,
        **_prefixed("pretrial", table),
        **NO_DIVERSION,
        **_prefixed("diversion", table),
    }
    if cycle["custody_facility_ori"]:
        cycle["custody_facility_name"] = facility_name(cycle["custody_facility_ori"])
    charges = [
        {
            **NO_OUTCOME,
            **(DEMO_COUNTY.court if "disposition_kind" in charge else {}),
            **charge,
            **offense(charge["code"], charge["severity"]),
        }
        for charge in table.get("charges", ())
    ]
    rows = cycle_rows(person, cycle, charges, count(number * 10 + 1))
    (_, cycle), *_ = rows
    return [
        *rows,
        *demo_parts(cycle, "relief", table.get("relief", ())),
        *demo_parts(cycle, "program", table.get("programs", ())),
    ]


def _prefixed(prefix: str, table: DemoTable) -> Columns:
    return {
        f"{prefix}_{name}": json_list(value) if isinstance(value, list) else value
        for name, value in table.get(prefix, {}).items()
    }


SEED: Final = SourceSeed(_start, _demo)
