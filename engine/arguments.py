"""Arguments of a plan's fields, coerced with the variables of one request."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError, VariableValues, get_argument_values, is_list_type, is_non_null_type

from engine.declarations import Edge
from engine.errors import Fault, InvalidVariables
from engine.plan import Plan, PlannedField
from engine.redaction import redact_values


def coerced_arguments(
    plan: Plan, variables: VariableValues
) -> tuple[dict[PlannedField, dict[str, Any]], dict[PlannedField, str]]:
    """The arguments of each field, and the root fields whose arguments do not fit, each with the reason.

    A variable with a default may be null at a position where null does not fit. Then the root field alone is refused,
    if it may be null and another is left.
    Raises: InvalidVariables for any other field, or if no root field is left.
    """
    arguments: dict[PlannedField, dict[str, Any]] = {}
    invalid: dict[PlannedField, str] = {}
    for each in plan.fields_with_arguments:
        try:
            arguments[each] = get_argument_values(each.definition, each.nodes[0].node, variables)
        except GraphQLError as error:
            invalid[each] = redact_values(error.message)
    is_whole = plan.introspection is None and len(invalid) == len(plan.fields)
    if invalid and (is_whole or not all(each in plan.fields and _may_be_null(each) for each in invalid)):
        raise InvalidVariables([Fault(sentence, each.locations) for each, sentence in invalid.items()])
    return arguments, invalid


def _may_be_null(planned: PlannedField) -> bool:
    """Whether an edge has a value if it is not followed: null or a placeholder, but no list."""
    kind = planned.definition.type
    return isinstance(planned.spec.declaration, Edge) and not (is_non_null_type(kind) and is_list_type(kind.of_type))
