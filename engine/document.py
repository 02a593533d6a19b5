"""Documents: parsed and validated once, then kept. Their faults repeat nothing that the caller sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    parse,
    validate,
    visit,
)

from engine.errors import BadDocument, Fault, Refused, TooComplex
from engine.limits import Limits
from engine.lru import LruCache
from engine.redaction import names, redact_names
from engine.rules import ABORTED, rules
from engine.tracing import StepTimer, no_timer
from engine.variables import Variables


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document. `conditions` are the variables that any @skip or @include depends on."""

    node: DocumentNode
    digest: str
    operations: dict[str | None, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]
    variables: Mapping[str | None, Variables]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run: the one named, or the only one. Raises BadDocument if there is no such one."""
        if not name:
            if len(self.operations) != 1:
                raise BadDocument([Fault("The document holds several operations: say which in operationName.")])
            return next(iter(self.operations.values()))
        if name not in self.operations:
            raise BadDocument([Fault("The document holds no operation of the name in operationName.")])
        return self.operations[name]


class DocumentCache:
    """The documents seen of late, the valid and the refused, by their text; bounded, shared by all callers."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, step: StepTimer = no_timer) -> None:
        self._schema = schema
        self._limits = limits
        self._step = step
        self._rules = rules(limits.comparisons)
        self._names = names(schema)
        self._kept: LruCache[str, Document | Refused] = LruCache(limits.cached)

    def read(self, text: str) -> Document:
        """The document of a text. Raises BadDocument or TooComplex."""
        kept = self._kept.get(text, lambda: self._document_or_refusal(text))
        if isinstance(kept, Refused):
            raise type(kept)(kept.faults)
        return kept

    def _document_or_refusal(self, text: str) -> Document | Refused:
        try:
            return self._read(text)
        except Refused as refused:
            # Not the one that was raised: it would keep the frames of the parser with it.
            return type(refused)(refused.faults)

    def _read(self, text: str) -> Document:
        with self._step("parse"):
            node = self._parse(text)
        with self._step("validate"):
            _refuse_depth(node, self._limits.depth)
            self._validate(node)
        operations: dict[str | None, OperationDefinitionNode] = {}
        fragments: dict[str, FragmentDefinitionNode] = {}
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                operations[definition.name.value if definition.name else None] = definition
            elif isinstance(definition, FragmentDefinitionNode):
                fragments[definition.name.value] = definition
        # There is one at least: without any, each definition is an unused fragment or not executable, and so refused.
        variables = {name: Variables(self._schema, each) for name, each in operations.items()}
        return Document(node, sha256(text.encode()).hexdigest(), operations, fragments, _conditions(node), variables)

    def _parse(self, text: str) -> DocumentNode:
        limits = self._limits
        try:
            return parse(
                text,
                max_source_length=limits.characters,
                max_lexical_tokens=limits.tokens,
                max_comments=limits.tokens,
                allow_empty_selection_sets=False,
            )
        except GraphQLError as error:
            if error.message.endswith("Parsing aborted."):
                raise TooComplex([Fault.at(error, "The document is too long or nests too deeply.")]) from None
            raise BadDocument([Fault.at(error, "GraphQL syntax error.")]) from None

    def _validate(self, node: DocumentNode) -> None:
        errors = validate(self._schema, node, self._rules, max_errors=5, hide_suggestions=True)
        if any(error.message == ABORTED for error in errors):
            raise TooComplex([Fault("The document selects too much under one name.")])
        if errors:
            spans = list(_directive_spans(node))
            raise BadDocument(
                [
                    Fault.at(error, redact_names(error.message, self._names), _directive_around(error, spans))
                    for error in errors
                ]
            )


def _refuse_depth(document: DocumentNode, limit: int) -> None:
    """Refuse selections nested too deeply, before validation walks them.

    Fragments are counted where they stand; the plan counts them again where they are spread.
    """
    depth = 0

    class Depth(Visitor):
        def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
            nonlocal depth
            depth += 1
            if depth > limit:
                raise TooComplex([Fault.at(GraphQLError("", node), "The document nests too deeply.")])

        def leave_selection_set(self, _node: SelectionSetNode, *_: Any) -> None:
            nonlocal depth
            depth -= 1

    visit(document, Depth())


def _conditions(document: DocumentNode) -> tuple[str, ...]:
    found: dict[str, None] = {}

    class Conditions(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            if node.name.value in {"skip", "include"}:
                for argument in node.arguments or ():
                    if isinstance(argument.value, VariableNode):
                        found[argument.value.name.value] = None

    visit(document, Conditions())
    return tuple(found)


def _directive_spans(document: DocumentNode) -> Iterator[tuple[range, str]]:
    """Where each directive of an operation stands in the text, and its name."""
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            for directive in operation.directives or ():
                if directive.loc:
                    yield range(directive.loc.start, directive.loc.end), directive.name.value


def _directive_around(error: GraphQLError, spans: list[tuple[range, str]]) -> str | None:
    starts = [node.loc.start for node in error.nodes or () if node.loc]
    return next((name for span, name in spans for start in starts if start in span), None)
