"""Operation pipeline: one GraphQL request from its token to its response.

The order of the steps is the security guarantee:

    authenticate   bearer token -> Caller; without one: 401
    prepare        parse, validate and plan the document; one without records (`me`, `sources`) is executed now
    inquiry        the @inquiry directive; without one no record is read
    authorize      one verdict for each record class that the plan touches
    intent entry   durable in the journal before any source is queried
    execute        reads the granted columns of the granted fetches only
    release entry  durable in the journal before a byte is sent
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing
from dataclasses import replace

from graphql import OperationType

from api.auth.failures import AuthFailure, Unauthenticated
from api.documents.trusted_document import TrustedDocument
from api.operation import errors
from api.operation.audit_record import OperationAudit
from api.operation.authorization import Decision, authorize_operation, verdict_name
from api.operation.authorized_operation import AuthorizedOperation
from api.operation.event_stream import OpenStreams, events
from api.operation.inquiry import inquiry_of
from api.operation.looks import Look, Schedule
from api.operation.messages import GraphQLRequest, GraphQLResponse
from api.operation.open_operation import OpenOperation
from api.operation.parts import PartFormat, StreamForm
from api.operation.pipeline_resources import PipelineResources
from api.operation.subscription import Subscription
from api.operation.withheld import is_aside, no_inquiry
from audit.errors import JournalUnavailable
from engine.document import Document, DocumentCache
from engine.errors import Fault, InvalidDocument, Refused
from engine.plan import PreparedOperation
from engine.planner import Planner
from engine.scheduling import Scheduler, TimeSlice
from policy.caller import Caller
from resolvers.errors import InvalidSearch
from schema.context import Context
from sources.probe import SourceProbe
from sources.resilience import with_resilience
from telemetry.allow_list import OPERATION
from telemetry.span import NoopSpan, Span

NO_EVENTS = "Ask for a subscription with Accept: text/event-stream, or multipart/mixed; subscriptionSpec=1.0."
OTHER_EVENT = "Last-Event-ID is not of this subscription, so it cannot be resumed: leave the header out."
LONG_DOCUMENT = 2_000
"""Characters of a document whose validation and planning take about as long as a time slice."""
LONG_OPERATION = 10_000
"""Estimated values of a response that takes about as long. It waits for its turn before it begins."""


class OperationPipeline:
    """Executes GraphQL requests; one per application, shared by all callers."""

    def __init__(self, resources: PipelineResources) -> None:
        self.resources = resources
        self._telemetry = resources.telemetry
        # Operations read through circuit breakers; the `sources` field probes the raw sources.
        self.resilient_sources = with_resilience(resources.sources.values(), resources.resilience)
        self.documents = DocumentCache(
            resources.schema.graphql,
            resources.limits,
            self._telemetry.span,
            names_in_errors=resources.names_in_errors,
        )
        self.planner = Planner(resources.schema, resources.limits, self._telemetry.span)
        self._scheduler = Scheduler()
        self._streams = OpenStreams()
        self._no_inquiry = no_inquiry(resources.sources)

    async def execute(self, request: GraphQLRequest) -> GraphQLResponse:
        """Execute a request. A refusal and an unavailable journal have a response; other exceptions are defects."""
        with self._telemetry.span(OPERATION) as span, self._scheduler.operation() as time_slice:
            try:
                operation = await self._authorized(request, span, time_slice)
                return operation if isinstance(operation, GraphQLResponse) else await operation.execute()
            except JournalUnavailable:
                self._report_refusal(span, "AUDIT_UNAVAILABLE")
                return errors.audit_unavailable()

    async def stream(self, request: GraphQLRequest, form: StreamForm) -> AsyncGenerator[GraphQLResponse]:
        """Execute a request whose client takes parts, or events: all but the last have more to come."""
        subscription: Subscription | None = None
        with ExitStack() as held:
            with self._telemetry.span(OPERATION) as span, self._scheduler.operation() as time_slice:
                try:
                    operation = await self._authorized(request, span, time_slice, form)
                    if isinstance(operation, GraphQLResponse):
                        yield operation
                    elif operation.prepared.plan.operation.operation is OperationType.SUBSCRIPTION:
                        subscription = Subscription.of(request, form, operation, self.resources.cursors)
                        if not held.enter_context(self._streams.one(subscription.user)):
                            yield errors.overloaded()
                            return
                        first = await operation.look(subscription.known)
                    elif isinstance(operation, AuthorizedOperation) and operation.prepared.plan.parts:
                        async with aclosing(operation.execute_in_parts(form.part_format)) as responses:
                            async for response in responses:
                                yield response
                    else:
                        yield await operation.execute()
                except InvalidSearch:
                    yield errors.refused_response("BAD_INPUT", [Fault(OTHER_EVENT)])
                    return
                except JournalUnavailable:
                    self._report_refusal(span, "AUDIT_UNAVAILABLE")
                    yield errors.audit_unavailable()
                    return
            if subscription is not None:
                found = self._events(request, form, subscription, first)
                del operation, first  # an open stream keeps neither rows nor the response
                async with aclosing(found) as events_of_it:
                    async for response in events_of_it:
                        yield response

    def _events(
        self, request: GraphQLRequest, form: StreamForm, subscription: Subscription, first: Look
    ) -> AsyncGenerator[GraphQLResponse]:
        """The events of a subscription. Each look after the first is authorized anew."""

        async def look(known: str | None) -> Look | GraphQLResponse:
            with self._telemetry.span(OPERATION) as span, self._scheduler.operation() as time_slice:
                try:
                    operation = await self._authorized(request, span, time_slice, form)
                    return operation if isinstance(operation, GraphQLResponse) else await operation.look(known)
                except JournalUnavailable:
                    self._report_refusal(span, "AUDIT_UNAVAILABLE")
                    return errors.audit_unavailable()

        async def authenticate() -> object:
            return await self.resources.authenticator.authenticate(request.authorization)

        return events(first, look, authenticate, subscription.event_id, subscription.schedule)

    async def _authorized(
        self, request: GraphQLRequest, span: Span | NoopSpan, time_slice: TimeSlice, form: StreamForm | None = None
    ) -> AuthorizedOperation | OpenOperation | GraphQLResponse:
        """The operation of a request; the response, if that is a refusal."""
        resources = self.resources
        try:
            caller = await resources.authenticator.authenticate(request.authorization)
        except Unauthenticated as failure:
            response = await self._refuse_authentication(failure, request)
            self._report_refusal(span, "UNAUTHENTICATED")
            return response
        span.set(role=caller.role.value)
        audit = OperationAudit(resources.journal, self._telemetry, request, caller)
        try:
            with_denied = not is_aside(request.extensions)
            document = await self._document(request, caller, audit, time_slice)
            operation = document.operation(request.operation_name)
            is_subscription = operation.operation is OperationType.SUBSCRIPTION
            if is_subscription and (form is None or not form.takes_events):
                raise InvalidDocument([Fault(NO_EVENTS)])
            if time_slice.is_over:
                await time_slice.pause()
            in_parts = form is not None and form.part_format is not PartFormat.SUBSCRIPTION_10
            prepared = self.planner.prepare(document, operation, request.variables, in_parts=in_parts)
            if is_subscription and form is not None:
                Schedule.of(prepared, form.asked_at)
            if time_slice.is_over or prepared.estimated_values > LONG_OPERATION:
                await time_slice.pause()
            self._label_span(span, prepared)
            # One policy for the whole operation, even if its file is reloaded meanwhile.
            policy = resources.policy()
            context = Context(
                caller,
                policy,
                SourceProbe(resources.sources),
                resources.cursors,
                resources.today(),
                resources.decision_replayer,
                self._no_inquiry,
            )
            if not prepared.plan.touches_records:
                return OpenOperation(prepared, context, time_slice)
            decision = self._authorize(prepared, context, request)
        except Refused as refused:
            code = errors.refusal_code(refused)
            await audit.record_refusal(code)
            self._report_refusal(span, code)
            return errors.refused_response(code, refused.faults)
        span.set(purpose=decision.inquiry.purpose.name, reason=decision.inquiry.reason.name)
        sources = self.resilient_sources
        return AuthorizedOperation(
            resources, sources, prepared, context, decision, audit, time_slice, with_denied=with_denied
        )

    async def _document(
        self, request: GraphQLRequest, caller: Caller, audit: OperationAudit, time_slice: TimeSlice
    ) -> Document:
        """The trusted document that a request names, else that of its text. Raises: Refused."""
        requested = self.resources.trusted_documents.requested(request.document_ids, request.query, caller.role)
        if isinstance(requested, TrustedDocument):
            audit.name_document(requested.name)
            return requested.document
        if len(requested) > LONG_DOCUMENT and not self.documents.has(requested):
            await time_slice.pause()
        return self.documents.get(requested)

    async def _refuse_authentication(self, failure: Unauthenticated, request: GraphQLRequest) -> GraphQLResponse:
        audit = OperationAudit(self.resources.journal, self._telemetry, request, failure.caller)
        throttle = self.resources.throttle
        # A request without a token is not an attempt to guess one.
        is_delayed = failure.reason is not AuthFailure.MISSING and throttle.should_delay(request.address)
        flags = (failure.reason.name, *(["SLOWED"] if is_delayed else ()))
        await audit.record_refusal(
            "UNAUTHENTICATED", flags=flags, claim=failure.claim, token_sha256=failure.token_sha256
        )
        # The entry is written before the delay, so a client that does not wait is journalled too.
        return replace(errors.unauthenticated(), delay=throttle.delay if is_delayed else None)

    def _authorize(self, prepared: PreparedOperation, context: Context, request: GraphQLRequest) -> Decision:
        """The decision on the operation. Raises: Refused, also if it has no valid inquiry."""
        is_trusted = request.inquiry_header is not None and request.address in self.resources.trusted_routers
        extension = request.extensions.get("inquiry")
        inquiry = inquiry_of(prepared, request.inquiry_header, is_trusted=is_trusted, extension=extension)
        with self._telemetry.span("decide") as span:
            decision = authorize_operation(prepared, context, inquiry, self.resources.challenges)
            span.set(classes=len(decision.verdicts), denied=len(decision.plan.withheld))
        if self._telemetry.is_on:
            for record_class, verdict in decision.verdicts.items():
                self._telemetry.count("verdicts", record_class=record_class.value, verdict=verdict_name(verdict))
        return decision

    def _label_span(self, span: Span | NoopSpan, prepared: PreparedOperation) -> None:
        """Name the operation on its span, as far as the allow-list permits."""
        if not isinstance(span, Span):
            return
        operation = prepared.plan.operation
        span.rename(operation.operation.value)
        digest = prepared.plan.document.digest
        span.set(operation=operation.operation.value, document=self.resources.pseudonymize(digest))
        if operation.name is not None and operation.name.value in self._telemetry.allow_list.operations:
            span.set(name=operation.name.value)

    def _report_refusal(self, span: Span | NoopSpan, code: str) -> None:
        span.set(code=code)
        self._telemetry.count("refused", code=code)
