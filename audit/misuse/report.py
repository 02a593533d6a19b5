"""Misuse report: the results of every detector over one journal, the highest score first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from audit.misuse.ended_account import ENDED_ACCOUNT
from audit.misuse.finding import Detector, Finding, MissingInput, TooFewPeers
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.many_users import MANY_USERS
from audit.misuse.off_shift import OFF_SHIFT
from audit.misuse.own_record import OWN_RECORD
from audit.misuse.repeated_subject import REPEATED_SUBJECT
from audit.misuse.sex_skew import SEX_SKEW
from audit.misuse.shares import COLLEAGUE, NO_CASE, SAME_SURNAME
from audit.misuse.volume import VOLUME

DETECTORS = (
    OWN_RECORD, SAME_SURNAME, COLLEAGUE, MANY_USERS, REPEATED_SUBJECT, VOLUME, OFF_SHIFT, NO_CASE, SEX_SKEW,
    ENDED_ACCOUNT,
)  # fmt: skip


class State(Enum):
    """State of one detector after the run."""

    DONE = "DONE"
    NOT_RUN = "NOT_RUN"  # its input was not given
    FAILED = "FAILED"

    @property
    def without_findings(self) -> str:
        """In two words, why a detector in this state could find nothing."""
        return {"DONE": "too few", "NOT_RUN": "not run", "FAILED": "failed"}[self.value]


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
        return reason if self.state is State.DONE else f"{self.state.without_findings}: {reason}"


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
        """A sentence with the number of inquiries and users, and the days they are of."""
        if self.first is None or self.last is None:
            return "There are no inquiries."
        days = f"{self.first[:10]} to {self.last[:10]} (UTC)"
        return f"{self.inquiries:,} inquiries of {self.users:,} users, {days}."


def build_report(tables: InquiryTables) -> Report:
    """Run every detector. One that fails is reported as failed, and the others still run."""
    ((inquiries, users, first, last),) = tables.rows(
        "SELECT count(*), count(DISTINCT user), min(at), max(at) FROM inquiry"
    )
    days = tables.rows("SELECT substr(min(at), 1, 10), count(*) FROM inquiry GROUP BY day")
    results = (run_detector(detector, tables) for detector in DETECTORS)
    return Report(inquiries, users, first, last, tuple(days), tuple(results))


def run_detector(detector: Detector, tables: InquiryTables) -> DetectorResult:
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
