"""Validation rules: graphql-core's, with bounds where an unbounded rule would let one document cost seconds."""

from __future__ import annotations

from typing import Any

from graphql import ASTValidationRule, FieldNode, GraphQLError, is_introspection_type, specified_rules
from graphql.validation import OverlappingFieldsCanBeMergedRule, ValidationRule, ValuesOfCorrectTypeRule

from engine.graphql_core import overlapping_fields_rule
from engine.redaction import redact_values

Rules = tuple[type[ASTValidationRule], ...]


class RedactedValuesOfCorrectType(ValuesOfCorrectTypeRule):
    """The same check with messages that do not quote the literal."""

    def report_error(self, error: GraphQLError) -> None:
        super().report_error(GraphQLError(redact_values(error.message), error.nodes))


class NoIntrospectionAliases(ValidationRule):
    """No aliases in introspection.

    Without them a response is no larger than the schema; with them 600 names for one field of every field are a few
    seconds of work. No tool needs them.
    """

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self.context.get_parent_type()
        is_introspection = node.name.value in {"__schema", "__type"} or (parent and is_introspection_type(parent))
        if node.alias and is_introspection:
            self.report_error(GraphQLError("An introspection field takes no alias.", node))


def validation_rules(comparisons: int) -> Rules:
    """Every rule, with a limit on comparisons of selections that share a name."""
    replaced: dict[type[ASTValidationRule], type[ASTValidationRule]] = {
        OverlappingFieldsCanBeMergedRule: overlapping_fields_rule(comparisons),
        ValuesOfCorrectTypeRule: RedactedValuesOfCorrectType,
    }
    return (*(replaced.get(rule, rule) for rule in specified_rules), NoIntrospectionAliases)
