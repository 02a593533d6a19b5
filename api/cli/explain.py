"""`needtoknow explain`: what an operation would read, in which order, at what cost, and what a role would not be shown.

Nothing is read, and no data folder is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.ask import document, json_object
from api.cli.options import Aal
from api.config.setting import InvalidSettings
from api.config.settings import Settings
from api.config.user_error import UserError, report_as_user_error
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.roles import Role

if TYPE_CHECKING:
    from engine.errors import Refused
    from engine.plan import PreparedOperation
    from policy.inquiry import Inquiry


def explain(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The GraphQL document; - reads it from stdin.")],
    *,
    operation: Annotated[str | None, typer.Option(metavar="NAME", help="Which one, if it holds several.")] = None,
    variables: Annotated[str, typer.Option(metavar="JSON", help="The operation's variables.")] = "{}",
    role: Annotated[Role | None, typer.Option("--as", help="Demo role to decide for.")] = None,
    purpose: Annotated[Purpose | None, typer.Option(help="In place of the document's purpose.")] = None,
    reason: Annotated[Reason | None, typer.Option(help="In place of the document's reason.")] = None,
    case: Annotated[str | None, typer.Option(metavar="NUMBER", help="In place of the document's case number.")] = None,
    aal: Aal = 1,
    json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Print what an operation would read, level by level, its cost, and what a role would not be shown."""
    import orjson

    from api.operation.explanation import demo_context, explanation, prepare
    from engine.errors import Refused
    from policy.errors import PolicyError

    if role is None and (purpose or reason or case):
        raise typer.BadParameter("--purpose, --reason and --case say why a role asks: say which one with --as.")
    with report_as_user_error(InvalidSettings, PolicyError):
        settings = Settings.from_environment()
        limits = settings.operation.limits
        desk = demo_context(role or Role.PATROL, aal, settings.matrix)
    try:
        prepared = prepare(document(file), operation, json_object(variables), limits)
        inquiry = None if role is None else why(prepared, purpose, reason, case)
        found = explanation(prepared, desk, inquiry, limits)
    except Refused as refused:
        raise UserError(in_one_line(refused, file)) from None
    if json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        show(found)
    if prepared.cost > limits.cost:
        raise UserError(f"A server would refuse this: it costs {prepared.cost:,}, and {limits.cost:,} is the most.")


def why(
    prepared: PreparedOperation, purpose: Purpose | None, reason: Reason | None, case: str | None
) -> Inquiry | None:
    """Why the role asks: what the document says, with what the command line says in its place."""
    from api.operation.errors import PURPOSE_REQUIRED
    from api.operation.inquiry import InvalidInquiry, inquiry_of
    from policy.inquiry import Inquiry

    if not prepared.plan.touches_records:
        return None
    try:
        said = inquiry_of(prepared, None, is_trusted=False)
        return Inquiry(purpose or said.purpose, reason or said.reason, case or said.case_number, None)
    except InvalidInquiry:
        if purpose is None or reason is None:
            raise UserError(f"{PURPOSE_REQUIRED} Or say it here, with --purpose and --reason.") from None
        return Inquiry(purpose, reason, case, None)


def in_one_line(refused: Refused, file: str) -> str:
    """The first thing that is wrong, and where; and that there is more."""
    first, *more = refused.faults
    where = "".join(f":{line}:{column}" for line, column in first.locations[:1])
    return f"{file}{where}: {first.message}{f' (and {len(more)} more)' if more else ''}"


def show(found: dict[str, Any]) -> None:
    """Print it as a tree."""
    from rich.console import Console
    from rich.tree import Tree

    cost = found["cost"]
    tree = Tree(
        f"{found['operation'] or 'the operation'}: cost {cost['estimate']:,} of at most {cost['most']:,},"
        f" {count(found['statements'], 'statement')} in {count(len(found['levels']), 'level')}"
    )
    for number, level in enumerate(found["levels"], start=1):
        branch = tree.add(f"level {number}")
        for asked in level:
            rows = f"about {count(asked['rows'], 'row')}"
            leaf = branch.add(f"{asked['fetch']}, {rows} for {', '.join(asked['places'])}")
            leaf.add(f"classes: {', '.join(asked['recordClasses'])}")
            columns = (f"{each['name']}{' (mask)' if each['masked'] else ''}" for each in asked["columns"])
            leaf.add(f"columns: {', '.join(columns) or 'none'}")
    if "role" in found:
        whom = f"{found['role']}, purpose {found['purpose']}, {found['reason']}"
        branch = tree.add(f"withheld from {whom}" if found["withheld"] else f"nothing is withheld from {whom}")
        for error in found["withheld"]:
            branch.add(f"{'.'.join(error['path'])}: {rule(error['extensions'])}")
        if found["exclusions"]:
            branch = tree.add("left out of every statement")
            for each in found["exclusions"]:
                branch.add(rule(each))
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        # Whoever reads it through a pipe gets it whole.
        console.width = 240
    console.print(tree)


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def rule(about: dict[str, Any]) -> str:
    needs = f"; needs {', '.join(about['needs'])}" if about.get("needs") else ""
    return f"{about['recordClass']} by {about['rule']['name']} ({about['rule']['citation']}){needs}"
