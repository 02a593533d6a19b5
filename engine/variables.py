"""Variable coercion by graphql-core; skipped if the values need none."""

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
    VariableDefinitionNode,
    VariableValues,
    get_variable_values,
    is_list_type,
    is_non_null_type,
)

from engine.errors import Fault, InvalidVariables
from engine.graphql_core import VariableValueSource, get_variable_signature
from engine.redaction import redact_values

PASS_THROUGH_CLASSES: dict[GraphQLInputType, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
MAX_ERRORS = 5


class VariableDefinitions:
    """The variables that one operation declares."""

    def __init__(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode, *, names_in_errors: bool = False
    ) -> None:
        self._schema = schema
        self._names_in_errors = names_in_errors
        self._nodes = operation.variable_definitions or ()
        signatures = [get_variable_signature(schema, node) for node in self._nodes]
        self._checks = [(each, _pass_through(each.type)) for each in signatures if not isinstance(each, GraphQLError)]

    def coerce(self, raw: Mapping[str, Any]) -> VariableValues:
        """The coerced values.

        Raises: InvalidVariables if a value does not fit its type.
        """
        values = self._without_coercion(raw) or get_variable_values(
            self._schema, self._nodes, dict(raw), MAX_ERRORS, hide_suggestions=True
        )
        if isinstance(values, list):
            raise InvalidVariables([Fault.at(error, self._message(error)) for error in values])
        return values

    def _message(self, error: GraphQLError) -> str:
        expected = redact_values(error.message)
        if self._names_in_errors:
            # From the document: graphql-core's message has the value too.
            for node in error.nodes or ():
                if isinstance(node, VariableDefinitionNode):
                    return f"The variable '${node.variable.name.value}' has a wrong value. {expected}"
        return f"A variable has a wrong value. {expected}"

    def _without_coercion(self, raw: Mapping[str, Any]) -> VariableValues | None:
        """The raw values, if all variables are given and coercion would change none of them."""
        sources, coerced = {}, {}
        for signature, passes_through in self._checks:
            value = raw.get(signature.name, Undefined)
            if passes_through is None or not passes_through(value):
                return None
            sources[signature.name] = VariableValueSource(signature, value)
            coerced[signature.name] = value
        return VariableValues(sources, coerced)


def _pass_through(kind: GraphQLInputType) -> Callable[[Any], bool] | None:
    """A check if coercion leaves a value unchanged; None for types that have no such simple check."""
    kind = kind.of_type if is_non_null_type(kind) else kind
    is_list = is_list_type(kind)
    item = kind.of_type if is_list_type(kind) else kind
    expected = PASS_THROUGH_CLASSES.get(item.of_type if is_non_null_type(item) else item)
    if expected is None:
        return None
    if is_list:
        return lambda value: value.__class__ is list and set(map(type, value)) <= {expected}
    return lambda value: value.__class__ is expected
