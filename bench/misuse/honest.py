"""Honest work: incidents on shift, cases with several looks, pages of hits, overtime, numbers forgotten. No misuse."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, chain

from bench.misuse.force import TOWNS, Force, Officer, Person
from policy.flags import REASONS_WITH_CASE, Flag
from policy.reasons import Reason
from policy.roles import Role
from seed.rng import Rng, weighted

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
SHIFT_HOURS = 10
WORKED = 4  # days of a week
KNOWN_TO_OFFICERS = 1.5  # the higher, the more often the same few people are met
PAGE = (6, 20)

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
NUMBERED = {R.CALL_FOR_SERVICE: 0.4, R.SUPERVISION_CHECK: 0.7}  # the share that has a case number all the same
TWO_FACTORS = {Role.PATROL: 0.25, Role.DISPATCHER: 0.1}


@dataclass(frozen=True, slots=True)
class Ask:
    """One inquiry as it happened."""

    at: datetime
    officer: Officer
    reason: Reason
    case: str | None
    people: tuple[Person, ...]
    is_aal2: bool
    flags: frozenset[Flag] = frozenset()

    @property
    def seen(self) -> frozenset[Flag]:
        """What the server would mark: only who has stepped up is shown a namesake or a colleague."""
        flags = set(self.flags)
        if self.reason in REASONS_WITH_CASE and self.case is None:
            flags.add(Flag.NO_CASE)
        if self.is_aal2 and self.case is not None:
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
    """Makes asks. Cases stay open from one incident to the next."""

    chance: Rng
    force: Force
    weeks: int
    cases: dict[str, list[Case]] = field(default_factory=lambda: defaultdict(list))
    opened: int = 0

    def asks(self) -> Iterator[Ask]:
        """One incident after the other, without an end; in no order of time."""
        weights = list(accumulate(officer.activity for officer in self.force.officers))
        while True:
            officer = self.force.officers[bisect(weights, self.chance.random() * weights[-1])]
            yield from self.incident(officer, self.moment(officer))

    def moment(self, officer: Officer) -> datetime:
        """A moment on shift; for one in a hundred, up to four hours after it, and rarely at any hour at all."""
        chance = self.chance
        week = chance.integer(0, self.weeks - 1)
        day = (officer.rests + 3 + chance.integer(0, WORKED - 1)) % 7
        hours = chance.random() * SHIFT_HOURS
        if chance.happens(0.01):
            hours = SHIFT_HOURS + chance.random() * 4
        if chance.happens(0.003):
            hours = chance.random() * 24
        return MONDAY + timedelta(weeks=week, days=day, hours=officer.begins[week] + hours)

    def incident(self, officer: Officer, at: datetime) -> list[Ask]:
        chance = self.chance
        reason = chance.one_of(WORK[officer.role])
        if reason in REASONS_WITH_CASE or reason is Reason.SUPERVISION_CHECK:
            case = self.case(officer)
            people, number = (chance.one_of(case.people),), case.number
            forgets = 1 - NUMBERED[reason] if reason in NUMBERED else officer.forgets
        else:
            people = tuple(self.somebody(officer) for _ in range(chance.one_of((1, 1, 1, 2, 3))))
            number, forgets = self.number(), 1 - NUMBERED.get(reason, 0.1)
        named = None if chance.happens(forgets) else number
        is_aal2 = chance.happens(TWO_FACTORS.get(officer.role, 0.7))
        first = Ask(at, officer, reason, named, people, is_aal2)
        looks = [first]
        if chance.happens(0.12):  # found by name: a page of hits, then the one
            page = tuple(self.somebody(officer) for _ in range(chance.integer(*PAGE)))
            looks.insert(0, replace(first, people=page))
        looks += [first] * chance.one_of((0, 0, 0, 1, 1, 2))
        return [replace(look, at=at + timedelta(minutes=2 * place)) for place, look in enumerate(looks)]

    def case(self, officer: Officer) -> Case:
        """One of those that they have open, or a new one. A probation officer has the same people for months."""
        mine, is_caseload = self.cases[officer.user], officer.role is Role.SUPERVISION
        if not mine or (len(mine) < 30 if is_caseload else self.chance.happens(0.25)):
            people = 1 if is_caseload else self.chance.integer(1, 5)
            mine.append(Case(self.number(), [self.somebody(officer) for _ in range(people)]))
        return self.chance.one_of(mine if is_caseload else mine[-4:])

    def somebody(self, officer: Officer) -> Person:
        chance = self.chance
        town = officer.town if chance.happens(0.85) else chance.integer(0, TOWNS - 1)
        residents = self.force.people[town, "F" if chance.happens(officer.women) else "M"]
        return residents[int(chance.random() ** KNOWN_TO_OFFICERS * len(residents))]

    def number(self) -> str:
        self.opened += 1
        return f"26-{self.opened:06}"

    def fugitives(self, count: int) -> Iterator[Ask]:
        """Wanted people whom many officers ask about within some days, as they should: under the case."""
        for _ in range(count):
            wanted, case = self.somebody(self.chance.one_of(self.force.officers)), self.number()
            officers = self.force.of_role(Role.PATROL, Role.INVESTIGATOR)
            begins = self.chance.integer(0, self.weeks - 1)
            for _ in range(self.chance.integer(20, 40)):
                officer = self.chance.one_of(officers)
                at = self.moment(officer)
                week = (at - MONDAY).days // 7
                yield Ask(
                    at + timedelta(weeks=begins - week), officer, Reason.WARRANT_SERVICE, case, (wanted,), is_aal2=True
                )


def everybody(force: Force) -> Iterator[Person]:
    return chain.from_iterable(force.people.values())
