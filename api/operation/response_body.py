"""Response body of an execution: its data, and an error for each null that stands for no absence."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError

from api.operation import errors
from api.operation.authorization import Decision
from api.operation.entities import join_entities
from api.operation.record_faults import record_faults
from api.operation.released import Released
from engine.deferral import DeferredPart
from engine.execution_state import ExecutionState
from engine.missing_nulls import Place, report_nulls
from engine.response import Path, ResponseBuilder
from policy.reasons import FIELD_STOPS
from resolvers.errors import RelatedSubject

logger = logging.getLogger("needtoknow.operation")

SAFETY_FIELD = ".safety"
"""The end of the coordinate of a safety banner, of any type."""
STEP_BYTES = 8
"""Bytes of an index in a path, and of the punctuation around a step."""


class ReplyTooLarge(Exception):
    """The errors of a reply would exceed its size."""


async def response_body(result: ExecutionResult, state: ExecutionState, *, with_denied: bool = True) -> dict[str, Any]:
    """Data and errors. `with_denied` says whether denials are among the errors.

    If the errors would exceed the size of a reply there is no data, and one error says so: a null without its error
    would read as "no record".
    """
    (response,) = state.responses
    try:
        found = await response_errors(state, response, with_denied=with_denied)
    except ReplyTooLarge:
        state.is_reply_over_limit = True
        return {"data": None, "errors": [errors.too_many_errors()]}
    return {"data": result.data, **({"errors": found} if found else {})}


async def response_errors(
    state: ExecutionState, response: ResponseBuilder, part: DeferredPart | None = None, *, with_denied: bool
) -> list[dict[str, Any]]:
    """The errors of a response, or of one part of it. Raises: ReplyTooLarge."""
    listed = NullErrors(state)
    await report_nulls(state, response.roots.values(), listed.add, part, with_denied=with_denied)
    found = listed.errors + record_faults(state, part)
    for fault in response.errors:
        if isinstance(fault.original_error, RelatedSubject):
            found.append(errors.related_subject(fault, fault.original_error.denied))
    input_errors, state.input_errors = state.input_errors, []
    for fault in input_errors:
        if not isinstance(fault.original_error, RelatedSubject):
            logger.error("%s at an input of a field", type(fault.original_error or fault).__name__)
    for fault in unexpected_errors(response.errors, state):
        # Its message may quote a value; the log has the exception type only.
        logger.error("%s at a field", type(fault.original_error or fault).__name__)
        found.append(errors.internal(fault.path or ()))
    if part is None:
        found += join_entities(response.data, found, state.prepared, listed.reserve)
    return found


class NullErrors:
    """The errors of nulls, whose bytes count toward the size of the reply."""

    def __init__(self, state: ExecutionState) -> None:
        self.errors: list[dict[str, Any]] = []
        self._state = state
        self._size = state.reply_size

    def add(self, place: Place, paths: list[Path]) -> None:
        """Add one error for each path of a place. Raises: ReplyTooLarge."""
        template = errors.missing(place)
        keys = sum(len(key) for _, key in place.planned.type_path)
        each = len(orjson.dumps(template)) + keys + STEP_BYTES * max(map(len, paths))
        self.reserve(each * len(paths))
        self.errors += [{**template, "path": list(path)} for path in paths]

    def reserve(self, size_of_errors: int) -> None:
        """Count the bytes of further errors. Raises: ReplyTooLarge."""
        size = self._size
        more = size.error_bytes + size_of_errors
        if size.bytes + more > size.limit and not size.is_exact:
            size.is_exact, size.bytes = True, self._state.measured_size()
        if size.bytes + more > size.limit:
            raise ReplyTooLarge
        size.error_bytes = more


def unexpected_errors(found: Iterable[GraphQLError], state: ExecutionState) -> list[GraphQLError]:
    """The errors that are defects of ours, and neither a value of a source nor a row that is withheld."""
    return [
        each
        for each in found
        if tuple(each.path or ()) not in state.invalid_values and not isinstance(each.original_error, RelatedSubject)
    ]


def safety_notice(decision: Decision, released: Released, state: ExecutionState) -> dict[str, str]:
    """Says that a field stop released a person, and nobody asked for the safety banner: docs/safety.md."""
    fields = state.prepared.plan.all_fields
    if decision.inquiry.reason not in FIELD_STOPS or any(
        each.spec.coordinate.endswith(SAFETY_FIELD) for each in fields
    ):
        return {}
    return {"safety": "NOT_ASKED"} if any(name.startswith("Person.") for name in released.fields) else {}
