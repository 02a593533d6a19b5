"""Planted misuse of every kind, from faint to gross, and the findings that detectors should make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bench.misuse.agency_roster import Officer, Person, Roster
from bench.misuse.honest_work import MONDAY, Inquiry, Work, all_people
from policy.flags import Flag
from policy.reasons import Reason
from policy.roles import Role
from seed.rng import Rng

Key = tuple[str | None, str | None]
"""User and subject of a finding; one of them may be None."""

FIELD = (Role.PATROL, Role.INVESTIGATOR, Role.DISPATCHER)


@dataclass(slots=True)
class Planter:
    """Generator of misuse. Each kind has its own officers, so that each expected finding is known."""

    rng: Rng
    roster: Roster
    work: Work
    repetitions: int
    keys: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    ends: dict[str, datetime] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def change_habits(self) -> None:
        """Change habits, which show in all inquiries of an officer. Call it before the honest work."""
        for officer in self.pick("no-case", Role.INVESTIGATOR, Role.PROSECUTOR):
            officer.omission_rate = 0.25 + 0.6 * self.rng.random()
        for officer in self.pick("sex-skew", *FIELD):
            officer.women = 0.75 + 0.22 * self.rng.random()
        for officer in self.pick("ended-account"):
            self.ends[officer.user] = self.week_start(self.rng.integer(1, self.work.weeks - 1))
        for officer in self.pick(None):  # accounts that ended and were not used afterwards
            self.ends[officer.user] = self.week_start(self.rng.integer(1, self.work.weeks - 1))

    def inquiries(self) -> Iterator[Inquiry]:
        kinds: Mapping[str, Callable[[Officer], Iterator[Inquiry]]] = {
            "own-record": self.own_record,
            "same-surname": self.same_surname,
            "colleague": self.colleagues,
            "volume": self.volume,
            "off-shift": self.off_shift,
        }
        for kind, misuse in kinds.items():
            for officer in self.pick(kind, *FIELD):
                yield from misuse(officer)
        for officer in self.pick(None, *FIELD):
            yield from self.repeated_subject(officer)
        for _ in range(self.repetitions):
            yield from self.many_users()
        for user in sorted(user for user, _ in self.keys["ended-account"] if user):
            officer = next(officer for officer in self.roster.officers if officer.user == user)
            for _ in range(self.rng.integer(1, 6)):
                yield self.inquiry(officer, self.random_person(), at=self.within_two_weeks(self.ends[officer.user]))

    def is_possible(self, inquiry: Inquiry) -> bool:
        """Whether honest work can include this inquiry: not after the account ended."""
        return inquiry.at < self.ends.get(inquiry.officer.user, inquiry.at + timedelta(1))

    def own_record(self, officer: Officer) -> Iterator[Inquiry]:
        for _ in range(self.rng.integer(1, 3)):
            yield self.inquiry(officer, flags=frozenset({Flag.OWN_RECORD}))

    def same_surname(self, officer: Officer) -> Iterator[Inquiry]:
        """Inquiries about three to six relatives, a few times each: under plausible case numbers, or as if stopped."""
        family = [person for person in all_people(self.roster) if person.surname == officer.surname]
        relatives, is_case = self.rng.integer(3, 6), self.rng.happens(0.5)
        yield from self.repeated(officer, family, relatives, inquiries_each=(2, 4), is_case=is_case)

    def colleagues(self, officer: Officer) -> Iterator[Inquiry]:
        staff = [person for person in all_people(self.roster) if person.agency == officer.agency]
        yield from self.repeated(officer, staff, self.rng.integer(3, 8), inquiries_each=(1, 3))

    def repeated(
        self,
        officer: Officer,
        people: list[Person],
        count: int,
        *,
        inquiries_each: tuple[int, int],
        is_case: bool = True,
    ) -> Iterator[Inquiry]:
        for _ in range(count):
            subject = self.rng.one_of(people)
            for _ in range(self.rng.integer(*inquiries_each)):
                if is_case:
                    case = self.work.new_case_number()
                    yield self.inquiry(officer, subject, reason=Reason.INVESTIGATION, case=case, is_aal2=True)
                else:
                    reason = self.rng.one_of((Reason.TRAFFIC_STOP, Reason.CALL_FOR_SERVICE))
                    yield self.inquiry(officer, subject, reason=reason)

    def volume(self, officer: Officer) -> Iterator[Inquiry]:
        """Many people in one week, as for a list that is sold."""
        week = self.rng.integer(0, self.work.weeks - 1)
        for _ in range(round(officer.activity * (60 + 300 * self.rng.random()))):
            at = self.work.shift_time(officer)
            yield self.inquiry(officer, self.random_person(), at=at + timedelta(weeks=week - (at - MONDAY).days // 7))

    def off_shift(self, officer: Officer) -> Iterator[Inquiry]:
        """Eight to thirty inquiries, twelve hours from the middle of the shift."""
        for _ in range(self.rng.integer(8, 30)):
            week = self.rng.integer(0, self.work.weeks - 1)
            hours = officer.shift_starts[week] + 17 + 4 * (self.rng.random() - 0.5)
            day = self.rng.integer(0, 6)
            yield self.inquiry(officer, self.random_person(), at=MONDAY + timedelta(weeks=week, days=day, hours=hours))

    def repeated_subject(self, officer: Officer) -> Iterator[Inquiry]:
        """Inquiries about one person, on six to thirty days."""
        subject = self.random_person()
        self.keys["again"].add((officer.user, subject.id))
        for _ in range(self.rng.integer(6, 30)):
            yield self.inquiry(officer, subject)

    def many_users(self) -> Iterator[Inquiry]:
        """Inquiries about a person in the news: eight to forty users within five days, none with a case."""
        subject = self.random_person()
        self.keys["many-users"].add((None, subject.id))
        week = self.rng.integer(0, self.work.weeks - 1)
        for _ in range(self.rng.integer(8, 40)):
            officer = self.rng.one_of(self.roster.officers)
            if officer.user in self.ends:
                continue
            hours = officer.shift_starts[week] + 8 * self.rng.random()
            day = self.rng.integer(0, 4)
            yield self.inquiry(officer, subject, at=MONDAY + timedelta(weeks=week, days=day, hours=hours))

    def inquiry(
        self,
        officer: Officer,
        *people: Person,
        at: datetime | None = None,
        reason: Reason = Reason.CALL_FOR_SERVICE,
        case: str | None = None,
        is_aal2: bool = False,
        flags: frozenset[Flag] = frozenset(),
    ) -> Inquiry:
        return Inquiry(at or self.work.shift_time(officer), officer, reason, case, people, is_aal2, flags)

    def pick(self, kind: str | None, *roles: Role) -> list[Officer]:
        """Officers who have no other planted misuse."""
        free = [officer for officer in self.roster.of_role(*(roles or Role)) if officer.user not in self.taken]
        picked = [free.pop(self.rng.integer(0, len(free) - 1)) for _ in range(self.repetitions)]
        self.taken |= {officer.user for officer in picked}
        if kind is not None:
            self.keys[kind] |= {(officer.user, None) for officer in picked}
        return picked

    def random_person(self) -> Person:
        return self.work.person(self.rng.one_of(self.roster.officers))

    def week_start(self, week: int) -> datetime:
        return MONDAY + timedelta(weeks=week)

    def within_two_weeks(self, end: datetime) -> datetime:
        return end + timedelta(days=14 * self.rng.random())
