"""Documents: parsed and validated once, then kept. Its faults repeat no value that the caller sent.

graphql-core's own messages quote literals and input ("Int cannot represent non-integer value: 123-45-6789"), and a
literal may be somebody's number. What is wrong and where is enough.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.language import ast
from graphql.validation import ValuesOfCorrectTypeRule

from .errors import BadDocument, Fault, TooComplex
from .words import without_values
from .limits import Limits
from .step import Step, untimed


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document. `conditions` are the variables that any @skip or @include depends on."""

    node: DocumentNode
    digest: str
    operations: dict[str | None, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run: the one named, or the only one. Raises BadDocument if there is no such one."""
        if not name:
            if len(self.operations) != 1:
                raise BadDocument([Fault("The document holds several operations: say which in operationName.")])
            return next(iter(self.operations.values()))
        if name not in self.operations:
            raise BadDocument([Fault("The document holds no operation of the name in operationName.")])
        return self.operations[name]


class Documents:
    """The documents seen of late, the valid and the faulty, by their text; bounded, shared by all callers."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, step: Step = untimed) -> None:
        self._schema = schema
        self._limits = limits
        self._step = step
        self._kept: OrderedDict[str, Document | BadDocument] = OrderedDict()

    def read(self, text: str) -> Document:
        """The document of a text. Raises BadDocument or TooComplex."""
        kept = self._kept.get(text)
        if kept is None:
            try:
                kept = self._read(text)
            except BadDocument as bad:
                kept = bad
            self._kept[text] = kept
            if len(self._kept) > self._limits.cached:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(text)
        if isinstance(kept, BadDocument):
            raise BadDocument(kept.faults)
        return kept

    def _read(self, text: str) -> Document:
        try:
            with self._step("parse"):
                node = parse(text, max_lexical_tokens=self._limits.tokens, max_comments=self._limits.tokens)
        except GraphQLError as error:
            if "token" in error.message.lower() and "limit" in error.message.lower():
                raise TooComplex([Fault("The document is too long.")]) from None
            raise BadDocument([Fault("The document does not parse here.", _locations(error))]) from None
        with self._step("validate"):
            _refuse_depth(node, self._limits.depth)
            errors = validate(self._schema, node, RULES, max_errors=5, hide_suggestions=True)
        if errors:
            spans = _directive_spans(node)
            raise BadDocument([_fault(error, spans) for error in errors])
        operations: dict[str | None, OperationDefinitionNode] = {}
        fragments: dict[str, FragmentDefinitionNode] = {}
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                operations[definition.name.value if definition.name else None] = definition
            elif isinstance(definition, FragmentDefinitionNode):
                fragments[definition.name.value] = definition
        if not operations:
            raise BadDocument([Fault("The document holds no operation.")])
        return Document(node, sha256(text.encode()).hexdigest(), operations, fragments, _conditions(node))


class _FixedWords(ValuesOfCorrectTypeRule):
    """The same check, whose messages do not quote the literal."""

    def report_error(self, error: GraphQLError) -> None:
        super().report_error(GraphQLError(without_values(error.message), error.nodes))


RULES = [_FixedWords if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules]


def _refuse_depth(document: DocumentNode, limit: int) -> None:
    """Refuse selections nested too deeply, before validation walks them.

    Fragments are counted where they stand; the plan counts them again where they are spread.
    """
    depth = 0

    class Depth(Visitor):
        def enter_selection_set(self, node: ast.SelectionSetNode, *_: Any) -> None:
            nonlocal depth
            depth += 1
            if depth > limit:
                raise TooComplex([Fault("The document nests too deeply.")])

        def leave_selection_set(self, node: ast.SelectionSetNode, *_: Any) -> None:
            nonlocal depth
            depth -= 1

    visit(document, Depth())


def _conditions(document: DocumentNode) -> tuple[str, ...]:
    found: dict[str, None] = {}

    class Conditions(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            if node.name.value in {"skip", "include"}:
                for argument in node.arguments:
                    if isinstance(argument.value, VariableNode):
                        found[argument.value.name.value] = None

    visit(document, Conditions())
    return tuple(found)


def _locations(error: GraphQLError) -> tuple[tuple[int, int], ...]:
    return tuple((place.line, place.column) for place in error.locations or ())


def _directive_spans(document: DocumentNode) -> list[tuple[int, int, str]]:
    """Where each directive of an operation starts and ends in the text, and its name."""
    return [
        (directive.loc.start, directive.loc.end, directive.name.value)
        for operation in document.definitions
        if isinstance(operation, OperationDefinitionNode)
        for directive in operation.directives
        if directive.loc
    ]


def _fault(error: GraphQLError, spans: list[tuple[int, int, str]]) -> Fault:
    inside = None
    for node in error.nodes or ():
        if node.loc:
            for start, end, name in spans:
                if start <= node.loc.start and node.loc.end <= end:
                    inside = name
    return Fault(error.message, _locations(error), inside)
