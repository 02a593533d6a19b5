"""Honest work: incidents on shift, cases with several inquiries, pages of hits, overtime, forgotten case numbers."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, chain

from bench.misuse.agency_roster import TOWNS, Officer, Person, Roster
from policy.flags import REASONS_WITH_CASE, Flag
from policy.reasons import Reason
from policy.roles import Role
from seed.rng import Rng, weighted

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
SHIFT_HOURS = 10
WORK_DAYS = 4  # days of a week
FAMILIARITY = 1.5  # above 1, few people are queried often
HITS_PER_PAGE = (6, 20)

R = Reason
WORK = {
    Role.PATROL: weighted({R.TRAFFIC_STOP: 55, R.CALL_FOR_SERVICE: 35, R.INVESTIGATION: 7, R.WARRANT_SERVICE: 3}),
    Role.DISPATCHER: weighted({R.CALL_FOR_SERVICE: 70, R.TRAFFIC_STOP: 30}),
    Role.INVESTIGATOR: weighted({R.INVESTIGATION: 85, R.WARRANT_SERVICE: 10, R.CALL_FOR_SERVICE: 5}),
    Role.RECORDS: weighted({R.RECORD_MAINTENANCE: 50, R.BOOKING: 25, R.EMPLOYMENT_BACKGROUND: 15, R.INVESTIGATION: 10}),
    Role.SUPERVISION: weighted({R.SUPERVISION_CHECK: 90, R.INVESTIGATION: 10}),
    Role.PROSECUTOR: weighted({R.COURT_PROCEEDING: 90, R.INVESTIGATION: 10}),
    Role.COURT: weighted({R.COURT_PROCEEDING: 1}),
    Role.JAIL: weighted({R.BOOKING: 90, R.WARRANT_SERVICE: 10}),
}
PURPOSE = {R.EMPLOYMENT_BACKGROUND: "J", R.RECORD_MAINTENANCE: "A"}
CASE_NUMBER_RATE = {
    R.CALL_FOR_SERVICE: 0.4,
    R.SUPERVISION_CHECK: 0.7,
}  # for reasons that need none
AAL2_RATE = {Role.PATROL: 0.25, Role.DISPATCHER: 0.1}


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One inquiry."""

    at: datetime
    officer: Officer
    reason: Reason
    case: str | None
    people: tuple[Person, ...]
    is_aal2: bool
    flags: frozenset[Flag] = frozenset()

    @property
    def all_flags(self) -> frozenset[Flag]:
        """Flags that the server would set."""
        flags = set(self.flags)
        if self.reason in REASONS_WITH_CASE and self.case is None:
            flags.add(Flag.NO_CASE)
        if any(person.surname == self.officer.surname for person in self.people):
            flags.add(Flag.SAME_SURNAME)
        if any(person.agency == self.officer.agency for person in self.people):
            flags.add(Flag.COLLEAGUE)
        return frozenset(flags)


@dataclass(slots=True)
class Case:
    number: str
    people: list[Person]


@dataclass(slots=True)
class Work:
    """Generator of inquiries. Cases stay open from one incident to the next."""

    rng: Rng
    roster: Roster
    weeks: int
    cases: dict[str, list[Case]] = field(default_factory=lambda: defaultdict(list))
    opened: int = 0

    def inquiries(self) -> Iterator[Inquiry]:
        """Endless inquiries, incident by incident, in no order of time."""
        weights = list(accumulate(officer.activity for officer in self.roster.officers))
        while True:
            officer = self.roster.officers[bisect(weights, self.rng.random() * weights[-1])]
            yield from self.incident(officer, self.shift_time(officer))

    def shift_time(self, officer: Officer) -> datetime:
        """A time on shift; in one of a hundred cases up to four hours after it, and rarely at any hour."""
        rng = self.rng
        week = rng.integer(0, self.weeks - 1)
        day = (officer.first_day_off + 3 + rng.integer(0, WORK_DAYS - 1)) % 7
        hours = rng.random() * SHIFT_HOURS
        if rng.happens(0.01):
            hours = SHIFT_HOURS + rng.random() * 4
        if rng.happens(0.003):
            hours = rng.random() * 24
        return MONDAY + timedelta(weeks=week, days=day, hours=officer.shift_starts[week] + hours)

    def incident(self, officer: Officer, at: datetime) -> list[Inquiry]:
        rng = self.rng
        reason = rng.one_of(WORK[officer.role])
        if reason in REASONS_WITH_CASE or reason is Reason.SUPERVISION_CHECK:
            case = self.case(officer)
            people: tuple[Person, ...] = (rng.one_of(case.people),)
            number = case.number
            omission_rate = 1 - CASE_NUMBER_RATE[reason] if reason in CASE_NUMBER_RATE else officer.omission_rate
        else:
            people = tuple(self.person(officer) for _ in range(rng.one_of((1, 1, 1, 2, 3))))
            number, omission_rate = self.new_case_number(), 1 - CASE_NUMBER_RATE.get(reason, 0.1)
        named = None if rng.happens(omission_rate) else number
        is_aal2 = rng.happens(AAL2_RATE.get(officer.role, 0.7))
        first = Inquiry(at, officer, reason, named, people, is_aal2)
        inquiries = [first]
        if rng.happens(0.12):  # a search by name: a page of hits, then one of them
            page = tuple(self.person(officer) for _ in range(rng.integer(*HITS_PER_PAGE)))
            inquiries.insert(0, replace(first, people=page))
        inquiries += [first] * rng.one_of((0, 0, 0, 1, 1, 2))
        return [replace(inquiry, at=at + timedelta(minutes=2 * index)) for index, inquiry in enumerate(inquiries)]

    def case(self, officer: Officer) -> Case:
        """One of the officer's open cases, or a new one. A probation officer has the same people for months."""
        cases, is_caseload = self.cases[officer.user], officer.role is Role.SUPERVISION
        if not cases or (len(cases) < 30 if is_caseload else self.rng.happens(0.25)):
            people = 1 if is_caseload else self.rng.integer(1, 5)
            cases.append(Case(self.new_case_number(), [self.person(officer) for _ in range(people)]))
        return self.rng.one_of(cases if is_caseload else cases[-4:])

    def person(self, officer: Officer) -> Person:
        rng = self.rng
        town = officer.town if rng.happens(0.85) else rng.integer(0, TOWNS - 1)
        residents = self.roster.people[town, "F" if rng.happens(officer.women) else "M"]
        return residents[int(rng.random() ** FAMILIARITY * len(residents))]

    def new_case_number(self) -> str:
        self.opened += 1
        return f"26-{self.opened:06}"

    def fugitives(self, count: int) -> Iterator[Inquiry]:
        """Inquiries of many officers within some days about wanted people, each under the case number."""
        for _ in range(count):
            wanted, case = self.person(self.rng.one_of(self.roster.officers)), self.new_case_number()
            officers = self.roster.of_role(Role.PATROL, Role.INVESTIGATOR)
            first_week = self.rng.integer(0, self.weeks - 1)
            for _ in range(self.rng.integer(20, 40)):
                officer = self.rng.one_of(officers)
                at = self.shift_time(officer)
                week = (at - MONDAY).days // 7
                at += timedelta(weeks=first_week - week)
                yield Inquiry(at, officer, Reason.WARRANT_SERVICE, case, (wanted,), is_aal2=True)


def all_people(roster: Roster) -> Iterator[Person]:
    return chain.from_iterable(roster.people.values())
