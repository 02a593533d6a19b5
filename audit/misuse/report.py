"""Misuse report: the results of every detector over one journal, the highest score first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from audit.misuse.broken_rules import ended_account, own_record
from audit.misuse.finding import Finding, MissingInput, Severity, TooFewPeers
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.off_shift import off_shift
from audit.misuse.shares import colleague, no_case, same_surname, sex_skew
from audit.misuse.subject_counts import many_users, repeated_subject
from audit.misuse.thresholds import Thresholds
from audit.misuse.volume import volume
from policy.described_enum import DescribedEnum


class Detector(NamedTuple):
    """Detector of one kind of misuse. `find` raises MissingInput or TooFewPeers if it cannot compare.

    question: the one to ask about a finding, of the officer's supervisor.
    """

    name: str
    looks_for: str
    find: Callable[[InquiryTables], Iterable[Finding]]
    question: str = "What was the work?"


DETECTORS = (
    Detector("own-record", "the officer's own record", own_record, "What work needed the officer's own record?"),
    Detector(
        "same-surname",
        "people of the officer's surname, beyond chance",
        same_surname,
        "Are these people relatives of the officer, and who gave the officer this work?",
    ),
    Detector(
        "colleague",
        "people who work for the officer's agency, more than others query theirs",
        colleague,
        "Which case led to people of the officer's own agency?",
    ),
    Detector(
        "many-users",
        "one subject queried by many officers",
        many_users,
        "What happened around this person in these days, and is there a case that explains it?",
    ),
    Detector(
        "again",
        "one officer querying the same subject again and again, with no new case",
        repeated_subject,
        "Why this subject again and again, and under which case?",
    ),
    Detector(
        "volume",
        "far more inquiries than colleagues in the same role",
        volume,
        "What was the task of that week, and who gave it?",
    ),
    Detector(
        "off-shift",
        "inquiries outside the officer's own hours, more than colleagues in the same role",
        off_shift,
        "Was the officer on duty at these times? Compare them with the roster.",
    ),
    Detector(
        "no-case",
        "a reason that has a case, without the case number, more than colleagues in the same role",
        no_case,
        "Which cases do these inquiries belong to?",
    ),
    Detector(
        "sex-skew",
        "mostly women, or mostly men, unlike colleagues in the same role",
        sex_skew,
        "Which assignment explains whom the officer queries?",
    ),
    Detector(
        "ended-account",
        "any inquiry after the account ended",
        ended_account,
        "Who used the account after it ended, and why did it still work?",
    ),
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
    question: str = ""

    @property
    def title(self) -> str:
        """The kind of misuse in two words: `Own record`."""
        return self.name.replace("-", " ").capitalize()

    @property
    def severities(self) -> dict[Severity, int]:
        """The number of findings of each severity, the gravest first."""
        return _by_severity(self.findings)

    @property
    def outcome(self) -> str:
        """The result in words, if there are no findings."""
        reason = self.why or "nothing"
        return reason if self.state is State.DONE else f"{self.state.meaning}: {reason}"


@dataclass(frozen=True, slots=True)
class Basis:
    """Basis of a report: the journal, its checkpoints and the thresholds.

    made_at, since, until: `stamp`s; None if a bound was not asked for.
    journal:  its place.
    last:     the number of its last entry.
    head:     the hash of that entry, in hex.
    verified: a sentence that says what was verified.
    version:  of this program.
    policy:   the version of the policy in force.
    is_whole: whether the journal is; None if it was not verified.
    """

    made_at: str
    since: str | None
    until: str | None
    journal: str
    last: int
    head: str
    verified: str
    version: str
    policy: str
    thresholds: Thresholds
    is_whole: bool | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Results for the inquiries from `first` to `last`, which are None if there are no inquiries."""

    inquiries: int
    users: int
    first: str | None
    last: str | None
    by_day: tuple[tuple[str, int], ...] = ()
    detectors: tuple[DetectorResult, ...] = ()
    basis: Basis | None = None

    @property
    def findings(self) -> list[Finding]:
        return [finding for each in self.detectors for finding in each.findings]

    @property
    def severities(self) -> dict[Severity, int]:
        """The number of findings of each severity, the gravest first."""
        return _by_severity(self.findings)

    @property
    def summary(self) -> str:
        """The findings in one sentence."""
        if not self.findings:
            return "No findings."
        users = {each.user for each in self.findings if each.user is not None}
        subjects = {each.subject for each in self.findings if each.user is None}
        about = [_counted(len(users), "officer"), _counted(len(subjects), "subject")]
        severities = ", ".join(f"{count} {severity.value}" for severity, count in self.severities.items() if count)
        return f"{_counted(len(self.findings), 'finding')} about {' and '.join(filter(None, about))}: {severities}."

    @property
    def failed(self) -> list[str]:
        return [each.name for each in self.detectors if each.state is State.FAILED]

    @property
    def unjudged(self) -> list[DetectorResult]:
        """The kinds of misuse that were not looked for, or not to the end."""
        return [each for each in self.detectors if each.why is not None]

    @property
    def days(self) -> str:
        """The first and the last day with an inquiry."""
        return f"{self.first[:10]} to {self.last[:10]}" if self.first and self.last else ""

    @property
    def period(self) -> str:
        """The number of inquiries and users, and the days they are of, in words."""
        if not self.days:
            return "There are no inquiries."
        return f"Inquiries: {self.inquiries:,}. Officers: {self.users:,}. Days: {self.days} (UTC)."


def _by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    counts = Counter(each.severity for each in findings)
    return {severity: counts[severity] for severity in Severity}


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}" if count else ""


def build_report(tables: InquiryTables, basis: Basis | None = None) -> Report:
    """Run every detector. One that fails is reported as failed, and the others still run."""
    ((inquiries, users, first, last),) = tables.rows(
        "SELECT count(*), count(DISTINCT user), min(at), max(at) FROM inquiry"
    )
    days = tables.rows("SELECT substr(min(at), 1, 10), count(*) FROM inquiry GROUP BY day")
    results = (_run(detector, tables) for detector in DETECTORS)
    return Report(inquiries, users, first, last, tuple(days), tuple(results), basis)


def _run(detector: Detector, tables: InquiryTables) -> DetectorResult:
    state, findings, why = State.DONE, [], None
    try:
        found = sorted(detector.find(tables), key=lambda each: (-each.score, -each.count, each.user or ""))
        findings = [tables.describe(each) for each in found]
    except TooFewPeers as reason:
        why = str(reason)
    except MissingInput as missing:
        state, why = State.NOT_RUN, str(missing)
    except Exception as fault:  # noqa: BLE001 - any fault of one detector must not hide the findings of the others
        state, why = State.FAILED, f"{type(fault).__name__}: {fault}"
    return DetectorResult(detector.name, detector.looks_for, state, tuple(findings), why, detector.question)
