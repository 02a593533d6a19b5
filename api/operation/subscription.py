"""Subscription: what its client has seen, how often it looks, and the ids of its events."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from api.operation.authorized_operation import AuthorizedOperation
from api.operation.looks import Schedule
from api.operation.messages import GraphQLRequest
from api.operation.open_operation import OpenOperation
from api.operation.parts import StreamForm
from resolvers.paging import Cursors


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription of one caller.

    known: the digest of what a client that resumes has seen.
    """

    user: str
    schedule: Schedule
    known: str | None
    _about: bytes
    _cursors: Cursors

    @classmethod
    def of(
        cls, request: GraphQLRequest, form: StreamForm, operation: AuthorizedOperation | OpenOperation, cursors: Cursors
    ) -> Subscription:
        """The subscription of a request. Raises: InvalidSearch if the client resumes another one."""
        prepared, user = operation.prepared, operation.context.caller.user
        about = orjson.dumps([user, prepared.plan.document.digest, request.operation_name, request.variables])
        (known,) = cursors.open(request.last_event_id, about) if request.last_event_id else (None,)
        return cls(user, Schedule.of(prepared, form.asked_at), known, about, cursors)

    def event_id(self, digest: str) -> str:
        """The id of an event with this digest: for this caller, document and variables alone."""
        return self._cursors.seal([digest], self._about)
