"""Every guarded field in one operation, and what is wrong with its answer to somebody. Knows no position by name."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from audit.entry import Entry
from audit.search import search
from policy.verdicts import Verdicts
from telemetry.allow_list import ATTRIBUTES
from tests.attacks.cells import ROOTS, Field, guarded_fields
from tests.attacks.inquiries import OUR_WORDS, plant_inquiry
from tests.attacks.outcomes import (
    answer_of,
    denial_of,
    error_of,
    first_denial,
    grant_of,
    planted,
    secrets,
    shown,
    texts,
)
from tests.attacks.planted import plant
from tests.attacks.positions import ASKED, INQUIRY, Position
from tests.attacks.shapes import errors, same_for_all
from tests.harness import Response, World

FIELDS = guarded_fields()
HASH = ATTRIBUTES["document"].key


def document_of(fields: Iterable[Field]) -> str:
    """One operation for all of these, each by its own way."""
    asked: dict[str, Any] = {}
    for field in fields:
        inside = asked
        for name in field.paths[-1]:
            if name != "@":
                inside = inside.setdefault(name, {})
        if field.object:
            inside["__typename"] = {}
    return f"{ASKED} {INQUIRY} {_selection({ROOTS[name]: inside for name, inside in asked.items()})}"


def _selection(asked: dict[str, Any]) -> str:
    return f"{{ {' '.join(name + (f' {_selection(inside)}' if inside else '') for name, inside in asked.items())} }}"


DOCUMENT = document_of(FIELDS)


class Everything:
    """Asks for all of it, and looks wherever something could have been left."""

    def __init__(self, world: World, spans: InMemorySpanExporter, log: pytest.LogCaptureFixture) -> None:
        log.set_level(logging.DEBUG)
        self._world = world
        self._spans = spans
        self._log = log
        self._tokens: dict[tuple[Any, ...], str] = {}

    @classmethod
    async def planted(cls, world: World, spans: InMemorySpanExporter, log: pytest.LogCaptureFixture) -> Everything:
        """Where there is something to find by every field."""
        plant(world.folder)
        await plant_inquiry(world)
        return cls(world, spans, log)

    async def faults(self, position: Position, *, by: Position | None = None) -> dict[str, Any]:
        """What differs from what the policy alone says: by what it is, what was seen and what should have been.

        `by` is who really asks, if that is somebody else.
        """
        by = by or position
        verdicts = position.verdicts()
        expected = _expected(verdicts)
        self._spans.clear()
        self._log.clear()
        reply = await self._world.execute(DOCUMENT, token=self._token(by), variables=by.variables)
        data, asked = reply.data, self._statements()
        release, intent = (found.entry for found in search(self._world.folder / "journal.db", limit=2))
        left = "\n".join([_told(reply), self._log.text, *self._spoken(), *_kept(intent, release)])
        seen = {
            "values": {field.site.coordinate: shown(field, data) for field in FIELDS},
            "errors": sorted(errors(reply), key=str),
            "intent": sorted(intent.denied, key=str),
            "denied": sorted(release.denied, key=str),
            "released": sorted(release.released),
            "masked": sorted(release.masked),
            "secrets": {secret for secret in _secrets(expected["values"]) if secret in left},
            "statements": asked,
        }
        expected["secrets"] = set()
        expected["statements"] = await self._statements_for(verdicts, by)
        return {what: (seen[what], expected[what]) for what in seen if seen[what] != expected[what]}

    async def _statements_for(self, verdicts: Verdicts, by: Position) -> list[tuple[str, str]]:
        """Those that the same caller's question makes when it asks for nothing that is denied."""
        granted = [field for field in FIELDS if not first_denial(field, verdicts)]
        if not granted:
            return []
        reply = await self._world.execute(document_of(granted), token=self._token(by), variables=by.variables)
        assert reply.errors == []
        return self._statements()

    def _token(self, by: Position) -> str:
        claims = by.role, by.assurance, by.is_certified
        if claims not in self._tokens:
            self._tokens[claims] = by.token(self._world)
        return self._tokens[claims]

    def _statements(self) -> list[tuple[str, str]]:
        return sorted((source, statement.text) for source, statement in self._world.log)

    def _spoken(self) -> list[str]:
        """Everything on a span but what is random: its number, its trace's, and the document's hash."""
        spans = self._spans.get_finished_spans()
        assert spans
        return [
            f"{each.name} {dict(each.attributes or {}) | {HASH: ''}} {each.status.description} {each.events}"
            for each in spans
        ]


def _expected(verdicts: Verdicts) -> dict[str, Any]:
    values: dict[str, Any] = {}
    refused: dict[tuple[str, ...], Any] = {}
    denied, released, masked = set(), set(), set()
    for field in FIELDS:
        name = field.site.coordinate
        if stopped := first_denial(field, verdicts):
            values[name] = None
            refused[field.paths[stopped[0]]] = error_of(field, *stopped)
            denied.add(denial_of(field, *stopped))
        else:
            values[name] = answer_of(field, verdicts)
            grant = grant_of(field, verdicts)
            if not grant.is_own_only:
                (masked if grant.is_masked else released).add(name)
    return {
        "values": values,
        "errors": sorted(refused.values(), key=str),
        "intent": sorted(denied, key=str),
        "denied": sorted(denied, key=str),
        "released": sorted(released),
        "masked": sorted(masked),
    }


def _secrets(values: dict[str, Any]) -> set[str]:
    """What is hidden, but for what something granted shows too, the question itself holds, or is a word of ours."""
    telling = [field for field in FIELDS if field.site.coordinate not in OUR_WORDS]
    hidden = {text for field in telling for text in secrets(field) if values[field.site.coordinate] != planted(field)}
    open_ = "\n".join([DOCUMENT, *(text for value in values.values() for text in texts(value))])
    return {secret for secret in hidden if secret not in open_}


def _told(reply: Response) -> str:
    """All of a reply but what could be anybody's by chance: a column of the question, and a cursor, which is sealed."""
    return re.sub(r'"locations":\[.*?\]|"(?:c|endC)ursor":"[\w-]*"', "", same_for_all(reply).decode())


def _kept(*entries: Entry) -> list[str]:
    """Everything in the journal but what is random: numbers made up for an entry, and the time."""
    return [replace(each, id="", at="", document_sha256=None).to_bytes().decode() for each in entries]
