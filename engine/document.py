"""Documents: parsed and validated once, then cached. Their errors repeat no value that the caller sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from sys import getsizeof
from typing import Any, TypeVar

from graphql import (
    REMOVE,
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLDeferDirective,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    parse,
    validate,
    visit,
)

from engine.errors import Fault, InvalidDocument, Refused, TooComplex
from engine.graphql_core import is_over_parser_limit, is_over_validation_limit
from engine.limits import Limits
from engine.lru import LruCache
from engine.redaction import redact_names, schema_names
from engine.rules import validation_rules
from engine.variables import VariableDefinitions

N = TypeVar("N", bound=Node)

DEFER = GraphQLDeferDirective.name
CONDITIONAL = frozenset({"skip", "include", DEFER})

DOCUMENT_BYTES, TOKEN_BYTES = 40_000, 500
"""Bytes that a document has in memory: 155 kB with 230 tokens, 700 kB with 1,400; measured with tracemalloc."""

StepTimer = Callable[[str], AbstractContextManager[Any]]
"""Called with "parse", "validate" or "plan" around that step, if it is not cached; `nullcontext` measures nothing."""


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document.

    condition_variables: the variables that any @skip, @include or @defer depends on.
    has_defer:           does it use @defer?
    size:                estimated bytes in memory.
    """

    node: DocumentNode
    digest: str
    operations: dict[str | None, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    condition_variables: tuple[str, ...]
    has_defer: bool
    variables: Mapping[str | None, VariableDefinitions]
    size: int

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to execute: the named one, or the only one.

        Raises: InvalidDocument if there is no such operation.
        """
        if not name:
            if len(self.operations) != 1:
                raise InvalidDocument([Fault("The document has several operations. Name one in operationName.")])
            return next(iter(self.operations.values()))
        if name not in self.operations:
            raise InvalidDocument([Fault("The document has no operation with the name in operationName.")])
        return self.operations[name]


class DocumentCache:
    """Cache of documents, valid and refused, by their text; shared by all callers."""

    def __init__(
        self, schema: GraphQLSchema, limits: Limits, timer: StepTimer = nullcontext, *, names_in_errors: bool = False
    ) -> None:
        """An empty cache. names_in_errors: do messages repeat names of the document, and suggest the schema's?"""
        self._schema = schema
        self._limits = limits
        self._timer = timer
        self._names_in_errors = names_in_errors
        self._rules = validation_rules(limits.comparisons)
        self._schema_names = schema_names(schema)
        self._cache: LruCache[str, Document | Refused] = LruCache(limits.cached, limits.cached_bytes // 2, _size)

    def has(self, text: str) -> bool:
        """Whether a text is cached."""
        return text in self._cache

    def get(self, text: str) -> Document:
        """The document of a text.

        Raises: InvalidDocument, TooComplex.
        """
        cached = self._cache.get_or_create(text, lambda: self._document_or_refusal(text))
        if isinstance(cached, Refused):
            raise type(cached)(cached.faults)
        return cached

    def _document_or_refusal(self, text: str) -> Document | Refused:
        try:
            return self.create(text)
        except Refused as refused:
            # A new exception: the one that was raised would keep the parser's frames alive.
            return type(refused)(refused.faults)

    def create(self, text: str) -> Document:
        """The document of a text, which is not cached.

        Raises: InvalidDocument, TooComplex.
        """
        with self._timer("parse"):
            node = self._parse(text)
            tokens = _unlink_tokens(node)
        with self._timer("validate"):
            _check_depth(node, self._limits.depth)
            self._validate(node)
        operations, fragments = definitions_of(node)
        # There is at least one: without any, each definition is an unused fragment or not executable, and so refused.
        variables = {
            name: VariableDefinitions(self._schema, each, names_in_errors=self._names_in_errors)
            for name, each in operations.items()
        }
        digest = sha256(text.encode()).hexdigest()
        size = DOCUMENT_BYTES + TOKEN_BYTES * tokens + getsizeof(text)
        directives = nodes_of(node, DirectiveNode)
        has_defer = any(each.name.value == DEFER for each in directives)
        conditions = _condition_variables(directives)
        return Document(node, digest, operations, fragments, conditions, has_defer, variables, size)

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
            if is_over_parser_limit(error):
                raise TooComplex([Fault.at(error, "The document is too long or nests too deeply.")]) from None
            raise InvalidDocument([Fault.at(error, "GraphQL syntax error.")]) from None

    def _validate(self, node: DocumentNode) -> None:
        is_named = self._names_in_errors
        errors = validate(self._schema, node, self._rules, max_errors=5, hide_suggestions=not is_named)
        if any(map(is_over_validation_limit, errors)):
            raise TooComplex([Fault("The document selects one name too many times.")])
        if errors:
            messages = [each.message if is_named else redact_names(each.message, self._schema_names) for each in errors]
            raise InvalidDocument(
                [
                    Fault.at(error, message, _enclosing_directive(error, node))
                    for error, message in zip(errors, messages, strict=True)
                ]
            )


def _check_depth(document: DocumentNode, limit: int) -> None:
    """Refuse selections that nest too deeply, before validation visits them.

    Fragments count where they are defined; planning counts them again where they are spread.
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


def _unlink_tokens(document: DocumentNode) -> int:
    """Remove the references among the tokens of a document, and return how many tokens it has.

    Tokens that refer to each other are reference cycles: an evicted document would stay until the next full collection.
    """
    token, count = document.loc.start_token if document.loc else None, 0
    while token is not None:
        following = token.next
        token.prev = token.next = None
        token, count = following, count + 1
    return count


def _size(cached: Document | Refused) -> int:
    """The estimated bytes of a cached document with its text."""
    return cached.size if isinstance(cached, Document) else DOCUMENT_BYTES


def definitions_of(
    document: DocumentNode,
) -> tuple[dict[str | None, OperationDefinitionNode], dict[str, FragmentDefinitionNode]]:
    """The operations and the fragments of a document, by name."""
    operations: dict[str | None, OperationDefinitionNode] = {}
    fragments: dict[str, FragmentDefinitionNode] = {}
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode):
            operations[each.name.value if each.name else None] = each
        elif isinstance(each, FragmentDefinitionNode):
            fragments[each.name.value] = each
    return operations, fragments


def without_directives(document: DocumentNode, names: Set[str]) -> DocumentNode:
    """The document without the directives of these names."""

    class Remover(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> Any:
            return REMOVE if node.name.value in names else None

    found: DocumentNode = visit(document, Remover())
    return found


def nodes_of(root: Node, kind: type[N]) -> list[N]:
    """The nodes of one kind in a syntax tree."""
    found: list[N] = []

    class Collector(Visitor):
        def enter(self, node: Node, *_: Any) -> None:
            if isinstance(node, kind):
                found.append(node)

    visit(root, Collector())
    return found


def _condition_variables(directives: list[DirectiveNode]) -> tuple[str, ...]:
    conditions = (each for each in directives if each.name.value in CONDITIONAL)
    values = (argument.value for condition in conditions for argument in condition.arguments or ())
    return tuple(dict.fromkeys(each.name.value for each in values if isinstance(each, VariableNode)))


def _enclosing_directive(error: GraphQLError, document: DocumentNode) -> str | None:
    """The name of the operation's directive that contains an error."""
    starts = [node.loc.start for node in error.nodes or () if node.loc]
    for operation in document.definitions:
        for directive in operation.directives or () if isinstance(operation, OperationDefinitionNode) else ():
            if directive.loc and any(directive.loc.start <= start < directive.loc.end for start in starts):
                return directive.name.value
    return None
