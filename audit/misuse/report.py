"""Every detector over one journal, worst findings first. One that fails says so, and the rest go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from audit.misuse.again import AGAIN
from audit.misuse.ended import ENDED
from audit.misuse.finding import Detector, Finding, NotGiven
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.many_users import MANY_USERS
from audit.misuse.off_shift import OFF_SHIFT
from audit.misuse.own_record import OWN_RECORD
from audit.misuse.sex_skew import SEX_SKEW
from audit.misuse.shares import COLLEAGUE, NO_CASE, SAME_SURNAME
from audit.misuse.volume import VOLUME

DETECTORS = (
    OWN_RECORD, SAME_SURNAME, COLLEAGUE, MANY_USERS, AGAIN, VOLUME, OFF_SHIFT, NO_CASE, SEX_SKEW, ENDED,
)  # fmt: skip


class State(Enum):
    """What became of one detector."""

    LOOKED = "LOOKED"
    NOT_LOOKED = "NOT_LOOKED"  # it was not given what it needs
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class DetectorResult:
    """One detector and what it found; `why` says why it found nothing because it did not look."""

    name: str
    looks_for: str
    state: State
    findings: tuple[Finding, ...] = ()
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What looks like misuse, in the inquiries from `first` to `last`, which are None where there are none."""

    inquiries: int
    users: int
    first: str | None
    last: str | None
    by_day: tuple[tuple[str, int], ...] = field(default=())
    detectors: tuple[DetectorResult, ...] = ()

    @property
    def failed(self) -> list[str]:
        return [each.name for each in self.detectors if each.state is State.FAILED]


def report(trail: InquiryTables) -> Report:
    ((inquiries, users, first, last),) = trail.rows(
        "SELECT count(*), count(DISTINCT user), min(at), max(at) FROM inquiry"
    )
    days = trail.rows("SELECT substr(min(at), 1, 10), count(*) FROM inquiry GROUP BY day")
    return Report(inquiries, users, first, last, tuple(days), tuple(looked(trail)))


def looked(trail: InquiryTables) -> Iterator[DetectorResult]:
    for detector in DETECTORS:
        yield look(detector, trail)


def look(detector: Detector, trail: InquiryTables) -> DetectorResult:
    name, looks_for = detector.name, detector.looks_for
    try:
        findings = sorted(detector.find(trail), key=lambda each: (-each.score, -each.count, each.user or ""))
    except NotGiven as missing:
        return DetectorResult(name, looks_for, State.NOT_LOOKED, why=str(missing))
    except Exception as fault:  # noqa: BLE001 - whatever it was, it must not hide what the others find
        return DetectorResult(name, looks_for, State.FAILED, why=f"{type(fault).__name__}: {fault}")
    return DetectorResult(name, looks_for, State.LOOKED, tuple(findings))
