"""The rules that a document is validated by: graphql-core's, with bounds where theirs are too wide for a public door.

Knows nothing of the schema's labels.
"""

from __future__ import annotations

from typing import Any

from graphql import (
    ASTValidationRule,
    FieldNode,
    GraphQLError,
    ValidationContext,
    is_introspection_type,
    specified_rules,
)
from graphql.validation import OverlappingFieldsCanBeMergedRule, ValidationRule, ValuesOfCorrectTypeRule

from engine.redaction import redact_values

Rules = tuple[type[ASTValidationRule], ...]

ABORTED = "Validation aborted."
"""What graphql-core says when a document is more work than it may be, and only then."""


class ValuesInFixedWords(ValuesOfCorrectTypeRule):
    """The same check, whose messages do not quote the literal."""

    def report_error(self, error: GraphQLError) -> None:
        super().report_error(GraphQLError(redact_values(error.message), error.nodes))


class PlainIntrospection(ValidationRule):
    """No aliases in questions about the schema.

    Without them the answer is no larger than the schema is; with them 600 names for one field of every field are a few
    seconds of work. No tool asks so.
    """

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self.context.get_parent_type()
        is_about_schema = node.name.value in {"__schema", "__type"} or (parent and is_introspection_type(parent))
        if node.alias and is_about_schema:
            self.report_error(GraphQLError("A question about the schema takes no alias.", node))


def rules(comparisons: int) -> Rules:
    """Every rule, with at most so many comparisons of selections that share a name."""

    class MergeableWithinBounds(OverlappingFieldsCanBeMergedRule):
        # 480 times the same small selection is 115,000 pairs and took 3 s.
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = comparisons

    instead: dict[type[ASTValidationRule], type[ASTValidationRule]] = {
        OverlappingFieldsCanBeMergedRule: MergeableWithinBounds,
        ValuesOfCorrectTypeRule: ValuesInFixedWords,
    }
    return (*(instead.get(rule, rule) for rule in specified_rules), PlainIntrospection)
