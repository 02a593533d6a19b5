"""Trusted document: a document of a manifest that was validated, planned and costed before any request."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

from graphql import OperationDefinitionNode

from api.documents.estimate import estimates
from api.documents.manifest import InvalidManifest, ManifestDocument
from engine.document import Document, DocumentCache
from engine.errors import Refused
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from engine.plan import PreparedOperation
from engine.planner import Planner

STATED, FROM_REQUEST = "inquiry", "inquiryFromRequest"
"""The directives of an operation that say where its inquiry is from."""

LARGEST_SAMPLE = 100
"""Of a number and of a list in variables: the largest page, and the largest list of keys."""


@dataclass(frozen=True, slots=True)
class TrustedDocument:
    """A trusted document of one operation; `name` is the operation's, and the manifest's if that has one."""

    id: str
    name: str
    document: Document
    reads_records: bool

    @property
    def operation(self) -> OperationDefinitionNode:
        (operation,) = self.document.operations.values()
        return operation

    @property
    def takes_inquiry_from_request(self) -> bool:
        return FROM_REQUEST in _directives(self.operation)


class DocumentCheck:
    """Makes trusted documents of the documents in manifests."""

    def __init__(self, schema: GuardedSchema, limits: Limits) -> None:
        self._schema = schema.graphql
        self._documents = DocumentCache(schema.graphql, limits)
        self._planner = Planner(schema, limits)
        self._unlimited = Planner(schema, replace(limits, cost=sys.maxsize))

    def trusted(self, given: ManifestDocument) -> TrustedDocument:
        """The trusted document. Raises: InvalidManifest."""
        try:
            document = self._documents.create(given.text)
            operation = _only_operation(document, given)
            assert operation.name is not None
            # With the smallest samples: one that is over the limits even so can never be executed.
            prepared = list(estimates(self._schema, self._planner, document, size=1))
        except Refused as refused:
            first = refused.faults[0]
            place = "".join(f", line {line}, column {column}" for line, column in first.locations[:1])
            raise InvalidManifest(f"{given.origin}{place}: {first.message}") from None
        reads_records = any(each.plan.touches_records for each in prepared)
        _check_inquiry(operation, given, reads_records=reads_records)
        return TrustedDocument(given.id, operation.name.value, document, reads_records)

    def largest(self, trusted: TrustedDocument) -> list[PreparedOperation]:
        """The operation with the largest samples, once for each key that it may search by, at any cost."""
        return list(estimates(self._schema, self._unlimited, trusted.document, size=LARGEST_SAMPLE))


def _only_operation(document: Document, given: ManifestDocument) -> OperationDefinitionNode:
    """The operation of a document that has one, with a name. Raises: InvalidManifest."""
    if len(document.operations) != 1:
        raise InvalidManifest(f"{given.origin}: it has several operations. A trusted document has one.")
    (operation,) = document.operations.values()
    if operation.name is None:
        raise InvalidManifest(f"{given.origin}: its operation has no name. The journal needs one.")
    return operation


def check_names(trusted: TrustedDocument, given: ManifestDocument) -> None:
    """Raises: InvalidManifest if the manifest says another name or type than the document."""
    names = trusted.name, trusted.operation.operation.value
    if given.name not in (None, names[0]) or given.kind not in (None, names[1]):
        raise InvalidManifest(f"{given.origin}: its name or type is not its operation's. Generate the manifest again.")


def _check_inquiry(operation: OperationDefinitionNode, given: ManifestDocument, *, reads_records: bool) -> None:
    """Raises: InvalidManifest if an operation that reads records does not say where its inquiry is from."""
    marks = _directives(operation) & {STATED, FROM_REQUEST}
    name = operation.name.value if operation.name else ""
    if len(marks) == 2:
        raise InvalidManifest(f"{given.origin} ({name}): it has both @{STATED} and @{FROM_REQUEST}. Use one.")
    if reads_records and not marks:
        raise InvalidManifest(
            f"{given.origin} ({name}): it reads records. Add @{STATED}(purpose: …, reason: …) to the operation, "
            f"or @{FROM_REQUEST} if each request has its own inquiry in its extensions."
        )


def _directives(operation: OperationDefinitionNode) -> set[str]:
    return {each.name.value for each in operation.directives or ()}
