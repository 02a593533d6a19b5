"""graphql-core's internals: each name that the engine uses exists, and each message that it compares is unchanged."""

from __future__ import annotations

from importlib import import_module
from operator import attrgetter

import pytest
from graphql import GraphQLError, GraphQLSchema, Source, TypeInfo, ValidationContext, parse, validate
from graphql.validation import OverlappingFieldsCanBeMergedRule

from engine.graphql_core import (
    DID_YOU_MEAN,
    build_executor,
    is_over_parser_limit,
    is_over_validation_limit,
    overlapping_fields_rule,
)
from engine.guarded_schema import GuardedSchema


@pytest.fixture(scope="session")
def schema(guarded_schema: GuardedSchema) -> GraphQLSchema:
    return guarded_schema.graphql


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("collect_fields", "FieldDetails"),
        ("collect_fields", "FragmentDetails"),
        ("collect_fields", "collect_fields"),
        ("collect_fields", "collect_subfields"),
        ("executor", "Executor.build"),
        ("executor", "Executor.build_resolve_info"),
        ("executor", "Executor.complete_leaf_value"),
        ("executor", "Executor.ensure_valid_runtime_type"),
        ("executor", "invalid_return_type_error"),
        ("executor", "to_nodes"),
        ("get_variable_signature", "get_variable_signature"),
        ("values", "VariableValueSource"),
    ],
)
def test_the_internal_name_exists(module: str, name: str) -> None:
    assert callable(attrgetter(name)(import_module(f"graphql.execution.{module}")))


def test_the_executor_of_a_valid_operation_is_built(schema: GraphQLSchema) -> None:
    executor = build_executor(schema, parse("query A{me{name}} query B{me{name}}"), "context", {}, "B")

    assert executor.context_value == "context"


@pytest.mark.parametrize(
    "limit",
    [{"max_source_length": 5}, {"max_lexical_tokens": 2}, {"max_comments": 1}],
    ids=lambda limit: next(iter(limit)),
)
def test_a_parser_limit_is_told_from_a_syntax_error(limit: dict[str, int]) -> None:
    with pytest.raises(GraphQLError) as over:
        parse(Source("#\n#\n{me{name}}"), **limit)  # type: ignore[arg-type]
    with pytest.raises(GraphQLError) as syntax:
        parse("{me{")

    assert is_over_parser_limit(over.value)
    assert not is_over_parser_limit(syntax.value)


def test_the_bound_on_comparisons_is_told_from_too_many_errors(schema: GraphQLSchema) -> None:
    rule = overlapping_fields_rule(5)
    document = parse("{me{" + "name " * 10 + "}}")
    too_many = validate(schema, parse("{a b c}"), max_errors=1)

    assert [is_over_validation_limit(error) for error in validate(schema, document, [rule])] == [True]
    assert [is_over_validation_limit(error) for error in too_many] == [False, False]
    assert validate(schema, document, [OverlappingFieldsCanBeMergedRule]) == []


def test_graphql_core_s_rule_has_a_complexity_budget_to_set(schema: GraphQLSchema) -> None:
    context = ValidationContext(schema, parse("{me{name}}"), TypeInfo(schema), lambda _error: None)

    assert OverlappingFieldsCanBeMergedRule(context).rule_context.remaining_complexity_budget > 5


def test_a_suggestion_begins_with_the_words_that_are_removed(schema: GraphQLSchema) -> None:
    (error,) = validate(schema, parse("{me}"), hide_suggestions=True)

    assert DID_YOU_MEAN.sub("", error.message) == "Field 'me' of type 'Me!' must have a selection of subfields."
