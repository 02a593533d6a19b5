"""Report on trusted documents: cost, record classes, and what a demo role is not shown.

It plans and authorizes with the server's own functions, and reads nothing. Variables have sample values.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphql import VariableNode

from api.documents.loader import TrustedById
from api.documents.trusted_document import STATED, DocumentCheck, TrustedDocument
from api.operation.authorization import mask_is_insufficient
from api.operation.withheld import exclusions, withheld_places
from engine.authorization import authorize
from engine.declarations import Guard
from engine.limits import Limits
from engine.plan import PreparedOperation
from policy.decide import decide
from policy.grants import Denied, Grant
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from schema.build import guarded_schema
from schema.context import Context


class InquiryNeeded(Exception):
    """A document does not state the whole inquiry itself, and none was given."""


def report(
    documents: TrustedById,
    limits: Limits,
    context: Context | None,
    *,
    purpose: Purpose | None = None,
    reason: Reason | None = None,
    case: str | None = None,
) -> list[dict[str, Any]]:
    """What each document is, by name, as JSON data; with a context also what its caller is not shown.

    Raises: InquiryNeeded.
    """
    check = DocumentCheck(guarded_schema(), limits)
    reports: list[dict[str, Any]] = []
    for document in sorted(documents.values(), key=lambda each: (each.name, each.id)):
        prepared = check.largest(document)
        classes = {each.value for each in _classes(prepared)}
        reports.append(
            {
                "name": document.name,
                "id": document.id,
                "cost": max(each.cost for each in prepared),
                "recordClasses": sorted(classes),
                "inquiry": _origin(document),
            }
        )
        if context is not None and document.reads_records:
            inquiry = _inquiry(document, prepared[0], purpose, reason, case)
            reports[-1] |= _decided(prepared, context, inquiry)
    return reports


def _classes(prepared: Iterable[PreparedOperation]) -> list[RecordClass]:
    guards: dict[Guard, None] = dict.fromkeys(guard for each in prepared for guard in each.guards)
    return [each for each in guards if isinstance(each, RecordClass)]


def _origin(document: TrustedDocument) -> str:
    if not document.reads_records:
        return "reads no records"
    return "inquiry from the request" if document.takes_inquiry_from_request else "states its inquiry"


def _inquiry(
    document: TrustedDocument,
    prepared: PreparedOperation,
    purpose: Purpose | None,
    reason: Reason | None,
    case: str | None,
) -> Inquiry:
    """The inquiry that is stated, with these values in place of its own. Raises: InquiryNeeded."""
    stated = _stated(prepared)
    purpose, reason = purpose or stated.get("purpose"), reason or stated.get("reason")
    if purpose is None or reason is None:
        raise InquiryNeeded(f"{document.name} has its inquiry from the request.")
    return Inquiry(purpose, reason, case or stated.get("caseNumber"), stated.get("attention"))


def _stated(prepared: PreparedOperation) -> dict[str, Any]:
    """The arguments of the operation's @inquiry that are no variables."""
    nodes = [each for each in prepared.plan.operation.directives or () if each.name.value == STATED]
    values = {each.name.value: each.value for node in nodes for each in node.arguments or ()}
    arguments = prepared.directive_arguments(STATED) or {}
    return {name: value for name, value in arguments.items() if not isinstance(values.get(name), VariableNode)}


def _decided(prepared: list[PreparedOperation], context: Context, inquiry: Inquiry) -> dict[str, Any]:
    verdicts = decide(context.policy, context.caller, inquiry, _classes(prepared), today=context.today)
    granted: dict[Guard, Grant] = dict(verdicts.granted.items())
    denied: dict[Guard, Denied] = dict(verdicts.denied.items())
    withheld: list[dict[str, Any]] = []
    for each in prepared:
        plan = authorize(each, granted, denied, mask_is_insufficient)
        withheld += [place for place in withheld_places(plan) if place not in withheld]
    return {"withheld": withheld, "exclusions": exclusions(verdicts)}
