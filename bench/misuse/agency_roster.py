"""Synthetic agencies, officers with their habits, and the people of some towns."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp
from statistics import NormalDist

from policy.roles import Role
from seed.rng import Rng, weighted

TOWNS = 10
PEOPLE_PER_OFFICER = 40
SURNAMES = 2_000
# Officers of each role among a hundred, and how many inquiries each makes compared with a patrol officer.
ROLES = weighted({
    Role.PATROL: 58, Role.INVESTIGATOR: 14, Role.DISPATCHER: 9, Role.RECORDS: 6, Role.SUPERVISION: 5, Role.JAIL: 4,
    Role.PROSECUTOR: 3, Role.COURT: 1,
})  # fmt: skip
ACTIVITY = {Role.DISPATCHER: 2.5, Role.RECORDS: 2.0, Role.COURT: 0.6}
SHARE_OF_WOMEN = {Role.PATROL: 0.33, Role.INVESTIGATOR: 0.42, Role.SUPERVISION: 0.2, Role.JAIL: 0.2}
DAYS, EVENINGS, NIGHTS = 15, 23, 7  # start of a shift in UTC: 07:00, 15:00 and 23:00 Pacific
ROUND_THE_CLOCK = frozenset({Role.PATROL, Role.DISPATCHER, Role.JAIL})


@dataclass(frozen=True, slots=True)
class Person:
    """Person on file. `agency` is the employer; None for most."""

    id: str
    sex: str
    surname: int
    agency: str | None


@dataclass(slots=True)
class Officer:
    """User and their habits.

    activity:      number of inquiries compared with others.
    omission_rate: share of inquiries without their case number.
    women:         share of women among the people queried.
    shift_starts:  hour (UTC) at which the shift starts in each week.
    first_day_off: first of three days off, 0 to 6.
    """

    user: str
    role: Role
    town: int
    surname: int
    activity: float
    omission_rate: float
    women: float
    shift_starts: list[int]
    first_day_off: int

    @property
    def agency(self) -> str:
        return f"CA9{self.town:02}{list(Role).index(self.role):02}00"


@dataclass(frozen=True, slots=True)
class Roster:
    """All officers, and all people by town and sex, those best known to officers first."""

    officers: Sequence[Officer]
    people: dict[tuple[int, str], list[Person]]

    def of_role(self, *roles: Role) -> list[Officer]:
        return [officer for officer in self.officers if officer.role in roles]


def build_roster(rng: Rng, officers: int, weeks: int) -> Roster:
    surnames = list(accumulate(1 / (rank + 10) for rank in range(1, SURNAMES + 1)))  # the commonest: 17 in 1,000

    def surname() -> int:
        return bisect(surnames, rng.random() * surnames[-1])

    staff = [_officer(rng, number, surname(), weeks) for number in range(officers)]
    people: dict[tuple[int, str], list[Person]] = {(town, sex): [] for town in range(TOWNS) for sex in "FM"}
    # Officers are on file too.
    numbered = [(officer.surname, officer.agency) for officer in staff]
    numbered += [(surname(), None) for _ in range(officers * (PEOPLE_PER_OFFICER - 1))]  # type: ignore[misc]
    for number, (name, agency) in enumerate(numbered):
        town, sex = rng.integer(0, TOWNS - 1), rng.one_of("FM")
        index = rng.integer(0, len(people[town, sex]))
        people[town, sex].insert(index, Person(f"persons/P{number:07}", sex, name, agency))
    return Roster(staff, people)


def _officer(rng: Rng, number: int, surname: int, weeks: int) -> Officer:
    role = rng.one_of(ROLES)
    women = SHARE_OF_WOMEN.get(role, 0.4)
    shift_starts = [rng.one_of((DAYS, EVENINGS, NIGHTS)) if role in ROUND_THE_CLOCK else DAYS] * weeks
    if role in ROUND_THE_CLOCK and rng.happens(0.25):  # moves to another shift in some week
        move = rng.integer(1, max(weeks - 1, 1))
        shift_starts = shift_starts[:move] + [rng.one_of((DAYS, EVENINGS, NIGHTS))] * (weeks - move)
    return Officer(
        user=f"u{number:04}",
        role=role,
        town=number % TOWNS,
        surname=surname,
        activity=ACTIVITY.get(role, 1.0) * exp(0.5 * normal(rng)),
        omission_rate=min(0.3, 0.03 * exp(0.6 * normal(rng))),
        # One investigator in ten works on domestic violence, where victims are queried as well.
        women=0.6 if role is Role.INVESTIGATOR and rng.happens(0.1) else women + 0.05 * normal(rng),
        shift_starts=shift_starts,
        first_day_off=rng.integer(0, 6),
    )


def normal(rng: Rng) -> float:
    """A draw from the standard normal distribution."""
    return NormalDist().inv_cdf(min(max(rng.random(), 1e-9), 1 - 1e-9))
