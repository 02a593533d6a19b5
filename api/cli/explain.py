"""`needtoknow explain`: the plan and cost of an operation, and what a demo role is not shown.

Nothing is read, and no data folder is needed.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli.console import stdout, write_json
from api.cli.operation_input import parse_variables, read_document
from api.cli.options import Aal, File, Json, Variables
from api.config.setting import InvalidSettings
from api.config.settings import Settings
from api.config.user_error import UserError, report_as_user_error
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.roles import Role


def explain(
    file: File,
    *,
    operation: Annotated[str | None, typer.Option(metavar="NAME", help="Operation, if FILE has several.")] = None,
    variables: Variables = "{}",
    role: Annotated[Role | None, typer.Option("--as", help="Demo role to decide for.")] = None,
    purpose: Annotated[Purpose | None, typer.Option(help="Purpose; overrides the document's.")] = None,
    reason: Annotated[Reason | None, typer.Option(help="Reason; overrides the document's.")] = None,
    case: Annotated[str | None, typer.Option(metavar="NUMBER", help="Case number; overrides the document's.")] = None,
    aal: Aal = 1,
    json: Json = False,
) -> None:
    """Print the plan of an operation, level by level, its cost, and what a role is not shown."""
    from api.operation.errors import PURPOSE_REQUIRED
    from api.operation.explanation import demo_context, explanation, given_inquiry, prepare
    from api.operation.inquiry import InvalidInquiry
    from engine.errors import Refused
    from policy.errors import PolicyError

    if role is None and (purpose or reason or case):
        raise typer.BadParameter("--purpose, --reason and --case need a role: give one with --as.")
    with report_as_user_error(InvalidSettings, PolicyError):
        settings = Settings.from_environment()
        limits = settings.operation.limits
        context = demo_context(role or Role.PATROL, aal, settings.matrix)
    try:
        prepared = prepare(read_document(file), operation, parse_variables(variables), limits)
        inquiry = None if role is None else given_inquiry(prepared, purpose, reason, case)
        explained = explanation(prepared, context, inquiry, limits)
    except InvalidInquiry:
        raise UserError(f"{PURPOSE_REQUIRED} Or give them here, with --purpose and --reason.") from None
    except Refused as refused:
        first, *more = refused.faults
        position = "".join(f":{line}:{column}" for line, column in first.locations[:1])
        raise UserError(f"{file}{position}: {first.message}{f' (and {len(more)} more)' if more else ''}") from None
    if json:
        write_json(explained, is_indented=True)
    else:
        print_tree(explained)
    if prepared.cost > limits.cost:
        raise UserError(f"A server would refuse it: the cost is {prepared.cost:,}, the limit {limits.cost:,}.")


def print_tree(explained: dict[str, Any]) -> None:
    from rich.tree import Tree

    cost, levels = explained["cost"], explained["levels"]
    tree = Tree(
        f"{explained['operation'] or 'the operation'}: cost {cost['estimate']:,} of at most {cost['most']:,},"
        f" {counted(explained['statements'], 'statement')} in {counted(len(levels), 'level')}"
    )
    for number, level in enumerate(levels, start=1):
        branch = tree.add(f"level {number}")
        for fetch in level:
            columns = (f"{each['name']}{' (mask)' if each['masked'] else ''}" for each in fetch["columns"])
            rows = f"about {counted(fetch['rows'], 'row')}"
            leaf = branch.add(f"{fetch['fetch']}, {rows} for {', '.join(fetch['places'])}")
            leaf.add(f"classes: {', '.join(fetch['recordClasses'])}")
            leaf.add(f"columns: {', '.join(columns) or 'none'}")
    for field in explained.get("invalid", ()):
        tree.add(f"refused {'.'.join(field['path'])}: {field['message']}")
    if "role" in explained:
        caller = f"{explained['role']}, purpose {explained['purpose']}, {explained['reason']}"
        branch = tree.add(f"withheld from {caller}" if explained["withheld"] else f"nothing is withheld from {caller}")
        for place in explained["withheld"]:
            branch.add(f"{'.'.join(place['path'])}: {denial_text(place)}")
        if explained["exclusions"]:
            branch = tree.add("excluded from every statement")
            for exclusion in explained["exclusions"]:
                branch.add(denial_text(exclusion))
    stdout().print(tree)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def denial_text(denial: dict[str, Any]) -> str:
    needs = f"; needs {', '.join(denial['needs'])}" if denial.get("needs") else ""
    return f"{denial['recordClass']} by {denial['rule']['name']} ({denial['rule']['citation']}){needs}"
