"""All that a trace can ever say: the names of spans, the keys of attributes and the values each may take.

Knows nothing of how spans are made. A value is a number, a yes or no, or a word of a fixed vocabulary; what
is in a document, an argument or a record is none of these. A test compares `docs/telemetry.md` with this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from opentelemetry.trace import SpanKind

from policy.purposes import Purpose
from policy.reasons import Reason
from policy.roles import Role


@dataclass(frozen=True, slots=True)
class Name:
    """A span that may be made."""

    kind: SpanKind
    meaning: str


# The one span that HTTP makes.
REQUEST = "POST /graphql"

SPANS: Mapping[str, Name] = {
    REQUEST: Name(SpanKind.SERVER, "One HTTP request, from its headers to the last byte of its reply."),
    "operation": Name(SpanKind.INTERNAL, "The walk of one question, once its body is read."),
    "parse": Name(SpanKind.INTERNAL, "Document text to syntax tree; absent where the plan was cached."),
    "validate": Name(SpanKind.INTERNAL, "The tree against the schema; absent where the plan was cached."),
    "plan": Name(SpanKind.INTERNAL, "The tree to a plan: what to fetch from where, and which record classes."),
    "decide": Name(SpanKind.INTERNAL, "The policy's verdicts on those record classes."),
    "journal": Name(SpanKind.INTERNAL, "One entry in the journal, until it is on disk."),
    "execute": Name(SpanKind.INTERNAL, "The plan, run level by level."),
    "source.batch": Name(SpanKind.CLIENT, "One batch at one source, linked to all who asked for a part of it."),
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """A key that may be on a span, and its values: `int`, `bool`, or one of a set of words."""

    key: str
    values: type[int] | type[bool] | frozenset[str]
    meaning: str


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


ATTRIBUTES: Mapping[str, Attribute] = {
    "method": Attribute("http.request.method", _words("POST"), "The request's method."),
    "route": Attribute("http.route", _words("/graphql"), "The route that answered."),
    "status": Attribute("http.response.status_code", int, "The reply's HTTP status."),
    "operation": Attribute(
        "graphql.operation.type",
        _words("query mutation subscription"),
        "The operation's type; never its name, which the client chooses.",
    ),
    "role": Attribute("needtoknow.role", frozenset(role.value for role in Role), "The caller's role."),
    "purpose": Attribute("needtoknow.purpose", frozenset(Purpose.__members__), "The inquiry's purpose code."),
    "reason": Attribute("needtoknow.reason", frozenset(Reason.__members__), "The inquiry's reason code."),
    "cached": Attribute("needtoknow.plan.cached", bool, "Whether the plan was there already."),
    "fields": Attribute("needtoknow.fields", int, "Places in the plan."),
    "classes": Attribute("needtoknow.record_classes", int, "Record classes that the plan touches."),
    "released": Attribute("needtoknow.released", int, "Fields that the verdicts release."),
    "masked": Attribute("needtoknow.masked", int, "Fields that the verdicts release masked."),
    "denied": Attribute("needtoknow.denied", int, "Fields that the verdicts withhold."),
    "entry": Attribute("needtoknow.journal.entry", _words("intent release refusal"), "Which entry."),
    "source": Attribute("needtoknow.source", frozenset(), "The source's name in the catalogue."),
    "system": Attribute("db.system.name", _words("sqlite postgresql"), "What the source runs on."),
    "answer": Attribute(
        "needtoknow.source.status",
        _words("OK EMPTY TIMEOUT DOWN NOT_ASKED"),
        "How the source answered, as `extensions.inquiry.sources` says it.",
    ),
    "level": Attribute("needtoknow.level", int, "Depth of the batch in the plan, the first level being 0."),
    "keys": Attribute("needtoknow.keys", int, "Keys in the batch."),
    "rows": Attribute("needtoknow.rows", int, "Rows that came back."),
    "errors": Attribute("needtoknow.errors", int, "Errors in the response."),
    "code": Attribute(
        "needtoknow.error.code",
        _words(
            "AUDIT_UNAVAILABLE BAD_INPUT INTERNAL NEED_TO_KNOW OVERLOADED PURPOSE_REQUIRED "
            "SOURCE_UNAVAILABLE STEP_UP_REQUIRED TOO_COMPLEX UNAUTHENTICATED"
        ),
        "The error's code in the contract.",
    ),
}

# The class of the exception that ended a step: a name in code. Its message and traceback may hold values.
ERROR_TYPE = "error.type"
