"""graphql-core's internals: every use of a name or a message text that its documentation does not promise.

The engine gives the data, messages, paths and locations that graphql-core gives, word for word. To make them again
would be a copy that drifts, so it calls graphql-core's own functions. For what graphql-core tells apart only in English
it compares messages. pyproject.toml bounds the version, and tests/engine/test_graphql_core.py fails if a name goes or
a message changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLLeafType, GraphQLSchema, ValidationContext
from graphql.execution.collect_fields import (
    CollectedFields,
    DeferUsage,
    FieldDetails,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.executor import Executor, invalid_return_type_error, to_nodes
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValueSource
from graphql.validation import OverlappingFieldsCanBeMergedRule

__all__ = [
    "DID_YOU_MEAN",
    "EXPECTED_VALUE",
    "QUOTED",
    "CollectedFields",
    "DeferUsage",
    "FieldDetails",
    "FragmentDetails",
    "VariableValueSource",
    "build_executor",
    "collect_fields",
    "collect_subfields",
    "complete_leaf_value",
    "get_variable_signature",
    "invalid_return_type_error",
    "is_over_parser_limit",
    "is_over_validation_limit",
    "overlapping_fields_rule",
    "to_nodes",
]

EXPECTED_VALUE = re.compile(
    r"Expected (?:a )?value of (?:non-null )?type '[\w!\[\]]+'"
    r"(?: to be provided| not to be None| to be an object| to include required field '\w+'"
    r"| not to include unknown field)?"
    r"|Within OneOf Input Object type '\w+', exactly one field must be specified"
)
"""Openings of messages about values: they name only types and input fields of the schema. The rest may be a value."""

QUOTED = re.compile(r"'([^']*)'")
DID_YOU_MEAN = re.compile(r" Did you mean .*")
"""One rule makes suggestions even with `hide_suggestions`."""

complete_leaf_value: Callable[[GraphQLLeafType, Any], Any] = Executor.complete_leaf_value


def build_executor(
    schema: GraphQLSchema, document: DocumentNode, context: Any, raw_variables: Mapping[str, Any], operation: str | None
) -> Executor[Any]:
    """An executor of a valid operation, for resolve infos and abstract types; it executes nothing."""
    executor = Executor.build(
        schema,
        document,
        context_value=context,
        raw_variable_values=dict(raw_variables),
        operation_name=operation,
        hide_suggestions=True,
    )
    assert isinstance(executor, Executor)  # planning has coerced these variables
    return executor


def is_over_parser_limit(error: GraphQLError) -> bool:
    """Whether the parser stopped because the text is too long or nests too deeply."""
    return error.message.endswith("Parsing aborted.")


def is_over_validation_limit(error: GraphQLError) -> bool:
    """Whether validation stopped because it takes too many steps. Too many errors have another message."""
    return error.message == "Validation aborted."


def overlapping_fields_rule(max_comparisons: int) -> type[OverlappingFieldsCanBeMergedRule]:
    """The rule that selections of one name can be merged, with a bound on its comparisons.

    480 copies of one small selection make 115,000 pairs and took 3 s.
    """

    class OverlappingFields(OverlappingFieldsCanBeMergedRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = max_comparisons

    return OverlappingFields
