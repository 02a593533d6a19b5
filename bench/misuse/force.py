"""Those who ask and those who are asked about, invented: agencies, officers with their habits, people of some towns."""

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
PEOPLE_FOR_AN_OFFICER = 40
SURNAMES = 2_000
# Of a hundred officers, and how much each asks beside a patrol officer.
ROLES = weighted({
    Role.PATROL: 58, Role.INVESTIGATOR: 14, Role.DISPATCHER: 9, Role.RECORDS: 6, Role.SUPERVISION: 5, Role.JAIL: 4,
    Role.PROSECUTOR: 3, Role.COURT: 1,
})  # fmt: skip
ACTIVITY = {Role.DISPATCHER: 2.5, Role.RECORDS: 2.0, Role.COURT: 0.6}
WOMEN = {Role.PATROL: 0.33, Role.INVESTIGATOR: 0.42, Role.SUPERVISION: 0.2, Role.JAIL: 0.2}
DAYS, EVENINGS, NIGHTS = 15, 23, 7  # when a shift begins, in UTC: 07:00, 15:00 and 23:00 Pacific
ROUND_THE_CLOCK = frozenset({Role.PATROL, Role.DISPATCHER, Role.JAIL})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on file. Most work for no agency."""

    id: str
    sex: str
    surname: int
    agency: str | None


@dataclass(slots=True)
class Officer:
    """One user and their habits.

    activity: how much they ask beside others. forgets: the share of their cases that they do not name.
    women: of those they ask about. begins: the hour (UTC) of their shift in each week.
    rests: the first of their three days off, 0 to 6.
    """

    user: str
    role: Role
    town: int
    surname: int
    activity: float
    forgets: float
    women: float
    begins: list[int]
    rests: int

    @property
    def agency(self) -> str:
        return f"CA{self.town:03}{list(Role).index(self.role):02}00"


@dataclass(frozen=True, slots=True)
class Force:
    """Everybody. `people` are by town and sex, the best known to officers first."""

    officers: Sequence[Officer]
    people: dict[tuple[int, str], list[Person]]

    def of_role(self, *roles: Role) -> list[Officer]:
        return [officer for officer in self.officers if officer.role in roles]


def force(chance: Rng, officers: int, weeks: int) -> Force:
    surnames = list(accumulate(1 / (rank + 10) for rank in range(1, SURNAMES + 1)))  # the commonest: 17 in 1,000

    def surname() -> int:
        return bisect(surnames, chance.random() * surnames[-1])

    everyone = [_officer(chance, number, surname(), weeks) for number in range(officers)]
    people: dict[tuple[int, str], list[Person]] = {(town, sex): [] for town in range(TOWNS) for sex in "FM"}
    # Officers live somewhere too, and are on file.
    numbered = [(officer.surname, officer.agency) for officer in everyone]
    numbered += [(surname(), None) for _ in range(officers * (PEOPLE_FOR_AN_OFFICER - 1))]  # type: ignore[misc]
    for number, (name, agency) in enumerate(numbered):
        town, sex = chance.integer(0, TOWNS - 1), chance.one_of("FM")
        at = chance.integer(0, len(people[town, sex]))
        people[town, sex].insert(at, Person(f"persons/P{number:07}", sex, name, agency))
    return Force(everyone, people)


def _officer(chance: Rng, number: int, surname: int, weeks: int) -> Officer:
    role = chance.one_of(ROLES)
    women = WOMEN.get(role, 0.4)
    begins = [chance.one_of((DAYS, EVENINGS, NIGHTS)) if role in ROUND_THE_CLOCK else DAYS] * weeks
    if role in ROUND_THE_CLOCK and chance.happens(0.25):  # rotates, and not from the first of a month
        move = chance.integer(1, max(weeks - 1, 1))
        begins = begins[:move] + [chance.one_of((DAYS, EVENINGS, NIGHTS))] * (weeks - move)
    return Officer(
        user=f"u{number:04}",
        role=role,
        town=number % TOWNS,
        surname=surname,
        activity=ACTIVITY.get(role, 1.0) * exp(0.5 * normal(chance)),
        forgets=min(0.3, 0.03 * exp(0.6 * normal(chance))),
        # One investigator in ten works on domestic violence, where the victims are on file as well.
        women=0.6 if role is Role.INVESTIGATOR and chance.happens(0.1) else women + 0.05 * normal(chance),
        begins=begins,
        rests=chance.integer(0, 6),
    )


def normal(chance: Rng) -> float:
    """A draw from the standard normal distribution."""
    return NormalDist().inv_cdf(min(max(chance.random(), 1e-9), 1 - 1e-9))
