"""`needtoknow audit report`: possible misuse in the journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.audit import Archive, Time, journal_to_read, parse_period, parse_time, record_read
from api.cli.audit_verify import Check, check
from api.cli.console import stdout, write, write_json
from api.cli.options import Data, Json
from api.cli.output_format import ID_DIGITS, grid, lines
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from rich.text import Text

    from api.config.settings import Settings
    from audit.journal import JournalStore
    from audit.misuse.report import Basis, Report

LINE_LIMIT = 1_024
WIDE = 140
"""Columns of a terminal in which a finding fits on two lines."""
FOUND = 3
"""Exit status of a report with findings, if it is asked for."""


def report(
    *,
    data: Data = Path("data"),
    since: Time = None,
    until: Time = None,
    ended: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Accounts that ended: on each line a user and a time.")
    ] = None,
    sexes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="On each line a record id, persons/P0000001, and F, M or U.")
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="First verify the journal with its checkpoints.")] = False,
    fail_on_finding: Annotated[
        bool, typer.Option("--fail-on-finding", help="Exit status 3 if there is a finding, for cron.")
    ] = False,
    json: Json = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write a web page with charts.")] = None,
    archive: Archive = None,
) -> None:
    """Print possible misuse, with the inquiries behind each finding. The journal records this command too."""
    from api.config.setting import InvalidSettings
    from api.config.settings import Settings
    from audit.entry import stamp
    from audit.errors import JournalError
    from audit.misuse.inquiry_tables import inquiry_tables
    from audit.misuse.page import page
    from audit.misuse.report import build_report
    from filesystem.private_file import open_private

    bounds = parse_period(since, until)
    journal = journal_to_read(data, archive)
    with report_as_user_error(JournalError, InvalidSettings):
        settings = Settings.from_environment()
        ends = None
        if ended is not None:
            times = ((user, parse_time(time, "--ended")) for user, time in pairs(ended, "--ended"))
            ends = {user: stamp(time) for user, time in times if time is not None}
        people = pairs(sexes, "--sexes") if sexes else None
        record_read(data, report="misuse", **bounds)
        checked = check(journal, data, checkpoints_of(settings, archive)) if verify else None
        basis = basis_of(journal, settings, bounds, checked)
        with inquiry_tables(journal, basis.thresholds, **bounds, ended=ends, sexes=people) as tables:
            result = build_report(tables, basis)
    if html is not None:
        try:
            with open(html, "w", encoding="utf-8", opener=open_private) as file:
                file.write(page(result))
        except OSError as error:
            raise UserError(f"{html} cannot be written: {error.strerror}.") from None
    if json:
        write_json(as_json(result))
    else:
        print_report(result)
    if checked is not None and not checked.result.is_whole:
        raise UserError(f"The journal is not whole. {checked.result.faults[0]}")
    if result.failed:
        raise UserError(f"The report is incomplete. Detectors that failed: {', '.join(result.failed)}.")
    if fail_on_finding and result.findings:
        raise typer.Exit(FOUND)


def checkpoints_of(settings: Settings, archive: Path | None) -> str:
    """The file of checkpoints: that of the setting, or the proof of an archive."""
    from audit.archives import proof_of

    return settings.journal.checkpoints if archive is None else str(proof_of(archive))


def basis_of(
    journal: JournalStore, settings: Settings, bounds: Mapping[str, datetime | None], checked: Check | None
) -> Basis:
    """Basis of the report: period, journal, checkpoints and thresholds. Raises: JournalError."""
    from importlib.metadata import version

    from api.config.policy_in_force import policy_in_force
    from audit.entry import now, stamp
    from audit.misuse.report import Basis
    from policy.errors import PolicyError

    verified = "No. The option --verify of this report does it, and so does needtoknow audit verify."
    if checked is not None:
        whole = "Yes, it is whole." if checked.result.is_whole else f"IT IS NOT WHOLE. {checked.result.faults[0]}"
        verified = " ".join((whole, *checked.coverage))
    with journal.read_chain() as chain:
        head = chain.head()
    try:
        in_force = policy_in_force(settings)
        policy = f"{in_force.policy.version}: {in_force.origin}"
    except PolicyError as unusable:  # which servers would refuse; the inquiries were decided under others
        policy = f"none: {unusable}"
    since, until = (None if value is None else stamp(value) for value in (bounds["since"], bounds["until"]))
    return Basis(
        made_at=now(),
        since=since,
        until=until,
        journal=str(journal),
        last=head.sequence,
        head=head.hash.hex(),
        verified=verified,
        version=version("needtoknow"),
        policy=policy,
        thresholds=settings.misuse.thresholds,
        is_whole=None if checked is None else checked.result.is_whole,
    )


def as_json(result: Report) -> dict[str, Any]:
    """The report as JSON data, each finding with its severity."""
    data = asdict(result)
    for detector, each in zip(data["detectors"], result.detectors, strict=True):
        for finding, of in zip(detector["findings"], each.findings, strict=True):
            finding["severity"] = of.severity.value
    return data


def print_report(result: Report) -> None:
    """Print the summary, the findings by kind, the detectors without any, and what the report was made from."""
    write(result.summary)
    write(result.period)
    if result.findings:
        if stdout().width >= WIDE:
            grid(("severity", "kind", "officer or subject", "finding", "inquiry"), rows(result))
        else:
            grid(("severity", "officer or subject, and finding", "inquiry"), blocks(result), has_rules=True)
        write("Score: how rare it is by chance. 3 is 1 in 1,000, 6 is 1 in a million; 99: a rule was broken.")
        write(f"Look further: needtoknow audit show {result.findings[0].inquiries[0][:ID_DIGITS]}")
    for each in result.detectors:
        if not each.findings:
            write(f"{each.name}: {each.outcome}")
    if (basis := result.basis) is not None:
        write(f"Journal: {basis.journal}, up to entry {basis.last}, hash {basis.head}")
        write(f"Verified: {basis.verified}")
        write(f"Made at {basis.made_at[:19]} UTC by needtoknow {basis.version}, policy {basis.policy}")


def rows(result: Report) -> Iterator[tuple[str, str, str, str, str]]:
    for each in result.detectors:
        for one in each.findings:
            role = ", ".join(filter(None, (one.role, one.agency)))
            who = f"{one.who} ({role})" if role else one.who
            severity = f"{one.severity.value}, {one.whole_score}"
            yield severity, each.name, who, f"{one.words} ({one.days})", one.inquiries[0][:ID_DIGITS]


def blocks(result: Report) -> Iterator[tuple[Text, Text, str]]:
    """The same in three columns, for a narrow terminal."""
    for severity, kind, who, words, inquiry in rows(result):
        yield lines(severity, kind), lines(who, words), inquiry


def pairs(path: Path, option: str) -> Iterator[tuple[str, str]]:
    """The two words of each line that is not empty, read lazily."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(iter(lambda: file.readline(LINE_LIMIT), ""), 1):
                words = line.split()
                if len(line) == LINE_LIMIT:
                    raise UserError(f"{option}: line {number} of {path} is too long.")
                if words and len(words) != 2:
                    raise UserError(f"{option}: line {number} of {path} is not two words.")
                if words:
                    yield words[0], words[1]
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not text.") from None
