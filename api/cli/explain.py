"""`needtoknow explain`: what an operation would read, in which order, at what cost, and what a role would not be shown.

It plans, decides and rules with the server's own parts, reads nothing and needs no data folder.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.ask import document, json_object
from api.cli.mistakes import Mistake, told
from api.cli.options import Aal
from api.settings import Settings, SettingsWrong
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.roles import Role

if TYPE_CHECKING:
    from engine.errors import Refused
    from engine.limits import Limits
    from engine.plan import Prepared
    from policy.inquiry import Inquiry
    from schema.desk import Desk


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

    from engine.errors import Refused

    if role is None and (purpose or reason or case):
        raise typer.BadParameter("--purpose, --reason and --case say why a role asks: say which one with --as.")
    with told(SettingsWrong):
        limits = Settings.from_environment().limits
    try:
        prepared = prepare(document(file), operation, json_object(variables), limits)
        inquiry = None if role is None else inquiry_of(prepared, purpose, reason, case)
        found = explained(prepared, desk_of(role or Role.PATROL, aal), inquiry, limits)
    except Refused as refused:
        raise Mistake(in_one_line(refused, file)) from None
    if json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        show(found)
    if prepared.cost > limits.cost:
        raise Mistake(f"A server would refuse this: it costs {prepared.cost:,}, and {limits.cost:,} is the most.")


def prepare(text: str, operation: str | None, variables: dict[str, Any], limits: Limits) -> Prepared:
    """The plan; also of what costs too much, so that one can see where. Raises Refused."""
    from engine.document import Documents
    from engine.plan import Planner
    from schema.build import blueprint

    read = Documents(blueprint().graphql, limits).read(text)
    planner = Planner(blueprint(), replace(limits, cost=sys.maxsize))
    return planner.prepare(read, read.operation(operation), variables)


def inquiry_of(prepared: Prepared, purpose: Purpose | None, reason: Reason | None, case: str | None) -> Inquiry | None:
    """Why the role asks: what the document says, with what the command line says in its place."""
    from api.errors import PURPOSE_REQUIRED
    from api.inquiry import NoInquiry
    from api.inquiry import inquiry_of as said_in
    from policy.inquiry import Inquiry

    if not prepared.plan.touches_records:
        return None
    try:
        said = said_in(prepared, None, is_trusted=False)
        return Inquiry(purpose or said.purpose, reason or said.reason, case or said.case_number, None)
    except NoInquiry:
        if purpose is None or reason is None:
            raise Mistake(f"{PURPOSE_REQUIRED} Or say it here, with --purpose and --reason.") from None
        return Inquiry(purpose, reason, case, None)


def desk_of(role: Role, aal: int) -> Desk:
    """Where a demo caller of that role would ask."""
    from datetime import UTC, date, datetime

    from api.claims import surname
    from api.demo import DEMO_CALLERS
    from policy.caller import Assurance, Caller
    from policy.errors import PolicyError
    from policy.table import Policy
    from resolvers.paging import Cursors
    from schema.desk import Desk

    class Unsealed(Cursors):
        """Only the server that sealed a cursor can open it; the plan of a later page is that of the first."""

        def open(self, cursor: str, about: bytes) -> tuple[Any, ...]:
            return ()

    demo = DEMO_CALLERS[role]
    caller = Caller(
        user=demo.user,
        name=demo.name,
        surname=surname({"name": demo.name}),
        ori=demo.ori,
        role=role,
        sworn=demo.sworn,
        certified_until=date.max,
        assurance=Assurance(f"aal{aal}"),
        token_id=demo.user,
    )
    with told(PolicyError):
        policy = Policy.load()
    return Desk(caller, policy, {}, Unsealed(bytes(32)), datetime.now(UTC).date())


def explained(prepared: Prepared, desk: Desk, inquiry: Inquiry | None, limits: Limits) -> dict[str, Any]:
    """All that is to be said, for people or for programs; without an inquiry, of what nobody has decided on."""
    from api.decision import decision_on, records_named
    from api.errors import withheld
    from api.outcome import exclusions_of
    from engine.explain import levels, unruled
    from policy.record_classes import RecordClass
    from resolvers.name_search import by_name
    from resolvers.vehicle_search import by_looks

    name = prepared.plan.operation.name
    found: dict[str, Any] = {
        "operation": name.value if name else None,
        "cost": {"estimate": prepared.cost, "most": limits.cost},
    }
    if inquiry is None:
        records_named(prepared, desk)
        ruling: Any = unruled(prepared)
    else:
        decision = decision_on(prepared, desk, inquiry)
        ruling = decision.ruling
        errors = [error for place, denied in ruling.withheld for error in withheld(place, denied)]
        for error in errors:
            del error["extensions"]["traceId"]
        found |= {
            "role": desk.caller.role.value,
            "purpose": inquiry.purpose.name,
            "reason": inquiry.reason.name,
            "withheld": errors,
            "exclusions": exclusions_of(decision.verdicts),
        }
    found["levels"] = [
        [
            {
                "source": asked.fetch.source,
                "fetch": asked.fetch.name,
                "places": [".".join(key for _, key in place.within) for place in asked.places],
                "recordClasses": sorted(guard.value for guard in asked.guards if isinstance(guard, RecordClass)),
                "columns": [
                    {"name": name, "masked": grant.is_masked}
                    for name, grant in sorted(ruling.columns.get(asked.fetch, {}).items())
                ],
                # A search is a statement of its own; whatever else is asked for by number is asked for together.
                "statements": len(asked.keys) if asked.fetch in {by_name, by_looks} else 1,
                "rows": asked.rows,
            }
            for asked in level.values()
        ]
        for level in levels(prepared, ruling, desk)
    ]
    found["statements"] = sum(asked["statements"] for level in found["levels"] for asked in level)
    return found


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
        why = f"{found['role']}, purpose {found['purpose']}, {found['reason']}"
        branch = tree.add(f"withheld from {why}" if found["withheld"] else f"nothing is withheld from {why}")
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
