"""`needtoknow policy`: the need-to-know matrix as a table, JSON or Cedar policies."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.console import stdout, write
from api.cli.options import Json
from api.cli.output_format import grid
from api.config.setting import InvalidSettings
from api.config.settings import Settings
from policy.purposes import Purpose
from policy.roles import Role

COLOURS = {"A": "green", "M": "yellow", "S": "cyan", "D": "dim", "O": "magenta"}


def policy(
    role: Annotated[Role | None, typer.Option("--as", help="Only this role's column.")] = None,
    purpose: Annotated[Purpose | None, typer.Option(help="Decisions for this purpose code.")] = None,
    json: Json = False,
    cedar: Annotated[bool, typer.Option("--cedar", help="Print the whole policy as Cedar policies.")] = False,
) -> None:
    """Print which role may know which record class, and by which rule."""
    from rich.text import Text

    from api.config.policy_in_force import policy_in_force
    from api.config.user_error import report_as_user_error
    from audit.errors import JournalError
    from policy.cedar import to_cedar
    from policy.effects import Effect
    from policy.errors import PolicyError
    from policy.report import matrix_rows, to_json

    with report_as_user_error(PolicyError, InvalidSettings, JournalError):
        found = policy_in_force(Settings.from_environment())
    table = found.policy
    if cedar:
        if role or purpose or json:
            raise typer.BadParameter("--cedar cannot be combined: it prints the policy for every role and purpose.")
        write(to_cedar(table), end="")
        return
    rows = matrix_rows(table, role, purpose)
    if json:
        write(to_json(table, rows))
        return
    lines: list[tuple[object, ...]] = []
    for row in rows:
        effects = (Text(cell.effect.value, COLOURS[cell.effect.value]) for cell in row.cells)
        # One column shows the rule that decides for its role; the whole matrix shows the row's rule.
        rule = row.rule if role is None else row.cells[0].rule
        lines.append((row.record_class.value, *effects, f"{rule.name} ({rule.citation})"))
    grid(("record class", *(cell.role.value for cell in rows[0].cells), "rule"), lines)
    stdout().print("  ".join(f"{effect.value} {effect.meaning}" for effect in Effect))
    write(f"Policy {table.version}: {found.origin}.")
