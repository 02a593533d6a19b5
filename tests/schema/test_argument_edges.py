"""Every argument of the schema, at the edges of its type: the operation is answered or refused, and journalled."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLArgument, is_input_object_type, is_required_argument
from hypothesis import Phase, given, settings

from schema.build import guarded_schema
from tests.argument_values import edges_of, literal, needed, places
from tests.harness import INVESTIGATION, running_app
from tests.operation_generator import FieldPath, fields_with_arguments, nested, operations
from tests.schema.request_sender import CODES, RequestSender

SCHEMA = guarded_schema().graphql
FIELDS = {"/".join(name for name, _ in path): path for path in fields_with_arguments(SCHEMA)}

MOST_FIELDS = 5_000
"""Of one of these operations: more than a client may select."""
ONE_IN = pytest.mark.parametrize("one_in", [23, pytest.param(1, marks=pytest.mark.system)])


@pytest.fixture
async def sender(data: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[RequestSender]:
    async with running_app(data) as world:
        sender = RequestSender(world)
        yield sender
        sender.check_journal()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def arguments(declared: Mapping[str, GraphQLArgument], **texts: str) -> str:
    """The text of arguments: these, and the others that are required."""
    required = {
        name: literal(needed(argument.type), argument.type)
        for name, argument in declared.items()
        if is_required_argument(argument)
    }
    listed = ", ".join(f"{name}: {text}" for name, text in {**required, **texts}.items())
    return f"({listed})" if listed else ""


async def send_edges(
    sender: RequestSender, declared: Mapping[str, GraphQLArgument], document: str, one_in: int
) -> set[str]:
    """Send each edge at each place of each argument, by literal and by variable in turn.

    `document` has %(declarations)s and %(arguments)s. Returns the places at which no value was accepted.
    """
    found: dict[str, bool] = {}
    for name, argument in declared.items():
        for place in places(argument.type):
            if not is_input_object_type(place.kind):
                found.setdefault(place.name or name, False)
            for number, edge in enumerate(edges_of(place.kind, one_in)):
                value, is_literal = place.put(edge), number % 2 == 0
                text = literal(value, argument.type) if is_literal else "$given"
                declarations = "" if is_literal else f"($given: {argument.type})"
                filled = document % {"declarations": declarations, "arguments": arguments(declared, **{name: text})}
                response = await sender.send(filled, {} if is_literal else {"given": value})
                if response.status == 200 and not is_input_object_type(place.kind):
                    found[place.name or name] = True
    return {place for place, is_accepted in found.items() if not is_accepted}


def test_the_codes_come_from_the_page() -> None:
    assert {"BAD_INPUT", "PURPOSE_REQUIRED", "TOO_COMPLEX", "NEED_TO_KNOW", "STEP_UP_REQUIRED"} <= CODES


@ONE_IN
@pytest.mark.parametrize("path", FIELDS.values(), ids=FIELDS)
async def test_each_place_of_an_argument_takes_each_edge_of_its_type(
    sender: RequestSender, path: FieldPath, one_in: int
) -> None:
    _, field = path[-1]
    depth = 1 if one_in > 1 else 2
    sender.world.allow_fields(MOST_FIELDS)
    selected = nested(path, lambda each: "%(arguments)s" if each is field else arguments(each.args), depth)
    never = await send_edges(sender, field.args, f"query %(declarations)s {INVESTIGATION} {selected}", one_in)

    # Of all values each place accepts one, or the refusals would say little. A cursor cannot be made up.
    assert one_in > 1 or never <= {"after"}


@ONE_IN
async def test_each_argument_of_the_inquiry_takes_each_edge_of_its_type(sender: RequestSender, one_in: int) -> None:
    directive = SCHEMA.get_directive("inquiry")
    assert directive is not None
    document = 'query %(declarations)s @inquiry%(arguments)s { person(id: "P0000001") { id } }'

    assert await send_edges(sender, directive.args, document, one_in) == set()


@pytest.mark.slow
@pytest.mark.parametrize("number", [400, pytest.param(3_000, marks=pytest.mark.system)])
async def test_any_arguments_together_are_answered_or_refused(sender: RequestSender, number: int) -> None:
    drawn: list[tuple[str, dict[str, Any]]] = []

    @settings(max_examples=number, database=None, deadline=None, derandomize=True, phases=[Phase.generate])
    @given(operations(SCHEMA))
    def draw(operation: tuple[str, dict[str, Any]]) -> None:
        drawn.append(operation)

    draw()
    for query, variables in drawn:
        await sender.send(query, variables)

    assert sender.answered
    assert sender.refused


async def test_a_cursor_that_is_changed_anywhere_is_refused(sender: RequestSender) -> None:
    document = f"""query($after: String) {INVESTIGATION} {{
      searchVehicles(by: {{make: TOYT}}, first: 1, after: $after) {{ pageInfo {{ endCursor }} }}
    }}"""
    first = await sender.send(document, {"after": None})
    cursor = first.data["searchVehicles"]["pageInfo"]["endCursor"]
    swapped = [f"{cursor[:at]}{'B' if letter == 'A' else 'A'}{cursor[at + 1 :]}" for at, letter in enumerate(cursor)]
    statuses = set()
    for changed in (*swapped, cursor[:-1], cursor + "A", cursor + "=", f" {cursor}", cursor.lower(), cursor * 2):
        sender.count = 0  # a cursor belongs to one caller
        statuses.add((await sender.send(document, {"after": changed})).status)
    sender.count = 0

    assert (await sender.send(document, {"after": cursor})).status == 200
    assert statuses == {400}
