"""Validation rules: graphql-core's, with bounds where an unbounded rule would let one document cost seconds."""

from __future__ import annotations

from typing import Any

from graphql import (
    ASTValidationRule,
    FieldNode,
    GraphQLError,
    NonNullTypeNode,
    OperationDefinitionNode,
    ValidationContext,
    VariableDefinitionNode,
    get_named_type,
    is_input_object_type,
    is_introspection_type,
    is_leaf_type,
    is_non_null_type,
    specified_rules,
)
from graphql.validation import OverlappingFieldsCanBeMergedRule, ValidationRule, ValuesOfCorrectTypeRule

from engine.graphql_core import overlapping_fields_rule
from engine.redaction import redact_values

MAX_INTROSPECTION_ALIASES = 10
SERVICE, SERVICE_TYPE = "_service", "_Service"
"""The root field by which the gateway of a federation reads the schema of a subgraph, and its type."""

Rules = tuple[type[ASTValidationRule], ...]


class RedactedValuesOfCorrectType(ValuesOfCorrectTypeRule):
    """The same check with messages that do not quote the literal."""

    def report_error(self, error: GraphQLError) -> None:
        super().report_error(GraphQLError(redact_values(error.message), error.nodes))


class FewIntrospectionAliases(ValidationRule):
    """At most ten aliases in introspection, each of a root field or of a leaf.

    Some clients download the schema by such aliases. With 600 names for one field of every field, a response would be a
    few seconds of work; with aliases of objects inside one another, ten would be enough. The schema of a subgraph is
    100 kB of text, and takes none.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._aliases = 0

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if not node.alias:
            return
        parent, kind = self.context.get_parent_type(), self.context.get_type()
        if node.name.value == SERVICE or (parent and parent.name == SERVICE_TYPE):
            self.report_error(GraphQLError("The schema of a subgraph takes no alias.", node))
            return
        is_root = node.name.value in {"__schema", "__type"}
        if not is_root and not (parent and is_introspection_type(parent)):
            return
        self._aliases += 1
        if self._aliases > MAX_INTROSPECTION_ALIASES:
            self.report_error(GraphQLError("Introspection takes at most ten aliases.", node))
        elif not is_root and not is_leaf_type(get_named_type(kind)):
            self.report_error(GraphQLError("An introspection field inside another takes no alias.", node))


class OneOfVariablesAreNonNull(ValidationRule):
    """A variable in a @oneOf object has a non-null type: null would be no key at all.

    graphql-core has the same rule, and does not apply it where the object itself is non-null.
    """

    def leave_operation_definition(self, operation: OperationDefinitionNode, *_: Any) -> None:
        definitions = {each.variable.name.value: each for each in operation.variable_definitions or ()}
        for usage in self.context.get_recursive_variable_usages(operation):
            definition, parent = definitions.get(usage.node.name.value), usage.parent_type
            kind = parent.of_type if is_non_null_type(parent) else None
            if is_input_object_type(kind) and kind.is_one_of and definition and not _is_non_null(definition):
                message = f"Variable '${usage.node.name.value}' must be non-null in the @oneOf object '{kind}'."
                self.report_error(GraphQLError(message, [definition, usage.node]))


def _is_non_null(definition: VariableDefinitionNode) -> bool:
    return isinstance(definition.type, NonNullTypeNode)


def validation_rules(comparisons: int) -> Rules:
    """Every rule, with a limit on comparisons of selections that share a name."""
    replaced: dict[type[ASTValidationRule], type[ASTValidationRule]] = {
        OverlappingFieldsCanBeMergedRule: overlapping_fields_rule(comparisons),
        ValuesOfCorrectTypeRule: RedactedValuesOfCorrectType,
    }
    return (*(replaced.get(rule, rule) for rule in specified_rules), FewIntrospectionAliases, OneOfVariablesAreNonNull)
