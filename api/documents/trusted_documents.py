"""Trusted documents in force: which document a request is for, and whether it may be sent as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256

from api.documents.loader import TrustedById
from api.documents.manifest import normal_id
from api.documents.trusted_document import TrustedDocument
from engine.errors import Fault, InvalidDocument, Refused
from policy.roles import Role


class DocumentMode(Enum):
    """How requests name their documents."""

    OFF = "off"  # by text
    ALSO = "also"  # by text, or by the id of a trusted document
    ONLY = "only"  # by the id of a trusted document; some roles also by text


class DocumentIdNotSupported(Refused):
    """An id, while no trusted documents are configured. A client of Apollo then sends texts, and no more ids."""

    def __init__(self) -> None:
        super().__init__([Fault("PersistedQueryNotSupported")])


class DocumentNotFound(Refused):
    """An id of no trusted document. A client of Apollo then sends the text."""

    def __init__(self) -> None:
        super().__init__([Fault("PersistedQueryNotFound")])


class DocumentIdRequired(Refused):
    """A text from a role that may send ids only. It was not looked at."""

    def __init__(self) -> None:
        super().__init__([Fault("Send the id of a trusted document: callers of this role may not send a text.")])


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedDocuments:
    """The documents in force, and who may send a text besides.

    free_roles: roles whose callers may send a text in the mode ONLY.
    current:    returns the documents by id; they change when their files do.
    is_stale:   whether changed files were refused; None if the settings name no files.
    own:        documents of the pages that this server serves, by id; their ids name them in every mode.
    """

    mode: DocumentMode = DocumentMode.OFF
    free_roles: Set[Role] = frozenset()
    current: Callable[[], TrustedById] = dict
    is_stale: Callable[[], bool] | None = None
    own: TrustedById = field(default_factory=dict)

    def requested(self, ids: Sequence[str], text: str | None, role: Role) -> TrustedDocument | str:
        """The trusted document that a request names, else its text.

        A text is never stored, and never executed under an id that is not its own.
        Raises: DocumentIdNotSupported, DocumentNotFound, DocumentIdRequired, InvalidDocument.
        """
        if text is not None:
            if self.mode is DocumentMode.OFF:
                return text
            if self.mode is DocumentMode.ONLY and role not in self.free_roles:
                raise DocumentIdRequired
            if ids and {normal_id(each) for each in ids} != {sha256(text.encode()).hexdigest()}:
                raise InvalidDocument([Fault("The id in the request is not the SHA-256 of its `query`.")])
            return text
        is_off = self.mode is DocumentMode.OFF
        normal = {normal_id(each) or "" for each in ids}
        if len(normal) > 1:
            raise (
                DocumentIdNotSupported
                if is_off
                else InvalidDocument([Fault("The request has two different ids of a document.")])
            )
        id = normal.pop()
        found = self.own.get(id) or self.current().get(id)
        if found is None:
            raise DocumentIdNotSupported if is_off else DocumentNotFound
        return found


NO_TRUSTED_DOCUMENTS = TrustedDocuments()
"""None are configured."""
