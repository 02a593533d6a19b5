"""Response body of an execution: its data, and an error for each null that stands for no absence."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError

from api.operation import errors
from api.operation.authorization import Decision
from api.operation.entities import join_entities
from api.operation.record_faults import record_faults
from engine.execution_state import ExecutionState
from engine.missing_nulls import Place, report_nulls
from engine.reply_size import size_of
from engine.response import Path
from policy.reasons import FIELD_STOPS
from resolvers.errors import RelatedSubject
from resolvers.loaders import Loaders

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
    listed = NullErrors(state, result.data)
    try:
        if result.data is not None:
            await report_nulls(state, result.data, listed.add, with_denied=with_denied)
    except ReplyTooLarge:
        state.is_reply_over_limit = True
        return {"data": None, "errors": [errors.too_many_errors()]}
    found = listed.errors + record_faults(state)
    for fault in result.errors or ():
        if isinstance(fault.original_error, RelatedSubject):
            found.append(errors.related_subject(fault, fault.original_error.denied))
    for fault in state.input_errors:
        if not isinstance(fault.original_error, RelatedSubject):
            logger.error("%s at an input of a field", type(fault.original_error or fault).__name__)
    for fault in unexpected_errors(result, state):
        # Its message may quote a value; the log has the exception type only.
        logger.error("%s at a field", type(fault.original_error or fault).__name__)
        found.append(errors.internal(fault.path or ()))
    found += join_entities(result.data, found, state.prepared)
    return {"data": result.data, **({"errors": found} if found else {})}


class NullErrors:
    """The errors of nulls, whose bytes count toward the size of the reply."""

    def __init__(self, state: ExecutionState, data: Any) -> None:
        self.errors: list[dict[str, Any]] = []
        self._bytes = 0
        self._size = state.reply_size
        self._data = data

    def add(self, place: Place, paths: list[Path]) -> None:
        """Add one error for each path of a place. Raises: ReplyTooLarge."""
        template, size = errors.missing(place), self._size
        keys = sum(len(key) for _, key in place.planned.type_path)
        each = len(orjson.dumps(template)) + keys + STEP_BYTES * max(map(len, paths))
        self._bytes += each * len(paths)
        if size.bytes + self._bytes > size.limit and not size.is_exact:
            size.is_exact, size.bytes = True, size_of(self._data)
        if size.bytes + self._bytes > size.limit:
            raise ReplyTooLarge
        self.errors += [{**template, "path": list(path)} for path in paths]


def unexpected_errors(result: ExecutionResult, state: ExecutionState) -> list[GraphQLError]:
    """The errors that are defects of ours, and neither a value of a source nor a row that is withheld."""
    return [
        each
        for each in result.errors or ()
        if tuple(each.path or ()) not in state.invalid_values and not isinstance(each.original_error, RelatedSubject)
    ]


def safety_notice(decision: Decision, loaders: Loaders, state: ExecutionState) -> dict[str, str]:
    """Says that a field stop released a person, and nobody asked for the safety banner: docs/safety.md."""
    fields = state.prepared.plan.all_fields
    if decision.inquiry.reason not in FIELD_STOPS or any(
        each.spec.coordinate.endswith(SAFETY_FIELD) for each in fields
    ):
        return {}
    released = loaders.non_empty & state.completed_fetches
    coordinates = (name for fetch in released for name, _ in decision.plan.visible.get(fetch, ()))
    return {"safety": "NOT_ASKED"} if any(name.startswith("Person.") for name in coordinates) else {}
