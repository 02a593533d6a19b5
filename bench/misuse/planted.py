"""Misuse of every kind, weak and strong, planted among honest work, and whom a detector should point to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bench.misuse.force import Force, Officer, Person
from bench.misuse.honest import MONDAY, Ask, Work, everybody
from policy.flags import Flag
from policy.reasons import Reason
from policy.roles import Role
from seed.rng import Rng

Key = tuple[str | None, str | None]
"""A user, a subject or both, as findings have them."""

MANY = 12  # of each kind among 100,000 inquiries; fewer among fewer
FIELD = (Role.PATROL, Role.INVESTIGATOR, Role.DISPATCHER)


@dataclass(slots=True)
class Planter:
    """Plants each kind in officers of its own, so that it is known who did what."""

    chance: Rng
    force: Force
    work: Work
    each: int
    keys: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    ends: dict[str, datetime] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def habits(self) -> None:
        """What shows in all that an officer does; to be called before they begin to work."""
        for officer in self.pick("no-case", Role.INVESTIGATOR, Role.PROSECUTOR):
            officer.forgets = 0.25 + 0.6 * self.chance.random()
        for officer in self.pick("sex-skew", *FIELD):
            officer.women = 0.75 + 0.22 * self.chance.random()
        for officer in self.pick("ended-account"):
            self.ends[officer.user] = self.at(self.chance.integer(1, self.work.weeks - 1))
        for officer in self.pick(None):  # whose account ended, and who kept away from it
            self.ends[officer.user] = self.at(self.chance.integer(1, self.work.weeks - 1))

    def asks(self) -> Iterator[Ask]:
        kinds: Mapping[str, Callable[[Officer], Iterator[Ask]]] = {
            "own-record": self.own_record,
            "same-surname": self.relatives,
            "colleague": self.colleagues,
            "volume": self.flood,
            "off-shift": self.off_shift,
        }
        for kind, misuse in kinds.items():
            for officer in self.pick(kind, *FIELD):
                yield from misuse(officer)
        for officer in self.pick(None, *FIELD):
            yield from self.again(officer)
        for _ in range(self.each):
            yield from self.crowd()
        for user in sorted(user for user, _ in self.keys["ended-account"] if user):
            officer = next(officer for officer in self.force.officers if officer.user == user)
            for _ in range(self.chance.integer(1, 6)):
                yield self.ask(officer, self.stranger(), at=self.after(self.ends[officer.user]))

    def keeps(self, ask: Ask) -> bool:
        """Whether honest work could be asked: not once the account had ended."""
        return ask.at < self.ends.get(ask.officer.user, ask.at + timedelta(1))

    def own_record(self, officer: Officer) -> Iterator[Ask]:
        for _ in range(self.chance.integer(1, 3)):
            yield self.ask(officer, flags=frozenset({Flag.OWN_RECORD}))

    def relatives(self, officer: Officer) -> Iterator[Ask]:
        """Three to six of them, once or a few times each, under a case number that looks like one."""
        family = [person for person in everybody(self.force) if person.surname == officer.surname]
        yield from self.some(officer, family, self.chance.integer(3, 6), looks=(2, 4), reason=Reason.INVESTIGATION)

    def colleagues(self, officer: Officer) -> Iterator[Ask]:
        staff = [person for person in everybody(self.force) if person.agency == officer.agency]
        yield from self.some(officer, staff, self.chance.integer(3, 8), looks=(1, 3), reason=Reason.INVESTIGATION)

    def some(
        self, officer: Officer, people: list[Person], count: int, *, looks: tuple[int, int], reason: Reason
    ) -> Iterator[Ask]:
        for _ in range(count):
            somebody = self.chance.one_of(people)
            for _ in range(self.chance.integer(*looks)):
                yield self.ask(officer, somebody, reason=reason, case=self.work.number(), is_aal2=True)

    def flood(self, officer: Officer) -> Iterator[Ask]:
        """People looked up one after the other in one week, as for a list that is sold."""
        week = self.chance.integer(0, self.work.weeks - 1)
        for _ in range(round(officer.activity * (60 + 300 * self.chance.random()))):
            at = self.work.moment(officer)
            yield self.ask(officer, self.stranger(), at=at + timedelta(weeks=week - (at - MONDAY).days // 7))

    def off_shift(self, officer: Officer) -> Iterator[Ask]:
        """From eight to thirty looks, twelve hours off the middle of the shift."""
        for _ in range(self.chance.integer(8, 30)):
            week = self.chance.integer(0, self.work.weeks - 1)
            hours = officer.begins[week] + 17 + 4 * (self.chance.random() - 0.5)
            day = self.chance.integer(0, 6)
            yield self.ask(officer, self.stranger(), at=MONDAY + timedelta(weeks=week, days=day, hours=hours))

    def again(self, officer: Officer) -> Iterator[Ask]:
        """One person, on six to thirty days."""
        somebody = self.stranger()
        self.keys["again"].add((officer.user, somebody.id))
        for _ in range(self.chance.integer(6, 30)):
            yield self.ask(officer, somebody)

    def crowd(self) -> Iterator[Ask]:
        """Somebody in the news: eight to forty users within five days, none with a case."""
        somebody = self.stranger()
        self.keys["many-users"].add((None, somebody.id))
        week = self.chance.integer(0, self.work.weeks - 1)
        for _ in range(self.chance.integer(8, 40)):
            officer = self.chance.one_of(self.force.officers)
            if officer.user in self.ends:
                continue
            hours = officer.begins[week] + 8 * self.chance.random()
            day = self.chance.integer(0, 4)
            yield self.ask(officer, somebody, at=MONDAY + timedelta(weeks=week, days=day, hours=hours))

    def ask(
        self,
        officer: Officer,
        *people: Person,
        at: datetime | None = None,
        reason: Reason = Reason.CALL_FOR_SERVICE,
        case: str | None = None,
        is_aal2: bool = False,
        flags: frozenset[Flag] = frozenset(),
    ) -> Ask:
        return Ask(at or self.work.moment(officer), officer, reason, case, people, is_aal2, flags)

    def pick(self, kind: str | None, *roles: Role) -> list[Officer]:
        """Officers who have done nothing else yet."""
        free = [officer for officer in self.force.of_role(*(roles or Role)) if officer.user not in self.taken]
        picked = [free.pop(self.chance.integer(0, len(free) - 1)) for _ in range(self.each)]
        self.taken |= {officer.user for officer in picked}
        if kind is not None:
            self.keys[kind] |= {(officer.user, None) for officer in picked}
        return picked

    def stranger(self) -> Person:
        return self.work.somebody(self.chance.one_of(self.force.officers))

    def at(self, week: int) -> datetime:
        return MONDAY + timedelta(weeks=week)

    def after(self, end: datetime) -> datetime:
        return end + timedelta(days=14 * self.chance.random())
