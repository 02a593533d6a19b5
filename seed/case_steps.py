"""Case steps: what follows an arrest besides charges, custody and supervision.

Bail and release before trial, diversion, relief after a conviction, and programmes. They are drawn from random numbers
of their own, after the rest of a history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count
from operator import itemgetter
from typing import Final

from resolvers.codes.history import (
    CONVICTIONS,
    CustodyStatus,
    CycleStatus,
    DispositionKind,
    DiversionKind,
    DiversionStatus,
    HousingLevel,
    PretrialRelease,
    ProgramKind,
    ProgramStatus,
    ReliefKind,
    SentenceKind,
    Severity,
    SupervisionStatus,
)  # fmt: skip
from seed.calendar import TODAY, YEAR, iso, ordinal
from seed.data import toml, weighted_codes
from seed.descriptors import json_list
from seed.geography import STATE_PRISON, facility_name
from seed.numbers import FIRST_ROW
from seed.rng import Rng
from seed.row import Columns, Row

NO_PRETRIAL: Final[Columns] = dict.fromkeys(
    (
        "pretrial_release", "pretrial_arraigned_on", "pretrial_bail_set_cents", "pretrial_bail_posted",
        "pretrial_conditions", "pretrial_next_appearance_on", "pretrial_failed_to_appear",
    )
)  # fmt: skip
NO_DIVERSION: Final[Columns] = dict.fromkeys(
    (
        "diversion_kind", "diversion_status", "diversion_program", "diversion_started_on", "diversion_due_on",
        "diversion_ended_on", "diversion_conditions",
    )
)  # fmt: skip

_R, _S = PretrialRelease, SentenceKind
_WEIGHTS: Final = toml("weights")["case_steps"]
_RELEASE: Final = weighted_codes(PretrialRelease, _WEIGHTS["release"])
_DIVERSION: Final = weighted_codes(DiversionKind, _WEIGHTS["diversion"])
_PROGRAM: Final = weighted_codes(ProgramKind, _WEIGHTS["program"])
_RELEASE_OF: Final = {
    CustodyStatus.IN_CUSTODY.value: (_R.CUSTODY.value,),
    CustodyStatus.RELEASED_ON_BAIL.value: (_R.BAIL_POSTED.value,),
    CustodyStatus.OWN_RECOGNIZANCE.value: (
        _R.OWN_RECOGNIZANCE.value,
        _R.SUPERVISED_OR.value,
        _R.CITE_AND_RELEASE.value,
    ),
}
_PRISON_LEVELS: Final = tuple(level.value for level in HousingLevel)
_JAIL_LEVELS: Final = _PRISON_LEVELS[:3]


def case_steps(rng: Rng) -> Callable[[list[Row]], Iterator[Row]]:
    """A function that completes the rows of one history, and adds those of its relief and programmes."""
    relief, programs = count(FIRST_ROW), count(FIRST_ROW)

    def complete(rows: list[Row]) -> Iterator[Row]:
        charges: dict[int, list[Columns]] = {}
        for table, columns in rows:
            if table == "charge":
                charges.setdefault(columns["cycle"], []).append(columns)
        cycles = [columns for table, columns in rows if table == "cycle"]
        for cycle in cycles:
            own = charges[cycle["id"]]
            cycle.update(_facility(cycle, own, rng) | _pretrial(cycle, own, rng) | _diversion(cycle, own, rng))
        yield from rows
        for cycle in cycles:
            yield from _relief(cycle, charges[cycle["id"]], rng, relief)
            yield from _programs(cycle, rng, programs)

    return complete


def _facility(cycle: Columns, charges: list[Columns], rng: Rng) -> Columns:
    """The facility's name and, for a person who is serving a sentence, the day of release and the housing."""
    is_held = cycle["custody_status"] == CustodyStatus.IN_CUSTODY.value
    facility = cycle["custody_facility_ori"]
    days = max((charge["sentence_days"] or 0 for charge in charges), default=0)
    is_sentenced = is_held and days > 0 and any(charge["sentence_kind"] for charge in charges)
    levels = _PRISON_LEVELS if facility == STATE_PRISON else _JAIL_LEVELS
    return {
        "custody_facility_name": facility and facility_name(facility),
        "custody_projected_release_on": iso(ordinal(cycle["custody_received_on"]) + max(1, days // 2))
        if is_sentenced
        else None,
        "custody_housing_level": rng.one_of(levels) if is_held else None,
    }


def _pretrial(cycle: Columns, charges: list[Columns], rng: Rng) -> Columns:
    """Pretrial release after most arrests of the last three years. A minor has none: there is no bail for them.

    It depends on the arrest and not on its outcome: so it tells of no other charge.
    """
    arrested = ordinal(cycle["arrested_on"])
    if TODAY - arrested > 3 * YEAR or cycle["is_juvenile"] or not rng.happens(0.85):
        return NO_PRETRIAL
    release = rng.one_of(_RELEASE_OF.get(cycle["custody_status"], _RELEASE))
    is_felony = any(charge["severity"] == Severity.FELONY.value for charge in charges)
    has_bail = release in {_R.CUSTODY.value, _R.BAIL_POSTED.value}
    bail = 500_000 * rng.integer(2, 30) if is_felony else 50_000 * rng.integer(2, 20)
    arraigned = arrested + (rng.integer(14, 45) if release == _R.CITE_AND_RELEASE.value else rng.integer(1, 3))
    is_pending = cycle["status"] != CycleStatus.DISPOSED.value and cycle["custody_status"] != "RELEASED"
    has_failed = release != _R.CUSTODY.value and rng.happens(0.08)
    conditions = [each for each in _WEIGHTS["conditions"] if rng.happens(0.3)]
    next_appearance = TODAY + rng.integer(3, 60)
    return {
        "pretrial_release": release,
        "pretrial_arraigned_on": iso(arraigned) if arraigned <= TODAY else None,
        "pretrial_bail_set_cents": bail if has_bail else None,
        "pretrial_bail_posted": release == _R.BAIL_POSTED.value,
        "pretrial_conditions": json_list(conditions if release != _R.CUSTODY.value else []),
        "pretrial_next_appearance_on": iso(next_appearance) if is_pending and not has_failed else None,
        "pretrial_failed_to_appear": has_failed,
    }


def _diversion(cycle: Columns, charges: list[Columns], rng: Rng) -> Columns:
    """The diversion of a diverted charge: completed if the arrest is sealed, else under way or ended without success.

    An old arrest that is not sealed often has none on record.
    """
    diverted = [charge["decided_on"] for charge in charges if charge["disposition_kind"] == _DIVERTED]
    if not diverted:
        return NO_DIVERSION
    started = ordinal(min(diverted))
    due = started + rng.one_of((YEAR, YEAR, YEAR + YEAR // 2, 2 * YEAR))
    if cycle["is_sealed"]:
        status, ended = DiversionStatus.COMPLETED, min(due, TODAY)
    elif due > TODAY:
        status, ended = DiversionStatus.UNDER_WAY, None
    elif rng.happens(0.4):
        status, ended = DiversionStatus.TERMINATED, rng.integer(started + 30, due)
    else:
        return NO_DIVERSION
    return {
        "diversion_kind": DiversionKind.JUVENILE.value if cycle["is_juvenile"] else rng.one_of(_DIVERSION),
        "diversion_status": status.value,
        "diversion_program": rng.one_of(_WEIGHTS["diversion_programs"]),
        "diversion_started_on": iso(started),
        "diversion_due_on": iso(due),
        "diversion_ended_on": None if ended is None else iso(ended),
        "diversion_conditions": json_list([each for each in _WEIGHTS["diversion_conditions"] if rng.happens(0.4)]),
    }


_DIVERTED: Final = DispositionKind.DIVERTED.value


def _relief(cycle: Columns, charges: list[Columns], rng: Rng, ids: Iterator[int]) -> Iterator[Row]:
    """Relief from one in eight convictions that are five years old, by the kind of sentence."""
    convictions = [charge for charge in charges if charge["disposition_kind"] in CONVICTIONS]
    if not convictions or not rng.happens(0.12):
        return
    charge = min(convictions, key=itemgetter("decided_on"))
    granted = ordinal(charge["decided_on"]) + rng.integer(5 * YEAR, 12 * YEAR)
    if granted > TODAY:
        return
    kind = ReliefKind.DISMISSED_1203_4
    if rng.happens(0.03):
        kind = ReliefKind.PARDON
    elif charge["sentence_kind"] == _S.PRISON.value:
        kind = ReliefKind.CERTIFICATE_OF_REHABILITATION
    elif charge["severity"] == Severity.FELONY.value and rng.happens(0.5):
        kind = ReliefKind.REDUCED_17B
    court = {name: None if kind is ReliefKind.PARDON else charge[name] for name in ("court_ori", "court_name")}
    yield "relief", {**_part_of(cycle, ids), "kind": kind.value, "granted_on": iso(granted), **court}


def _programs(cycle: Columns, rng: Rng, ids: Iterator[int]) -> Iterator[Row]:
    """A programme for one in three who are or were supervised."""
    if not cycle["supervision_kind"] or not rng.happens(0.35):
        return
    started = min(TODAY, ordinal(cycle["supervision_starts_on"]) + rng.integer(10, 120))
    ends = started + rng.integer(90, YEAR)
    is_under_way = ends > TODAY and cycle["supervision_status"] == SupervisionStatus.ACTIVE.value
    status = ProgramStatus.COMPLETED if rng.happens(0.7) else ProgramStatus.DISCHARGED
    kind = rng.one_of(_PROGRAM)
    yield (
        "program",
        {
            **_part_of(cycle, ids),
            "kind": kind,
            "name": f"{rng.one_of(_WEIGHTS['program_providers'])}, {ProgramKind(kind).name.replace('_', ' ').lower()}",
            "status": ProgramStatus.ENROLLED.value if is_under_way else status.value,
            "started_on": iso(started),
            "ended_on": None if is_under_way else iso(min(ends, TODAY)),
        },
    )


def _part_of(cycle: Columns, ids: Iterator[int]) -> Columns:
    return {"id": next(ids), "cii_number": cycle["cii_number"], "cycle": cycle["id"]}


def demo_parts(cycle: Columns, table: str, parts: Iterable[Columns]) -> Iterator[Row]:
    """The rows of a demonstration cycle in a table of parts: its relief, or its programmes."""
    ids = count(cycle["id"] * 10 + 1)
    yield from ((table, {**_part_of(cycle, ids), **each}) for each in parts)
