"""`needtoknow audit report`: possible misuse in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from api.cli.audit import Archive, Time, journal_to_read, parse_time, record_read
from api.cli.console import write, write_json
from api.cli.options import Data, Json
from api.cli.output_format import grid
from api.config.user_error import UserError, report_as_user_error

LINE_LIMIT = 1_024


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
    json: Json = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write a web page with charts.")] = None,
    archive: Archive = None,
) -> None:
    """Print possible misuse, with the inquiries behind each finding. The journal records this command too."""
    from dataclasses import asdict

    from api.config.setting import InvalidSettings
    from api.config.settings import Settings
    from audit.entry import stamp
    from audit.errors import JournalError
    from audit.misuse.inquiry_tables import inquiry_tables
    from audit.misuse.page import page
    from audit.misuse.report import build_report
    from filesystem.private_file import open_private

    journal = journal_to_read(data, archive)
    bounds = {"since": parse_time(since, "--since"), "until": parse_time(until, "--until")}
    with report_as_user_error(JournalError, InvalidSettings):
        thresholds = Settings.from_environment().misuse.thresholds
        ends = None
        if ended is not None:
            times = ((user, parse_time(time, "--ended")) for user, time in pairs(ended, "--ended"))
            ends = {user: stamp(time) for user, time in times if time is not None}
        people = pairs(sexes, "--sexes") if sexes else None
        record_read(data, report="misuse", **bounds)
        with inquiry_tables(journal, thresholds, **bounds, ended=ends, sexes=people) as tables:
            result = build_report(tables)
    if html is not None:
        try:
            with open(html, "w", encoding="utf-8", opener=open_private) as file:
                file.write(page(result))
        except OSError as error:
            raise UserError(f"{html} cannot be written: {error.strerror}.") from None
    if json:
        write_json(asdict(result))
    else:
        write(result.period)
        rows: list[tuple[str, ...]] = []
        for each in result.detectors:
            rows.extend((each.name, f"{one.score:.0f}", one.who, one.words, one.inquiries[0]) for one in each.findings)
            if not each.findings:
                rows.append((each.name, "", "", each.outcome, ""))
        grid(("detector", "score", "officer or subject", "finding", "newest inquiry"), rows)
    if result.failed:
        raise UserError(f"The report is incomplete. Detectors that failed: {', '.join(result.failed)}.")


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
