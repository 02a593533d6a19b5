"""The example queries in the documents and in GraphiQL run for every demo caller."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from policy.roles import Role
from seed.demo import PEOPLE
from tests.docs.blocks import QUERIES
from tests.harness import World

CHECKOUT = Path(__file__).parents[2]
TABS = sorted((CHECKOUT / "api" / "graphiql" / "tabs").glob("*.graphql"))
DENIALS = {"NEED_TO_KNOW", "STEP_UP_REQUIRED"}


def page(*path: str) -> str:
    return CHECKOUT.joinpath(*path).read_text("utf-8")


def examples() -> dict[str, tuple[str, dict[str, Any]]]:
    """Every example, with its variables."""
    found = {
        f"tab {tab.stem}": (tab.read_text("utf-8"), orjson.loads(tab.with_suffix(".json").read_bytes())) for tab in TABS
    }
    found |= {f"{block.page}: {block.text.splitlines()[0]}": (block.text, block.variables) for block in QUERIES}
    for id, query in re.findall(
        r"^\| `(P\d{7})` \| .* \| `(\w+\(.*)` \|$", page("docs", "demo-world.md"), re.MULTILINE
    ):
        found[f"demo-world, {id}"] = f"query @inquiry(purpose: C, reason: INVESTIGATION) {{ {query} }}", {}
    found["everything"] = page("docs", "everything.graphql"), {"id": "P0000001"}
    return found


EXAMPLES = examples()


def test_every_example_is_found() -> None:
    assert len(TABS) >= 6
    assert len(EXAMPLES) == len(TABS) + len(QUERIES) + len(PEOPLE) + 1


@pytest.mark.slow
@pytest.mark.parametrize("one_in", [4, pytest.param(1, marks=pytest.mark.system)])
async def test_every_example_runs_for_every_demo_caller(world: World, one_in: int) -> None:
    """With data or a denial, and never another error. Each runs for one caller in so many, in turn."""
    failures = {}
    for number, (name, (document, variables)) in enumerate(EXAMPLES.items()):
        for role in list(Role)[number % one_in :: one_in]:
            response = await world.execute(document, role=role, variables=variables)
            if response.data is None or not set(response.codes) <= DENIALS:
                failures[name, role] = response.text

    assert failures == {}


@pytest.mark.slow
async def test_every_example_shows_data_to_some_caller(world: World) -> None:
    empty = []
    for name, (document, variables) in EXAMPLES.items():
        stepped_up = await world.execute(document, role="investigator", aal=2, variables=variables)
        court = await world.execute(document, role="court", variables=variables)
        if not any(value for response in (stepped_up, court) for value in response.data.values()):
            empty.append(name)

    assert empty == []
