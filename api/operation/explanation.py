"""What an operation would read, in which order, at what cost, and what a demo caller would not be shown, as data.

It plans, decides and rules with the server's own parts, and reads nothing. Knows nothing of terminals.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from api.auth.claims import surname
from api.auth.demo_issuer import DEMO_CALLERS
from api.operation.authorization import authorize_operation, root_lookups
from api.operation.errors import withheld
from api.operation.response_body import exclusions_of
from engine.authorization import AuthorizedPlan
from engine.document import DocumentCache
from engine.explain import ExplainedFetch, authorize_all, explain_levels
from engine.limits import Limits
from engine.plan import PreparedOperation
from engine.planner import Planner
from policy.caller import Assurance, Caller
from policy.inquiry import Inquiry
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import MATRIX, Policy
from resolvers.name_search import by_name
from resolvers.paging import Cursors
from resolvers.vehicle_search import by_description
from schema.build import blueprint
from schema.context import Context


class Unsealed(Cursors):
    """Only the server that sealed a cursor can open it; the plan of a later page is that of the first."""

    def open(self, cursor: str, about: bytes) -> tuple[Any, ...]:
        return ()


def prepare(text: str, operation: str | None, variables: dict[str, Any], limits: Limits) -> PreparedOperation:
    """The plan; also of what costs too much, so that one can see where. Raises Refused."""
    read = DocumentCache(blueprint().graphql, limits).get(text)
    planner = Planner(blueprint(), replace(limits, cost=sys.maxsize))
    return planner.prepare(read, read.operation(operation), variables)


def desk_of(role: Role, aal: int, matrix: Path = MATRIX) -> Context:
    """Where a demo caller of that role would ask. Raises PolicyError."""
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
    return Context(caller, Policy.load(matrix), {}, Unsealed(bytes(32)), datetime.now(UTC).date())


def explanation(prepared: PreparedOperation, desk: Context, inquiry: Inquiry | None, limits: Limits) -> dict[str, Any]:
    """The whole explanation; without an inquiry nothing is decided or withheld. Raises InvalidVariables."""
    name = prepared.plan.operation.name
    found: dict[str, Any] = {
        "operation": name.value if name else None,
        "cost": {"estimate": prepared.cost, "most": limits.cost},
    }
    if inquiry is None:
        root_lookups(prepared, desk)
        ruling: AuthorizedPlan[Any] = authorize_all(prepared)
    else:
        decision = authorize_operation(prepared, desk, inquiry)
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
        [_asked(asked, ruling) for asked in level.values()] for level in explain_levels(prepared, ruling, desk)
    ]
    found["statements"] = sum(asked["statements"] for level in found["levels"] for asked in level)
    return found


def _asked(asked: ExplainedFetch, ruling: AuthorizedPlan[Any]) -> dict[str, Any]:
    columns = ruling.columns.get(asked.fetch, ())
    return {
        "source": asked.fetch.source,
        "fetch": asked.fetch.name,
        "places": [".".join(key for _, key in place.type_path) for place in asked.fields],
        "recordClasses": sorted(guard.value for guard in asked.guards if isinstance(guard, RecordClass)),
        "columns": [{"name": name, "masked": is_masked} for name, is_masked in columns],
        # A search is a statement of its own; whatever is asked for by number is asked for together.
        "statements": len(asked.keys) if asked.fetch in {by_name, by_description} else 1,
        "rows": asked.estimated_rows,
    }
