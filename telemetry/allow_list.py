"""The allow-list: every name and value that telemetry may export.

It lists the names of spans and metrics, and the keys of attributes with the values that each may have. A value is a
number, a boolean, a word of a fixed set or a keyed hash; never text from a document, an argument or a record. A test
compares `docs/telemetry.md` with these lists.

Names are OpenTelemetry's where it defines one, and start with `needtoknow.` where it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from opentelemetry.trace import SpanKind

from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role

Value: TypeAlias = int | bool | str

# The instrumentation scope of all spans and metrics.
SCOPE_NAME = "needtoknow"


@dataclass(frozen=True, slots=True)
class SpanSpec:
    """A span on the allow-list."""

    kind: SpanKind
    description: str


# The root span of a request.
REQUEST = "POST /graphql"
# An operation whose type is not known yet.
OPERATION = "GraphQL Operation"
BATCH = "SELECT {source}"
# The exported name of a span that is not on the list.
UNLISTED = "unlisted"

SPANS: Mapping[str, SpanSpec] = {
    REQUEST: SpanSpec(SpanKind.SERVER, "One HTTP request, from its headers to the last byte of the response."),
    OPERATION: SpanSpec(SpanKind.SERVER, "An operation that was refused before its type was known."),
    "query": SpanSpec(SpanKind.SERVER, "One operation, after its body was read."),
    "mutation": SpanSpec(SpanKind.SERVER, "The same for a mutation; the schema has none yet."),
    "subscription": SpanSpec(SpanKind.SERVER, "The same for each look of a subscription."),
    "parse": SpanSpec(SpanKind.INTERNAL, "Document text to syntax tree; absent if the plan was cached."),
    "validate": SpanSpec(SpanKind.INTERNAL, "Validation of the tree by the schema; absent if the plan was cached."),
    "plan": SpanSpec(SpanKind.INTERNAL, "The tree to a plan: the fetches from each source, and the record classes."),
    "decide": SpanSpec(SpanKind.INTERNAL, "The policy's verdicts on those record classes."),
    "journal": SpanSpec(SpanKind.INTERNAL, "One journal entry, until it is on disk."),
    "execute": SpanSpec(SpanKind.INTERNAL, "The execution of the plan, level by level."),
    BATCH: SpanSpec(SpanKind.CLIENT, "One batch at one source, linked to the batches whose rows it needed."),
    UNLISTED: SpanSpec(SpanKind.INTERNAL, "A span that is not on this list, without its name."),
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute on the allow-list. Its values are `int`, `bool`, a pattern, or a set of words."""

    key: str
    values: type[int] | type[bool] | re.Pattern[str] | frozenset[str]
    description: str

    def allows(self, value: object) -> bool:
        values = self.values
        # By exact type, because True is also an int.
        if type(value) is values:
            return True
        if type(values) is frozenset:
            return type(value) is str and value in values
        return isinstance(values, re.Pattern) and type(value) is str and values.fullmatch(value) is not None


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


ATTRIBUTES: Mapping[str, Attribute] = {
    "method": Attribute("http.request.method", _words("POST"), "The request's method."),
    "scheme": Attribute("url.scheme", _words("http https"), "The request's scheme."),
    "path": Attribute("url.path", _words("/graphql"), "The request's path."),
    "route": Attribute("http.route", _words("/graphql"), "The matched route."),
    "status": Attribute("http.response.status_code", int, "The response's HTTP status."),
    "operation": Attribute("graphql.operation.type", _words("query mutation subscription"), "The operation's type."),
    "name": Attribute(
        "graphql.operation.name", frozenset(), "The operation's name, if `NEEDTOKNOW_NAMED_OPERATIONS` lists it."
    ),
    "document": Attribute(
        "graphql.document.hash", re.compile("[0-9a-f]{32}"), "The document's hash, keyed with this server's own key."
    ),
    "role": Attribute("needtoknow.role", frozenset(role.value for role in Role), "The caller's role."),
    "purpose": Attribute("needtoknow.purpose", frozenset(Purpose.__members__), "The inquiry's purpose code."),
    "reason": Attribute("needtoknow.reason", frozenset(Reason.__members__), "The inquiry's reason code."),
    "fields": Attribute("needtoknow.fields", int, "Fields in the plan."),
    "classes": Attribute("needtoknow.record_classes", int, "Record classes that the plan touches."),
    "denied": Attribute("needtoknow.denied", int, "Fields that the verdicts withhold."),
    "entry": Attribute("needtoknow.journal.entry", _words("intent part release refusal"), "The kind of journal entry."),
    "system": Attribute(
        "db.system.name", _words("http postgresql sqlite"), "The source's database; http for a remote source."
    ),
    "source": Attribute("db.namespace", frozenset(), "The source's name in the catalogue."),
    "statement": Attribute("db.operation.name", _words("SELECT"), "Sources are only read."),
    "fetch": Attribute("needtoknow.fetch", frozenset(), "The batch's fetch, such as `warrants.by_person`."),
    "source_status": Attribute(
        "needtoknow.source.status",
        _words("OK EMPTY PENDING NO_NUMBER WITHHELD NOT_ASKED TIMEOUT DOWN"),
        "The source's status, as in `extensions.inquiry.sources`.",
    ),
    "keys": Attribute("needtoknow.keys", int, "Keys in the batch."),
    "rows": Attribute("needtoknow.rows", int, "Records in the result."),
    "errors": Attribute("needtoknow.errors", int, "Errors in the response."),
    "code": Attribute(
        "needtoknow.error.code",
        _words(
            "AUDIT_UNAVAILABLE BAD_INPUT INTERNAL NEED_TO_KNOW OVERLOADED PERSISTED_QUERY_ID_REQUIRED "
            "PERSISTED_QUERY_NOT_FOUND PERSISTED_QUERY_NOT_SUPPORTED "
            "PURPOSE_REQUIRED RECORD_FAULT SOURCE_UNAVAILABLE STEP_UP_REQUIRED TOO_COMPLEX UNAUTHENTICATED"
        ),
        "The error's code, as in `extensions.code`.",
    ),
    "record_class": Attribute(
        "needtoknow.record_class", frozenset(each.value for each in RecordClass), "The record class of the verdict."
    ),
    "verdict": Attribute("needtoknow.verdict", _words("ALLOW MASK STEP_UP DENY"), "The verdict."),
    "hit": Attribute("needtoknow.loader.hit", bool, "Whether the operation had already loaded the key."),
    "lost": Attribute(
        "needtoknow.lost", _words("QUEUE_FULL NOT_EXPORTED"), "Whether the queue was full or the exporter failed."
    ),
}

# The class of the exception that ended a step. Its message and traceback may hold values of a record.
ERROR_TYPE = "error.type"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric on the allow-list, with its attributes: a histogram if it has `boundaries`, or a gauge, or a counter."""

    key: str
    unit: str
    attributes: tuple[str, ...]
    description: str
    boundaries: tuple[float, ...] = ()
    is_gauge: bool = False


_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_KEYS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)

METRICS: Mapping[str, Metric] = {
    "request": Metric(
        "http.server.request.duration",
        "s",
        ("method", "scheme", "route", "status"),
        "Requests, by time until the last byte of the response.",
        _SECONDS,
    ),
    "batch": Metric(
        "db.client.operation.duration",
        "s",
        ("system", "source", "statement", "source_status"),
        "Batches, by time that the source took.",
        _SECONDS,
    ),
    "batch_keys": Metric("needtoknow.batch.keys", "{key}", ("source",), "Batches, by number of keys.", _KEYS),
    "keys_loaded": Metric("needtoknow.loader.keys", "{key}", ("hit",), "Keys that operations loaded."),
    "journal_queue": Metric(
        "needtoknow.journal.queue.duration",
        "s",
        (),
        "Journal entries, by time that they waited for the commit before theirs.",
        _SECONDS,
    ),
    "journal_commit": Metric(
        "needtoknow.journal.commit.duration", "s", (), "Journal entries, by time that their commit took.", _SECONDS
    ),
    "verdicts": Metric("needtoknow.verdicts", "{verdict}", ("record_class", "verdict"), "Verdicts on record classes."),
    "refused": Metric("needtoknow.refused", "{operation}", ("code",), "Operations that were refused as a whole."),
    "slow_paths": Metric(
        "needtoknow.execution.slow_paths", "{entry}", (), "Entries into the slow path of execution; zero is normal."
    ),
    "operations": Metric(
        "needtoknow.operations.active", "{operation}", (), "Operations that hold a slot of admission.", is_gauge=True
    ),
    "operation_limit": Metric(
        "needtoknow.operations.limit", "{operation}", (), "The present limit on such operations.", is_gauge=True
    ),
    "connections": Metric("needtoknow.connections.open", "{connection}", (), "Open connections.", is_gauge=True),
    "open_circuits": Metric(
        "needtoknow.circuits.open",
        "{circuit}",
        ("source",),
        "Open circuit breakers, of one in each worker.",
        is_gauge=True,
    ),
    "stale_documents": Metric(
        "needtoknow.documents.stale",
        "{worker}",
        (),
        "Workers that refused changed manifests, and execute the trusted documents from before.",
        is_gauge=True,
    ),
    "lost": Metric("needtoknow.spans.lost", "{span}", ("lost",), "Spans that were recorded and not exported."),
}


class AllowList:
    """The lists above with the words of one server: its sources, their fetches, and its listed operation names."""

    def __init__(
        self, *, sources: Iterable[str] = (), fetches: Iterable[str] = (), operations: Iterable[str] = ()
    ) -> None:
        own = {"source": frozenset(sources), "fetch": frozenset(fetches), "name": frozenset(operations)}
        self.operations = own["name"]
        self.spans = {**SPANS, **{BATCH.format(source=each): SPANS[BATCH] for each in own["source"]}}
        self._by_name = {
            name: replace(attribute, values=own[name]) if name in own else attribute
            for name, attribute in ATTRIBUTES.items()
        }

    def filter(self, attributes: Mapping[str, Value]) -> dict[str, Value]:
        """The allowed ones of our own attributes, from names (`role`) to keys (`needtoknow.role`)."""
        allowed = {}
        for name, value in attributes.items():
            attribute = self._by_name.get(name)
            if attribute is not None and attribute.allows(value):
                allowed[attribute.key] = value
        return allowed

    def encode(self, attributes: Mapping[str, Value]) -> dict[str, Value]:
        """All of our own attributes, from names to keys. Raises ValueError if one is not allowed."""
        encoded = self.filter(attributes)
        if len(encoded) < len(attributes):
            raise ValueError("an attribute or its value is not on the allow-list")
        return encoded
