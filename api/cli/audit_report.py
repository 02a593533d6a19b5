"""`needtoknow audit report`: what in the journal looks like misuse. Knows nothing of how it is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.audit import JOURNAL, Moment, asked, moment, note_reading
from api.cli.options import Data
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from audit.misuse.report import Report


def report(
    *,
    data: Data = Path("data"),
    since: Moment = None,
    until: Moment = None,
    ended: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Accounts that ended: on each line a user and a time.")
    ] = None,
    sexes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="On each line a record, persons/P0000001, and F, M or U.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as a page with charts.")] = None,
) -> None:
    """Print what looks like misuse, and the inquiries behind it. Reading the journal is itself in the journal."""
    from api.config.setting import InvalidSettings
    from api.config.settings import Settings
    from audit.entry import stamp
    from audit.errors import JournalError
    from audit.misuse.inquiry_tables import inquiry_tables
    from audit.misuse.page import page
    from audit.misuse.report import report as look

    journal = data / JOURNAL
    bounds = {"since": moment(since, "--since"), "until": moment(until, "--until")}
    with report_as_user_error(JournalError, InvalidSettings):
        ends = {user: stamp(when) for user, when in accounts(ended)} if ended else None
        people = pairs(sexes, "--sexes") if sexes else None
        limits = Settings.from_environment().misuse.thresholds
        note_reading(journal, asked(report="misuse", **bounds))
        with inquiry_tables(journal, limits, **bounds, ended=ends, sexes=people) as read:
            found = look(read)
    if html is not None:
        try:
            html.write_text(page(found), encoding="utf-8")
        except OSError as error:
            raise UserError(f"{html} cannot be written: {error.strerror}.") from None
    if json:
        print_json(found)
    else:
        show(found)
    if found.failed:
        raise UserError(f"The report is not whole. What failed: {', '.join(found.failed)}.")


def accounts(path: Path) -> Iterator[tuple[str, datetime]]:
    """When accounts ended, by user."""
    for user, text in pairs(path, "--ended"):
        if when := moment(text, "--ended"):
            yield user, when


def pairs(path: Path, option: str) -> Iterator[tuple[str, str]]:
    """The two words of each line; an empty line is none. A line is read when it is taken."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                words = line.split()
                if words and len(words) != 2:
                    raise UserError(f"{option}: line {number} of {path} is not two words.")
                if words:
                    yield words[0], words[1]
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not text.") from None


def print_json(found: Report) -> None:
    from dataclasses import asdict

    import orjson

    print(orjson.dumps(asdict(found)).decode())


def show(found: Report) -> None:
    from api.cli.output_format import grid
    from audit.misuse.page import STATES, period

    print(period(found))
    rows: list[tuple[str, ...]] = []
    for each in found.detectors:
        name = each.name
        if not each.findings:
            rows.append((name, "", "", f"{STATES[each.state]}: {each.why}" if each.why else "nothing", ""))
        rows.extend((name, f"{one.score:.0f}", one.who, one.words, one.inquiries[0]) for one in each.findings)
    grid(("looked for", "score", "who or whom", "what", "newest inquiry"), rows)
