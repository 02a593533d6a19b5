"""One operation with every guarded field, and a comparison of its response with the policy."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from audit.entry import Denial, Entry
from policy.verdicts import Verdicts
from telemetry.allow_list import ATTRIBUTES
from tests.attacks.expectations import (
    expected_denial,
    expected_errors,
    expected_place,
    expected_value,
    first_denial,
    grant_of,
    is_left_out,
    observed_value,
    planted_value,
    secrets,
    texts,
    withheld_value,
)
from tests.attacks.guarded_fields import Field, guarded_fields
from tests.attacks.planted_inquiry import COMMON_WORDS, plant_inquiry
from tests.attacks.positions import INQUIRY, OPERATION_HEAD, Position
from tests.attacks.responses import errors, normalized_body
from tests.harness import Response, World, sql_text

FIELDS = guarded_fields()
HASH = ATTRIBUTES["document"].key


def document_of(fields: Iterable[Field]) -> str:
    """One operation with all of these fields."""
    tree: dict[str, Any] = {}
    for field in fields:
        inside = tree
        for step in (field.root, *field.steps):
            inside = inside.setdefault(step, {})
        if field.object:
            inside["__typename"] = {}
    return f"{OPERATION_HEAD} {INQUIRY} {_selection(tree)}"


def _selection(tree: dict[str, Any]) -> str:
    return f"{{ {' '.join(name + (f' {_selection(inside)}' if inside else '') for name, inside in tree.items())} }}"


DOCUMENT = document_of(FIELDS)


class AllFields:
    """Runs the operation and inspects the response, the log, the spans, the journal and the statements."""

    def __init__(self, world: World, spans: InMemorySpanExporter, log: pytest.LogCaptureFixture) -> None:
        log.set_level(logging.DEBUG)
        self._world = world
        self._spans = spans
        self._log = log
        self._tokens: dict[tuple[Any, ...], str] = {}

    @classmethod
    async def planted(cls, world: World, spans: InMemorySpanExporter, log: pytest.LogCaptureFixture) -> AllFields:
        """A check in a world where every field has a value: it has the planted person already.

        The operation is larger than any that a client may send.
        """
        await plant_inquiry(world)
        world.allow_fields(2 * len(DOCUMENT.split()))
        return cls(world, spans, log)

    async def differences(self, position: Position, *, by: Position | None = None) -> dict[str, Any]:
        """Differences from the policy: {aspect: (observed, expected)}.

        `by` is the actual caller, if it is another one than `position`.
        """
        by = by or position
        verdicts = position.verdicts()
        expected = _expected(verdicts)
        self._spans.clear()
        self._log.clear()
        response = await self._world.execute(DOCUMENT, token=self._token(by), variables=by.variables)
        data, statements = response.data, self._statements()
        intent, release = self._world.journal_entries(last=2)
        output = "\n".join(
            [_response_text(response), self._log.text, *self._span_texts(), *_journal_texts(intent, release)]
        )
        observed = {
            "values": {field.spec.coordinate: observed_value(field, data) for field in FIELDS},
            "errors": sorted(errors(response), key=str),
            "withheld": sorted(response.withheld, key=str),
            "intent": sorted(intent.denied, key=str),
            "denied": sorted(release.denied, key=str),
            "released": sorted(release.released),
            "masked": sorted(release.masked),
            "secrets": {secret for secret in _secrets(expected["values"]) if secret in output},
            "statements": statements,
        }
        expected["errors"] = sorted(
            (each for it in expected["withheld"] for each in expected_errors(it, data)), key=str
        )
        expected["secrets"] = set()
        expected["statements"] = await self._statements_for(verdicts, by)
        return {
            aspect: (observed[aspect], expected[aspect]) for aspect in observed if observed[aspect] != expected[aspect]
        }

    async def _statements_for(self, verdicts: Verdicts, by: Position) -> list[tuple[str, str]]:
        """The statements of the same caller for the granted fields alone."""
        granted = [field for field in FIELDS if not first_denial(field, verdicts)]
        if not granted:
            return []
        response = await self._world.execute(document_of(granted), token=self._token(by), variables=by.variables)
        assert response.errors == []
        return self._statements()

    def _token(self, by: Position) -> str:
        claims = by.role, by.assurance, by.clearance
        if claims not in self._tokens:
            self._tokens[claims] = by.token(self._world)
        return self._tokens[claims]

    def _statements(self) -> list[tuple[str, str]]:
        return sorted((source, sql_text(request)) for source, request in self._world.log)

    def _span_texts(self) -> list[str]:
        """All texts of all spans, except the random ones: ids and the hash of the document."""
        spans = self._spans.get_finished_spans()
        assert spans
        return [
            f"{each.name} {dict(each.attributes or {}) | {HASH: ''}} {each.status.description} {each.events}"
            for each in spans
        ]


def _expected(verdicts: Verdicts) -> dict[str, Any]:
    values: dict[str, Any] = {}
    refused: dict[tuple[str, ...], Any] = {}
    denied: set[Denial] = set()
    released: set[str] = set()
    masked: set[str] = set()
    for field in FIELDS:
        name = field.spec.coordinate
        if denied_at := first_denial(field, verdicts):
            values[name] = withheld_value(field)
            refused[field.paths[denied_at[0]]] = expected_place(field, *denied_at)
            denied.add(expected_denial(field, *denied_at))
        else:
            values[name] = expected_value(field, verdicts)
            grant = grant_of(field, verdicts)
            if not grant.is_own_entries_only and not is_left_out(field, verdicts):
                (masked if grant.is_masked else released).add(name)
    return {
        "values": values,
        "withheld": sorted(refused.values(), key=str),
        "intent": sorted(denied, key=str),
        "denied": sorted(denied, key=str),
        "released": sorted(released),
        "masked": sorted(masked),
    }


def _secrets(values: dict[str, Any]) -> set[str]:
    """Hidden values, except those that are also granted elsewhere, in the document, or common words."""
    fields = [field for field in FIELDS if field.spec.coordinate not in COMMON_WORDS]
    hidden = {
        text for field in fields for text in secrets(field) if values[field.spec.coordinate] != planted_value(field)
    }
    visible = "\n".join([DOCUMENT, *(text for value in values.values() for text in texts(value))])
    return {secret for secret in hidden if secret not in visible}


def _response_text(response: Response) -> str:
    """The response without error locations and cursors, which could contain a value by chance."""
    return re.sub(r'"locations":\[.*?\]|"(?:c|endC)ursor":"[\w-]*"', "", normalized_body(response).decode())


def _journal_texts(*entries: Entry) -> list[str]:
    """The entries without their random parts: ids, time, hash of the document and keyed hashes."""
    return [
        replace(each, id="", trace_id=None, at="", document_sha256=None, searched=(), search_key=None)
        .to_bytes()
        .decode()
        for each in entries
    ]
