"""Documents: refusals and their messages, and the cache."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from graphql import get_introspection_query

from engine.document import DocumentCache
from engine.errors import InvalidDocument, InvalidVariables, Refused, TooComplex
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from tests.engine.engine_harness import Harness

SECRET = "S123456789"


def faults(harness: Harness, text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        harness.documents.get(text)
    return [fault.message for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "GraphQL syntax error."),
        ("{", "GraphQL syntax error."),
        ("{person(id:1){}}", "GraphQL syntax error."),
        ("{person(id: 123-45-6789){id}}", "GraphQL syntax error."),
        ("{me{name}} \ud800", "GraphQL syntax error."),
        ("fragment f on Me{name}", "Fragment '…' is never used."),
        ("type Spy{name: String}", "The '…' definition is not executable."),
        ("extend type Person{ssn: String}", "The 'Person' definition is not executable."),
        ("schema{query: Query}", "The schema definition is not executable."),
        ("directive @spy on FIELD", "The '…' definition is not executable."),
        ("mutation{me{name}}", "The mutation operation is not supported by the schema."),
        ("subscription{me{name}}", "The subscription operation is not supported by the schema."),
        ("{me{name}} {me{name}}", "This anonymous operation must be the only defined operation."),
        ("query A{me{name}} query A{me{name}}", "There can be only one operation named '…'."),
        ("{...a} fragment a on Query{...a}", "Cannot spread fragment '…' within itself."),
        (
            "{person(id:1){id id:name}}",
            "Fields 'id' conflict because 'id' and 'name' are different fields. Use different",
        ),
        ("{person(id:1){id} person(id:2){id}}", "Fields 'person' conflict because they have differing arguments."),
        ("{person(id:1)}", "Field 'person' of type 'Person' must have a selection of subfields."),
        ("{person{id}}", "Argument 'Query.person(id:)' of type 'ID!' is required, but it was not provided."),
        ("{person(id:{a:1}){id}}", "This value does not have the expected type."),
        ("{person(id:null){id}}", "Expected value of non-null type 'ID!' not to be None."),
        ("{me{name @include(if:null)}}", "Expected value of non-null type 'Boolean!' not to be None."),
        (
            "query($v:Boolean){me{name @include(if:$v)}}",
            "Variable '…' of type 'Boolean' used in position expecting type",
        ),
        (
            "{person(id:1){...on Me{name}}}",
            "Fragment cannot be spread here as objects of type 'Person' can never be of",
        ),
        (
            "{" + " ".join(f"a{n}:__schema{{types{{name}}}}" for n in range(11)) + "}",
            "Introspection takes at most ten aliases.",
        ),
        (
            "{__schema{types{" + " ".join(f"a{n}:name" for n in range(11)) + "}}}",
            "Introspection takes at most ten aliases.",
        ),
        ("{__schema{a:types{name}}}", "An introspection field inside another takes no alias."),
        ("{__schema{types{a:fields{name}}}}", "An introspection field inside another takes no alias."),
        ("{me{name @defer}}", "Unknown directive '…'."),
    ],
)
def test_an_invalid_document_is_refused_with_its_first_fault(harness: Harness, text: str, message: str) -> None:
    assert faults(harness, text)[0].startswith(message)


def test_a_blank_document_is_a_syntax_error(harness: Harness) -> None:
    assert faults(harness, " \n,# nothing") == ["GraphQL syntax error."]


@pytest.mark.parametrize(
    "text",
    [
        "{SECRET}",
        "{person(id:1){SECRET}}",
        "{person(id:SECRET){id}}",
        '{person(id:["SECRET"]){id}}',
        "{person(SECRET:1){id}}",
        "{person(id:1 SECRET){id}}",
        '{search(pin:{SECRET:"SECRET"}){total}}',
        "{search(pin:SECRET){total}}",
        "{me{name @SECRET}}",
        "{me{name @include(SECRET:true)}}",
        '{me{name @include(if:"SECRET")}}',
        "{...SECRET}",
        "{me{...SECRET}} fragment SECRET on Person{id}",
        "{...SECRET} fragment SECRET on Query{...SECRET}",
        "fragment SECRET on Query{me{name}}",
        "{me{...on SECRET{name}}}",
        "query SECRET{me{name}} query SECRET{me{name}}",
        "query SECRET($SECRET:ID){me{name}}",
        "query SECRET{person(id:$SECRET){id}}",
        "query($SECRET:SECRET){me{name}}",
        "query($SECRET:Int){person(id:$SECRET){id}}",
        "{person(id:1){SECRET:id SECRET:name}}",
        '{person(id:"SECRET"){id} person(id:2){id}}',
        "{me{SECRET:name} SECRET:me{name} SECRET:person(id:1){id}}",
        "type SECRET{id: ID}",
        '"SECRET" {me{name}',
    ],
)
def test_a_fault_repeats_no_text_of_the_request(harness: Harness, text: str) -> None:
    message = faults(harness, text.replace("SECRET", SECRET))

    assert message
    assert not [each for each in message if SECRET in each]


@pytest.mark.parametrize(
    "text",
    [
        "{persn(id:1){id}}",
        "{person(idd:1){id}}",
        "{me{nam}}",
        "{me{name @includ(if:true)}}",
        "{me}",
        "{...on Persn{id}}",
    ],
)
def test_no_fault_suggests_another_name(harness: Harness, text: str) -> None:
    assert not [each for each in faults(harness, text) if "mean" in each]


@pytest.fixture
def naming_documents(guarded_schema: GuardedSchema) -> DocumentCache:
    return DocumentCache(guarded_schema.graphql, Limits(), names_in_errors=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{persn(id:1){id}}", "Cannot query field 'persn' on type 'Query'. Did you mean 'person'?"),
        ("{person(idd:1){id}}", "Unknown argument 'idd' on field 'Query.person'. Did you mean 'id'?"),
        ("{...on Persn{id}}", "Unknown type 'Persn'. Did you mean 'Person'?"),
        ("fragment f on Me{name}", "Fragment 'f' is never used."),
    ],
)
def test_on_request_a_fault_says_the_name(naming_documents: DocumentCache, text: str, message: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        naming_documents.get(text)

    assert refused.value.faults[0].message == message


@pytest.mark.parametrize(
    "text",
    [
        "{person(id:SECRET){id}}",
        '{person(id:["SECRET"]){id}}',
        '{person(id:"SECRET"){id} person(id:2){id}}',
        '{search(pin:{SECRET:"SECRET"}){total}}',
        "{search(pin:SECRET){total}}",
        '{me{name @include(if:"SECRET")}}',
        'query($v:ID="SECRET"){me{name}}',
        'query($v:Boolean="SECRET"){me{name @include(if:$v)}}',
        '{me{name @defer(label:"SECRET")}}',
        '"SECRET" {me{name}',
    ],
)
def test_a_fault_with_names_repeats_no_literal(naming_documents: DocumentCache, text: str) -> None:
    with pytest.raises(Refused) as refused:
        naming_documents.get(text.replace("SECRET", SECRET))

    assert refused.value.faults
    assert not [fault for fault in refused.value.faults if SECRET in fault.message]


def test_a_variable_is_named_on_request_but_its_value_never_is(
    harness: Harness, naming_documents: DocumentCache
) -> None:
    text = "query($key:ID!){person(id:$key){id}}"
    messages = {}
    for documents in (harness.documents, naming_documents):
        document = documents.get(text)
        with pytest.raises(InvalidVariables) as refused:
            document.variables[None].coerce({"key": {SECRET: SECRET}})
        (messages[documents],) = (fault.message for fault in refused.value.faults)

    wrong = "wrong value. This value does not have the expected type."
    assert list(messages.values()) == [f"A variable has a {wrong}", f"The variable '$key' has a {wrong}"]


def test_a_fault_inside_an_operation_directive_names_it(harness: Harness) -> None:
    with pytest.raises(InvalidDocument) as refused:
        harness.documents.get('query @skip(if: "x") {me{name @skip(if: "x")}}')

    assert [(fault.locations[0], fault.directive) for fault in refused.value.faults] == [
        ((1, 7), "skip"),
        ((1, 17), "skip"),
        ((1, 41), None),
    ]


def test_the_operation_is_the_one_named_or_the_only_one(harness: Harness) -> None:
    both = harness.documents.get("query A{me{name}} query B{me{name}}")
    only = harness.documents.get("query A{me{name}}")

    assert both.operation("B") is both.operations["B"]
    assert only.operation(None) is only.operation("") is only.operation("A")
    with pytest.raises(InvalidDocument):
        both.operation(None)
    with pytest.raises(InvalidDocument):
        both.operation("C")
    with pytest.raises(InvalidDocument):
        only.operation("B")


def test_the_standard_introspection_query_is_accepted(harness: Harness) -> None:
    assert harness.documents.get(get_introspection_query(input_value_deprecation=True)).operation(None)


@pytest.fixture
def steps() -> list[str]:
    return []


@pytest.fixture
def documents(guarded_schema: GuardedSchema, steps: list[str]) -> DocumentCache:
    @contextmanager
    def timer(name: str) -> Any:
        steps.append(name)
        yield

    return DocumentCache(guarded_schema.graphql, Limits(cached=2, depth=2), timer)


def test_a_document_is_parsed_and_validated_once(documents: DocumentCache, steps: list[str]) -> None:
    assert documents.get("{me{name}}") is documents.get("{me{name}}")
    assert steps == ["parse", "validate"]


@pytest.mark.parametrize(
    ("text", "kind"), [("{me{nam}}", InvalidDocument), ("{me{name{name{name}}}}", TooComplex), ("{", InvalidDocument)]
)
def test_a_refusal_is_cached_and_raised_as_a_new_exception(
    documents: DocumentCache, steps: list[str], text: str, kind: type[Refused]
) -> None:
    raised = []
    for _ in range(2):
        with pytest.raises(kind) as refused:
            documents.get(text)
        raised.append(refused.value)

    assert steps.count("parse") == 1
    assert raised[0].faults == raised[1].faults
    assert raised[0] is not raised[1]


def test_the_least_recently_used_document_is_evicted_first(documents: DocumentCache, steps: list[str]) -> None:
    for text in ("{me{name}}", "{me{a:name}}", "{me{name}}", "{me{b:name}}"):
        documents.get(text)
    steps.clear()

    documents.get("{me{name}}")
    assert steps == []
    documents.get("{me{a:name}}")
    assert steps == ["parse", "validate"]


@pytest.mark.parametrize(
    ("limits", "small", "large"),
    [
        ({"characters": 20}, "{me{name}}", "{me{name}} #" + "x" * 9),
        ({"tokens": 6}, "{me{name}}", "{me{name name}}"),
        ({"tokens": 6}, "#\n" * 6 + "{me{name}}", "#\n" * 7 + "{me{name}}"),
        ({"depth": 2}, "{me{name}}", "{me{...{name}}}"),
        ({"comparisons": 50}, "{me{name name}}", "{me{" + "name " * 50 + "}}"),
    ],
)
def test_a_document_over_a_limit_is_refused_and_one_within_it_is_not(
    harness_with: Callable[..., Harness], limits: dict[str, int], small: str, large: str
) -> None:
    harness = harness_with(**limits)

    assert harness.documents.get(small)
    with pytest.raises(TooComplex):
        harness.documents.get(large)
