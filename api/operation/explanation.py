"""Explanation of an operation: its cost, what it would read level by level, and what a demo role is not shown.

It plans and authorizes with the server's own functions, and reads nothing.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from api.auth.claims import surname
from api.auth.demo_issuer import DEMO_CALLERS
from api.operation.authorization import authorize_operation, root_lookups
from api.operation.inquiry import InvalidInquiry, inquiry_of
from api.operation.withheld import exclusions, withheld_places
from engine.authorization import AuthorizedPlan
from engine.deferral import ANY_INDEX
from engine.document import DocumentCache
from engine.explain import ExplainedFetch, authorize_all, explain_levels
from engine.limits import Limits
from engine.plan import INPUTS_SUFFIX, PreparedOperation
from engine.planner import Planner
from policy.caller import Assurance, Caller
from policy.clearance import Clearance
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import MATRIX, Policy
from resolvers.hits import Search
from resolvers.paging import Cursors
from schema.build import guarded_schema
from schema.context import Context
from sources.probe import SourceProbe


class AnyCursors(Cursors):
    """Accepts every cursor: only the server that sealed one can open it, and later pages have the same plan."""

    def open(self, cursor: str, about: bytes) -> tuple[Any, ...]:
        return ()


def prepare(text: str, operation: str | None, variables: dict[str, Any], limits: Limits) -> PreparedOperation:
    """Plan an operation, also one that exceeds the cost limit. Raises: Refused."""
    document = DocumentCache(guarded_schema().graphql, limits).get(text)
    planner = Planner(guarded_schema(), replace(limits, cost=sys.maxsize))
    return planner.prepare(document, document.operation(operation), variables)


def demo_context(role: Role, aal: int, matrix: Path = MATRIX) -> Context:
    """The execution context of a demo caller, without sources. Raises: PolicyError."""
    demo = DEMO_CALLERS[role]
    caller = Caller(
        **asdict(demo),
        surname=surname({"name": demo.name}),
        role=role,
        clearance=Clearance(certified_until=date.max),
        assurance=Assurance(f"aal{aal}"),
        token_id=demo.user,
    )
    return Context(caller, Policy.load(matrix), SourceProbe({}), AnyCursors(bytes(32)), datetime.now(UTC).date())


def given_inquiry(
    prepared: PreparedOperation, purpose: Purpose | None, reason: Reason | None, case: str | None
) -> Inquiry | None:
    """The document's inquiry with these values in place of its own; None if the operation touches no record.

    Raises: InvalidInquiry if the document has none and `purpose` or `reason` is missing too.
    """
    if not prepared.plan.touches_records:
        return None
    try:
        inquiry = inquiry_of(prepared, None, is_trusted=False)
    except InvalidInquiry:
        if purpose is None or reason is None:
            raise
        inquiry = Inquiry(purpose, reason, None, None)
    return Inquiry(purpose or inquiry.purpose, reason or inquiry.reason, case or inquiry.case_number, None)


def explanation(
    prepared: PreparedOperation, context: Context, inquiry: Inquiry | None, limits: Limits
) -> dict[str, Any]:
    """The explanation as JSON data; without an inquiry everything counts as granted. Raises: InvalidVariables."""
    name = prepared.plan.operation.name
    explained: dict[str, Any] = {
        "operation": name.value if name else None,
        "cost": {"estimate": prepared.cost, "most": limits.cost},
    }
    if inquiry is None:
        _, invalid = root_lookups(prepared, context)
        plan: AuthorizedPlan[Any] = authorize_all(prepared, invalid)
    else:
        decision = authorize_operation(prepared, context, inquiry)
        plan = decision.plan
        explained |= {
            "role": context.caller.role.value,
            "purpose": inquiry.purpose.name,
            "reason": inquiry.reason.name,
            "withheld": withheld_places(decision.plan),
            "exclusions": exclusions(decision.verdicts),
        }
    if plan.invalid:
        explained["invalid"] = [{"path": list(field.path), "message": sentence} for field, sentence in plan.invalid]
    explained["levels"] = [
        [_fetch(fetch, plan) for fetch in level.values()] for level in explain_levels(prepared, plan, context)
    ]
    explained["statements"] = sum(fetch["statements"] for level in explained["levels"] for fetch in level)
    return explained


def _fetch(explained: ExplainedFetch, plan: AuthorizedPlan[Any]) -> dict[str, Any]:
    columns = plan.columns.get(explained.fetch, ())
    return {
        "source": explained.fetch.source,
        "fetch": explained.fetch.name,
        "places": [
            ".".join(key.removesuffix(INPUTS_SUFFIX) for key in field.path if key != ANY_INDEX)
            for field in explained.fields
        ],
        "recordClasses": sorted(guard.value for guard in explained.guards if isinstance(guard, RecordClass)),
        "columns": [{"name": name, "masked": is_masked} for name, is_masked in columns],
        # Each search is a statement; all keys of another fetch share one.
        "statements": sum(isinstance(key, Search) for key in explained.keys) or 1,
        "rows": explained.estimated_rows,
    }
