"""Estimates of trusted documents cover every request: its record classes, and whether it reads records."""

from __future__ import annotations

import sys
from typing import Any

from hypothesis import event, given

from api.documents.estimate import estimates
from engine.document import DocumentCache
from engine.errors import Refused
from engine.limits import Limits
from engine.planner import Planner
from schema.build import guarded_schema
from tests.operation_generator import operations

SCHEMA = guarded_schema().graphql
LIMITS = Limits(cost=sys.maxsize)
DOCUMENTS, PLANNER = DocumentCache(SCHEMA, LIMITS), Planner(guarded_schema(), LIMITS)


@given(operations(SCHEMA))
def test_no_request_needs_a_class_that_its_document_does_not_list(operation: tuple[str, dict[str, Any]]) -> None:
    text, variables = operation
    try:
        document = DOCUMENTS.create(text)
        (node,) = document.operations.values()
        requested = PLANNER.prepare(document, node, variables)
    except Refused:
        event("refused")
        return
    estimated = list(estimates(SCHEMA, PLANNER, document, size=100))

    event(f"variables: {bool(variables)}, records: {requested.plan.touches_records}")
    assert {*requested.guards} <= {guard for each in estimated for guard in each.guards}
    assert requested.plan.touches_records <= estimated[0].plan.touches_records
