"""Variables: coerced by graphql-core, and at once where there is nothing to coerce."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLInputType,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    Undefined,
    get_variable_values,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource

from engine.errors import BadVariables, Fault
from engine.redaction import redact_values

CLASSES: dict[GraphQLInputType, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
MOST_ERRORS = 5


class Variables:
    """The variables that one operation declares."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._nodes = operation.variable_definitions or ()
        signatures = [get_variable_signature(schema, node) for node in self._nodes]
        self._known = [(each, _fits(each.type)) for each in signatures if not isinstance(each, GraphQLError)]

    def coerce(self, given: Mapping[str, Any]) -> VariableValues:
        """The values to run with. Raises BadVariables if what is given does not fit."""
        values = self._as_given(given) or get_variable_values(
            self._schema, self._nodes, dict(given), MOST_ERRORS, hide_suggestions=True
        )
        if isinstance(values, list):
            raise BadVariables(
                [Fault.at(error, f"A variable does not fit. {redact_values(error.message)}") for error in values]
            )
        return values

    def _as_given(self, given: Mapping[str, Any]) -> VariableValues | None:
        """What is given, if every variable is and coercing would change none of it."""
        sources, coerced = {}, {}
        for signature, fits in self._known:
            value = given.get(signature.name, Undefined)
            if fits is None or not fits(value):
                return None
            sources[signature.name] = VariableValueSource(signature, value)
            coerced[signature.name] = value
        return VariableValues(sources, coerced)


def _fits(kind: GraphQLInputType) -> Callable[[Any], bool] | None:
    """Does a value go in as it is? None of types of which that cannot be said so simply."""
    kind = kind.of_type if is_non_null_type(kind) else kind
    is_list = is_list_type(kind)
    item = kind.of_type if is_list_type(kind) else kind
    wanted = CLASSES.get(item.of_type if is_non_null_type(item) else item)
    if wanted is None:
        return None
    if is_list:
        return lambda value: value.__class__ is list and set(map(type, value)) <= {wanted}
    return lambda value: value.__class__ is wanted
