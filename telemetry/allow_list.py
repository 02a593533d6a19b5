"""All that telemetry can ever say: the names of spans and metrics, the keys of attributes and the values each may take.

Knows nothing of how they are made. A value is a number, a yes or no, a word of a fixed vocabulary or a keyed hash; what
is in a document, an argument or a record is none of these. A test compares `docs/telemetry.md` with this.

The names are OpenTelemetry's where it has one, and under `needtoknow.` where it has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from opentelemetry.trace import SpanKind

from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role

Value: TypeAlias = int | bool | str


@dataclass(frozen=True, slots=True)
class Name:
    """A span that may be made."""

    kind: SpanKind
    meaning: str


# The one span that HTTP makes.
REQUEST = "POST /graphql"
# An operation, until its type is known.
OPERATION = "GraphQL Operation"
BATCH = "SELECT {source}"
# What a span that is not on the list is called; only a library's that somebody else wrote can be one.
UNLISTED = "unlisted"

SPANS: Mapping[str, Name] = {
    REQUEST: Name(SpanKind.SERVER, "One HTTP request, from its headers to the last byte of its reply."),
    OPERATION: Name(SpanKind.SERVER, "The walk of one question that was refused before its type was known."),
    "query": Name(SpanKind.SERVER, "The walk of one question, once its body is read."),
    "mutation": Name(SpanKind.SERVER, "The same, of a mutation; the schema has none yet."),
    "subscription": Name(SpanKind.SERVER, "The same, of a subscription; the schema has none yet."),
    "parse": Name(SpanKind.INTERNAL, "Document text to syntax tree; absent where the plan was cached."),
    "validate": Name(SpanKind.INTERNAL, "The tree against the schema; absent where the plan was cached."),
    "plan": Name(SpanKind.INTERNAL, "The tree to a plan: what to fetch from where, and which record classes."),
    "decide": Name(SpanKind.INTERNAL, "The policy's verdicts on those record classes."),
    "journal": Name(SpanKind.INTERNAL, "One entry in the journal, until it is on disk."),
    "execute": Name(SpanKind.INTERNAL, "The plan, run level by level."),
    BATCH: Name(SpanKind.CLIENT, "One batch at one source, linked to the batches whose rows asked for it."),
    UNLISTED: Name(SpanKind.INTERNAL, "A span that is not on this list, without its name."),
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """A key that may be said, and its values: `int`, `bool`, a pattern, or one of a set of words."""

    key: str
    values: type[int] | type[bool] | re.Pattern[str] | frozenset[str]
    meaning: str

    def has(self, value: object) -> bool:
        values = self.values
        # By exact type: True is an int to Python.
        if type(value) is values:
            return True
        if type(values) is frozenset:
            return type(value) is str and value in values
        return isinstance(values, re.Pattern) and type(value) is str and values.fullmatch(value) is not None


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


ATTRIBUTES: Mapping[str, Attribute] = {
    "method": Attribute("http.request.method", _words("POST"), "The request's method."),
    "scheme": Attribute("url.scheme", _words("http https"), "How the request came."),
    "path": Attribute("url.path", _words("/graphql"), "The request's path."),
    "route": Attribute("http.route", _words("/graphql"), "The route that answered."),
    "status": Attribute("http.response.status_code", int, "The reply's HTTP status."),
    "operation": Attribute("graphql.operation.type", _words("query mutation subscription"), "The operation's type."),
    "name": Attribute(
        "graphql.operation.name", frozenset(), "The operation's name, if `NEEDTOKNOW_NAMED_OPERATIONS` has it."
    ),
    "document": Attribute(
        "graphql.document.hash", re.compile("[0-9a-f]{32}"), "The document's hash, under a key of this server's own."
    ),
    "role": Attribute("needtoknow.role", frozenset(role.value for role in Role), "The caller's role."),
    "purpose": Attribute("needtoknow.purpose", frozenset(Purpose.__members__), "The inquiry's purpose code."),
    "reason": Attribute("needtoknow.reason", frozenset(Reason.__members__), "The inquiry's reason code."),
    "fields": Attribute("needtoknow.fields", int, "Places in the plan."),
    "classes": Attribute("needtoknow.record_classes", int, "Record classes that the plan touches."),
    "denied": Attribute("needtoknow.denied", int, "Fields that the verdicts withhold."),
    "entry": Attribute("needtoknow.journal.entry", _words("intent release refusal"), "Which entry."),
    "system": Attribute("db.system.name", _words("sqlite postgresql"), "What the source runs on."),
    "source": Attribute("db.namespace", frozenset(), "The source's name in the catalogue."),
    "statement": Attribute("db.operation.name", _words("SELECT"), "Sources are only read."),
    "fetch": Attribute("needtoknow.fetch", frozenset(), "Which of the source's questions the batch is for."),
    "answer": Attribute(
        "needtoknow.source.status",
        _words("OK EMPTY TIMEOUT DOWN NOT_ASKED"),
        "How the source answered, as `extensions.inquiry.sources` says it.",
    ),
    "keys": Attribute("needtoknow.keys", int, "Keys in the batch."),
    "rows": Attribute("needtoknow.rows", int, "Records that came back."),
    "errors": Attribute("needtoknow.errors", int, "Errors in the response."),
    "code": Attribute(
        "needtoknow.error.code",
        _words(
            "AUDIT_UNAVAILABLE BAD_INPUT INTERNAL NEED_TO_KNOW OVERLOADED PURPOSE_REQUIRED "
            "SOURCE_UNAVAILABLE STEP_UP_REQUIRED TOO_COMPLEX UNAUTHENTICATED"
        ),
        "The error's code in the contract.",
    ),
    "record_class": Attribute(
        "needtoknow.record_class", frozenset(each.value for each in RecordClass), "The record class decided on."
    ),
    "verdict": Attribute("needtoknow.verdict", _words("ALLOW MASK STEP_UP DENY"), "What was decided."),
    "hit": Attribute("needtoknow.loader.hit", bool, "Whether the operation had the key's answer already."),
    "lost": Attribute(
        "needtoknow.lost", _words("QUEUE_FULL NOT_TAKEN"), "Whether too many waited, or where they go took none."
    ),
}

# The class of the exception that ended a step: a name in code. Its message and traceback may hold values.
ERROR_TYPE = "error.type"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that may be made, with the attributes that it has: a histogram if it has `edges`, else a counter."""

    key: str
    unit: str
    attributes: tuple[str, ...]
    meaning: str
    edges: tuple[float, ...] = ()


_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_KEYS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)

METRICS: Mapping[str, Metric] = {
    "request": Metric(
        "http.server.request.duration",
        "s",
        ("method", "scheme", "route", "status"),
        "Questions, by how long the last byte of the reply took.",
        _SECONDS,
    ),
    "batch": Metric(
        "db.client.operation.duration",
        "s",
        ("system", "source", "statement", "answer"),
        "Batches, by how long the source took, and how it answered.",
        _SECONDS,
    ),
    "batch_keys": Metric("needtoknow.batch.keys", "{key}", ("source",), "Batches, by the keys in them.", _KEYS),
    "loaded": Metric("needtoknow.loader.keys", "{key}", ("hit",), "Keys that were asked for."),
    "journal_queue": Metric(
        "needtoknow.journal.queue.duration",
        "s",
        (),
        "Journal entries, by how long they waited for the commit before them.",
        _SECONDS,
    ),
    "journal_commit": Metric(
        "needtoknow.journal.commit.duration", "s", (), "Journal entries, by how long their commit took.", _SECONDS
    ),
    "verdicts": Metric("needtoknow.verdicts", "{verdict}", ("record_class", "verdict"), "Verdicts on record classes."),
    "refused": Metric("needtoknow.refused", "{operation}", ("code",), "Questions that were refused whole."),
    "slow_path": Metric(
        "needtoknow.execution.slow_paths", "{entry}", (), "Entries into the slow path of execution; zero is normal."
    ),
    "lost": Metric("needtoknow.spans.lost", "{span}", ("lost",), "Spans that were made and reached nobody."),
}


class AllowList:
    """The lists, with the words of one server: its sources, their fetches, and the operations that may be named."""

    def __init__(
        self, *, sources: Iterable[str] = (), fetches: Iterable[str] = (), operations: Iterable[str] = ()
    ) -> None:
        own = {"source": frozenset(sources), "fetch": frozenset(fetches), "name": frozenset(operations)}
        self.operations = own["name"]
        self.spans = {**SPANS, **{BATCH.format(source=each): SPANS[BATCH] for each in own["source"]}}
        self._attributes = {
            name: replace(attribute, values=own[name]) if name in own else attribute
            for name, attribute in ATTRIBUTES.items()
        }
        self._by_key = {attribute.key: attribute for attribute in self._attributes.values()}

    def listed(self, attributes: Mapping[str, Value]) -> dict[str, Value]:
        """Those that are on the lists, by their keys."""
        listed = {}
        for name, value in attributes.items():
            attribute = self._attributes.get(name)
            if attribute is not None and attribute.has(value):
                listed[attribute.key] = value
        return listed

    def said(self, attributes: Mapping[str, Value]) -> dict[str, Value]:
        """All of them by their keys. Raises ValueError where one is not on the lists."""
        said = self.listed(attributes)
        if len(said) < len(attributes):
            raise ValueError("not an attribute, or not a value that it may take")
        return said

    def among(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Those of attributes by their keys that are on the lists."""
        return {key: value for key, value in attributes.items() if key in self._by_key and self._by_key[key].has(value)}
