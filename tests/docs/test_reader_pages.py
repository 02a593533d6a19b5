"""The pages for each reader: short, complete, and their tables those of the code."""

from __future__ import annotations

import re

from policy.described_enum import DescribedEnum
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from tests.docs.blocks import CHECKOUT
from tests.harness import World

PAGES = ["docs/app-author.md", "docs/dashboard-author.md", "docs/deploy.md", "docs/auditor.md", "CONTRIBUTING.md"]
README = (CHECKOUT / "README.md").read_text("utf-8")
DASHBOARD = (CHECKOUT / "docs" / "dashboard-author.md").read_text("utf-8")


def meanings(heading: str) -> dict[str, str]:
    rows = DASHBOARD.partition(f"| {heading} | ")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", rows, re.MULTILINE))


def described(codes: type[DescribedEnum]) -> dict[str, str]:
    return {code.value: code.meaning for code in codes}


def test_the_readme_names_the_page_of_each_reader_first() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README.partition("## Documentation\n")[2])

    assert links[: len(PAGES)] == PAGES


def test_each_code_and_class_has_its_meaning_on_the_page() -> None:
    assert meanings("purpose") == described(Purpose)
    assert meanings("reason") == described(Reason)
    assert meanings("record class") == described(RecordClass)


async def test_a_page_of_another_origin_is_given_no_permission_to_call(world: World) -> None:
    asked = {"Origin": "https://dash.example.gov", "Access-Control-Request-Method": "POST"}
    response = await world.client.options("/graphql", headers=asked)

    assert response.status_code == 204
    assert [name for name in response.headers if name.startswith("access-control-")] == []
