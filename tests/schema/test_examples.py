"""What the pages and the explorer tell people to run does run, for every demo caller."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any

import orjson
import pytest

from policy.roles import Role
from tests.harness import World

CHECKOUT = Path(__file__).parents[2]
TABS = sorted((CHECKOUT / "api" / "graphiql" / "tabs").glob("*.graphql"))
DENIALS = {"NEED_TO_KNOW", "STEP_UP_REQUIRED"}


def page(*path: str) -> str:
    return CHECKOUT.joinpath(*path).read_text("utf-8")


def told() -> dict[str, tuple[str, dict[str, Any]]]:
    """Every document that somebody is told to run, with its variables."""
    found = {
        f"tab {tab.stem}": (tab.read_text("utf-8"), orjson.loads(tab.with_suffix(".json").read_bytes())) for tab in TABS
    }
    readme = re.search(r"```graphql\n(.*?)```", page("README.md"), re.DOTALL)
    variables = re.search(r"--variables '(.*?)'", page("README.md"))
    assert readme is not None
    assert variables is not None
    found["README"] = readme[1], orjson.loads(variables[1])
    example = re.search(r"^    query .*?^    }$", page("docs", "demo-world.md"), re.DOTALL | re.MULTILINE)
    assert example is not None
    found["demo-world, the example"] = example[0], {}
    for id, query in re.findall(
        r"^\| `(P\d{7})` \| .* \| `(\w+\(.*)` \|$", page("docs", "demo-world.md"), re.MULTILINE
    ):
        found[f"demo-world, {id}"] = f"query @inquiry(purpose: C, reason: INVESTIGATION) {{ {query} }}", {}
    found["everything"] = page("docs", "everything.graphql"), {"id": "P0000001"}
    return found


TOLD = told()


def test_all_that_is_told_is_found() -> None:
    assert len(TABS) >= 6
    assert len(TOLD) == len(TABS) + 19


async def test_what_is_told_runs_for_every_demo_caller(world: World) -> None:
    """With an answer or a denial, and never a mistake of ours."""
    wrong = {}
    for (name, (document, variables)), role in product(TOLD.items(), Role):
        reply = await world.execute(document, as_=role, variables=variables)
        if reply.data is None or not set(reply.codes) <= DENIALS:
            wrong[name, role] = reply.text

    assert wrong == {}


@pytest.mark.parametrize("name", TOLD)
async def test_what_is_told_shows_something_to_somebody(world: World, name: str) -> None:
    document, variables = TOLD[name]
    stepped_up = await world.execute(document, as_="investigator", aal=2, variables=variables)
    court = await world.execute(document, as_="court", variables=variables)

    assert any(value for reply in (stepped_up, court) for value in reply.data.values())
