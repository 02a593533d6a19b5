"""Misuse report: the results of every detector over one journal, the highest score first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from audit.misuse.broken_rules import ended_account, own_record
from audit.misuse.finding import Finding, MissingInput, TooFewPeers
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.off_shift import off_shift
from audit.misuse.shares import colleague, no_case, same_surname, sex_skew
from audit.misuse.subject_counts import many_users, repeated_subject
from audit.misuse.volume import volume
from policy.described_enum import DescribedEnum


class Detector(NamedTuple):
    """Detector of one kind of misuse. `find` raises MissingInput or TooFewPeers if it cannot compare."""

    name: str
    looks_for: str
    find: Callable[[InquiryTables], Iterable[Finding]]


DETECTORS = (
    Detector("own-record", "the officer's own record", own_record),
    Detector("same-surname", "people of the officer's surname, beyond chance", same_surname),
    Detector("colleague", "people who work for the officer's agency, more than others query theirs", colleague),
    Detector("many-users", "one subject queried by many officers", many_users),
    Detector("again", "one officer querying the same subject again and again, with no new case", repeated_subject),
    Detector("volume", "far more inquiries than colleagues in the same role", volume),
    Detector(
        "off-shift", "inquiries outside the officer's own hours, more than colleagues in the same role", off_shift
    ),
    Detector(
        "no-case", "a reason that has a case, without the case number, more than colleagues in the same role", no_case
    ),
    Detector("sex-skew", "mostly women, or mostly men, unlike colleagues in the same role", sex_skew),
    Detector("ended-account", "any inquiry after the account ended", ended_account),
)


class State(DescribedEnum):
    """State of one detector after the run, and in two words why it could find nothing."""

    DONE = "DONE", "too few"
    NOT_RUN = "NOT_RUN", "not run"  # its input was not given
    FAILED = "FAILED", "failed"


@dataclass(frozen=True, slots=True)
class DetectorResult:
    """Findings of one detector; `why` says why it could find none."""

    name: str
    looks_for: str
    state: State
    findings: tuple[Finding, ...] = ()
    why: str | None = None

    @property
    def outcome(self) -> str:
        """The result in words, if there are no findings."""
        reason = self.why or "nothing"
        return reason if self.state is State.DONE else f"{self.state.meaning}: {reason}"


@dataclass(frozen=True, slots=True)
class Report:
    """Results for the inquiries from `first` to `last`, which are None if there are no inquiries."""

    inquiries: int
    users: int
    first: str | None
    last: str | None
    by_day: tuple[tuple[str, int], ...] = ()
    detectors: tuple[DetectorResult, ...] = ()

    @property
    def failed(self) -> list[str]:
        return [each.name for each in self.detectors if each.state is State.FAILED]

    @property
    def period(self) -> str:
        """The number of inquiries and users, and the days they are of, in words."""
        if self.first is None or self.last is None:
            return "There are no inquiries."
        days = f"{self.first[:10]} to {self.last[:10]} (UTC)"
        return f"Inquiries: {self.inquiries:,}. Users: {self.users:,}. Days: {days}."


def build_report(tables: InquiryTables) -> Report:
    """Run every detector. One that fails is reported as failed, and the others still run."""
    ((inquiries, users, first, last),) = tables.rows(
        "SELECT count(*), count(DISTINCT user), min(at), max(at) FROM inquiry"
    )
    days = tables.rows("SELECT substr(min(at), 1, 10), count(*) FROM inquiry GROUP BY day")
    results = (_run(detector, tables) for detector in DETECTORS)
    return Report(inquiries, users, first, last, tuple(days), tuple(results))


def _run(detector: Detector, tables: InquiryTables) -> DetectorResult:
    state, findings, why = State.DONE, [], None
    try:
        findings = sorted(detector.find(tables), key=lambda each: (-each.score, -each.count, each.user or ""))
    except TooFewPeers as reason:
        why = str(reason)
    except MissingInput as missing:
        state, why = State.NOT_RUN, str(missing)
    except Exception as fault:  # noqa: BLE001 - any fault of one detector must not hide the findings of the others
        state, why = State.FAILED, f"{type(fault).__name__}: {fault}"
    return DetectorResult(detector.name, detector.looks_for, state, tuple(findings), why)
