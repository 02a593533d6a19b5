"""Each row of docs/demo-world.md in GraphiQL: seen by a caller with the right to it, and refused to one without."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import parse, print_ast
from playwright.async_api import expect

from seed import demo
from tests.seed.demo_page import RULES, numbers
from tests.system.demo_rows import ROWS, Asked
from tests.system.graphiql_visit import Visit, browser_context, visit_of
from tests.system.server import DemoServer

SCREENSHOTS = os.environ.get("SYSTEM_TESTS_SCREENSHOTS")
"""A folder for a screenshot of each answer, to look at."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visit(tool: Callable[[str], str], served: DemoServer) -> AsyncIterator[Visit]:
    """One page for all rows."""
    async with browser_context(tool) as context:
        visit = await visit_of(context, served.url)
        await visit.open()
        await visit.write_variables({})
        yield visit


def operation(asked: Asked, query: str) -> str:
    """The operation as the reader writes it."""
    case = ', caseNumber: "26-0417"' if asked.full else ""
    text = f"query @inquiry(purpose: C, reason: INVESTIGATION{case}) {{ {asked.query or query} }}"
    return print_ast(parse(text))


def at(value: Any, path: str) -> Any:
    """The value at a path of field names; for a list, those of all its members, in one list."""
    for name in path.split("."):
        if isinstance(value, list):
            found = [None if each is None else each[name] for each in value]
            value = [one for each in found for one in (each if isinstance(each, list) else [each])]
        else:
            value = value[name]
    return value


def test_every_row_of_the_page_has_its_callers() -> None:
    assert list(ROWS) == list(RULES) == [each.person["id"] for each in demo.PEOPLE]
    assert [id for id, row in ROWS.items() if len({asked.role for asked in row}) < 2] == []


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("id", ROWS)
async def test_a_row_is_answered_as_the_right_role_and_refused_as_others(visit: Visit, id: str) -> None:
    (query,) = numbers(RULES[id][2])
    for asked in ROWS[id]:
        await visit.sign_in(asked.role, second_factor=asked.full)
        await visit.write_operation(operation(asked, query))
        response = await visit.run()
        await expect(visit.page.get_by_role("region", name="About this response")).to_be_visible()
        if SCREENSHOTS:
            await visit.page.screenshot(path=Path(SCREENSHOTS) / f"{id}-{asked.role}.png")

        assert {path: at(response["data"], path) for path in asked.shown} == asked.shown
        assert ("errors" in response) is (bool(asked.withheld) and not asked.absent)
        withheld = visit.page.get_by_role("list", name="Withheld").get_by_role("listitem")
        await expect(withheld).to_have_text([re.compile("^" + re.escape(each)) for each in asked.withheld])
        if asked.safety is not None:
            lines = visit.page.get_by_role("list", name="Safety of").get_by_role("listitem")
            await expect(lines).to_have_text([re.compile("^" + re.escape(each)) for each in asked.safety])
