"""`needtoknow policy`: the need-to-know matrix, for people or for programs."""

from __future__ import annotations

from typing import Annotated

import typer

from api.config.setting import InvalidSettings
from api.config.settings import Settings
from policy.purposes import Purpose
from policy.roles import Role

COLOURS = {"A": "green", "M": "yellow", "S": "cyan", "D": "dim", "O": "magenta"}


def policy(
    role: Annotated[Role | None, typer.Option("--as", help="That role's column only.")] = None,
    purpose: Annotated[Purpose | None, typer.Option(help="As it stands for that purpose code.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
    cedar: Annotated[bool, typer.Option("--cedar", help="All of it as Cedar policies.")] = False,
) -> None:
    """Print who may know what, and by which rule."""
    from rich.console import Console
    from rich.table import Table

    from api.config.user_error import report_as_user_error
    from policy.cedar import to_cedar
    from policy.effects import Effect
    from policy.errors import PolicyError
    from policy.report import matrix_rows, to_json
    from policy.table import Policy

    with report_as_user_error(PolicyError, InvalidSettings):
        table = Policy.load(Settings.from_environment().matrix)
    if cedar:
        if role or purpose or json:
            raise typer.BadParameter("--cedar stands alone: it is the policy for every role and purpose.")
        print(to_cedar(table), end="")
        return
    lines = matrix_rows(table, role, purpose)
    if json:
        print(to_json(table, lines))
        return
    grid = Table("record class", *(cell.role.value for cell in lines[0].cells), "rule")
    for line in lines:
        cells = [f"[{COLOURS[cell.effect.value]}]{cell.effect.value}[/]" for cell in line.cells]
        # One role's column has the rule that decides for it; the whole matrix, the row's own.
        rule = line.rule if role is None else line.cells[0].rule
        grid.add_row(line.record_class.value, *cells, f"{rule.name} ({rule.citation})")
    # Whoever reads it through a pipe gets it whole.
    console = Console()
    console = console if console.is_terminal else Console(width=240)
    console.print(grid)
    console.print("  ".join(f"{effect.value} {effect.meaning}" for effect in Effect))
