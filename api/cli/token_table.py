"""Table and JSON of a report on a token: what it has, what is expected, and the verdict, claim by claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson

from api.auth.token_report import TokenReport
from api.cli.console import write
from api.cli.output_format import grid
from api.config.claim_map import ABSENT
from api.config.setting import variable
from policy.caller import Caller
from policy.clearance import Access
from policy.rules import BACKGROUND_CHECK, CERTIFICATION, TRAINING

SHOWN = 120
"""Characters of a value in the table; the JSON has all."""

REFUSALS = {
    BACKGROUND_CHECK: "with a day of a clearance, cleared_on and fingerprinted_on are both required",
    TRAINING: "trained_on is absent, and employed_on is absent or six months ago",
    CERTIFICATION: "the certification ended on {}",
}
"""Why a caller has no access, by the rule; `{}` is the last day of the certification."""

TIMES = frozenset({"exp", "iat", "nbf", "auth_time"})


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One line of the table. `place` is where the token has the claim; `found` is ABSENT, or what it has there."""

    name: str
    place: str
    found: Any
    expected: str
    verdict: str


def token_lines(report: TokenReport) -> Iterator[TokenLine]:
    """A line for each check, then one for each field and claim that was not checked. The signature has no value."""
    for each in report.checks:
        verdict = "ok" if each.failure is None else each.failure.name
        expected = each.expected
        if each.name in TIMES:
            expected += f"; now it is {_time(report.now)}"
        if each.name == "kid" and each.failure is not None:
            expected += f": {', '.join(sorted(report.kids))}"
        yield TokenLine(each.name, report.place(each.name), report.found(each.name), expected, verdict)
    if report.revoked is not None:
        found = report.found(report.revoked)
        yield TokenLine(report.revoked, report.place(report.revoked), found, "not on a revocation list", "ENDED")
    for name in report.unchecked():
        yield TokenLine(name, report.place(name), report.found(name), "", "not checked")
    for place, found in report.unused():
        yield TokenLine("", place, found, "", "not used")


def print_report(report: TokenReport, digest: str, unchecked: Mapping[str, str]) -> None:
    rows = (
        (each.name, each.place, _text(each.name, each.found), each.expected, each.verdict)
        for each in token_lines(report)
    )
    grid(("claim", "in the token", "has", "expected", "verdict"), rows)
    for name, why in unchecked.items():
        write(f"Not checked: {name}. {why}")
    write(f"SHA-256 of the token, as the journal has it: {digest}")
    if report.caller is not None and report.refusal is None and not unchecked:
        write(f"Accepted as {_of(report.caller)}, until {_time(report.expires)}.")
        for note in notes(report):
            write(note)


def notes(report: TokenReport) -> Iterator[str]:
    """Notes on rights that an accepted token does not give, although its claims may seem to."""
    caller = report.caller
    claimed = next((each.value for each in report.checks if each.name == "acr"), None)
    if caller is not None and caller.assurance is not claimed:
        yield f"Its aal2 counts as aal1: the sign-in is longer ago than {variable('sign_in_max_age_s')}."
    if caller is not None:
        access, rule = caller.clearance.access(date.today())  # noqa: DTZ011  as the server decides
        if access is Access.SUPERVISED:
            yield f"Not trained: records are shown before {caller.clearance.train_by}, if attention names a supervisor."
        elif rule is not None:
            yield f"No record is shown: {REFUSALS[rule].format(caller.clearance.recertify_by)}."


def as_json(report: TokenReport, digest: str, unchecked: Mapping[str, str]) -> dict[str, Any]:
    """The report as an object. `caller` is whom the server takes the token for; null if it is refused or not known."""
    is_accepted = report.refusal is None and not unchecked
    return {
        "accepted": is_accepted,
        "caller": report.caller if is_accepted else None,
        "notes": [*notes(report)] if is_accepted else [],
        "refusal": None if report.refusal is None else {"flag": report.refusal[0].name, "claim": report.refusal[1]},
        "unchecked": dict(unchecked),
        "sha256": digest,
        "claims": [
            {
                "claim": each.name or None,
                "place": each.place,
                "found": None if each.found is ABSENT else each.found,
                "isAbsent": each.found is ABSENT,
                "expected": each.expected or None,
                "verdict": each.verdict,
            }
            for each in token_lines(report)
        ],
    }


def _of(caller: Caller) -> str:
    level, until = caller.assurance.value, caller.clearance.recertify_by
    certified = f"certified until {until}" if until else "not certified"
    return f"{caller.name} ({caller.user}), {caller.role.value} of {caller.ori}, {level}, {certified}"


def _text(name: str, found: Any) -> str:
    if found is ABSENT:
        return "(not shown)" if name == "signature" else "(absent)"
    text = found if isinstance(found, str) else orjson.dumps(found).decode()
    if len(text) > SHOWN:
        text = f"{text[:SHOWN]}…"
    return f"{text} ({_time(found)})" if name in TIMES else text


def _time(seconds: Any) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (TypeError, ValueError, OverflowError, OSError):
        return "no time"
