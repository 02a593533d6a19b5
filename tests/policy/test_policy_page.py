"""docs/policy.md agrees with the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy import rules
from policy.cedar import to_cedar
from policy.checks import OPEN_TO
from policy.consistency import CONTAINED
from policy.purposes import Purpose
from policy.record_classes import RECORD_DEPENDENT, RecordClass
from policy.roles import Role
from policy.table import Policy
from tests.policy.second_opinion import DECISIONS

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")


def table(first_heading: str) -> list[list[str]]:
    """The rows of each table with this heading over its first column."""
    found, rows = False, []
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if found and cells and set(cells[0]) != {"-"}:
            rows.append(cells)
        found = bool(cells) and (found or cells[0] == first_heading)
    return [row for row in rows if row[0] != first_heading]


def test_the_matrix_on_the_page_is_that_of_the_code(policy: Policy) -> None:
    on_the_page = [row for row in table("record class") if len(row) == 14]

    assert on_the_page == [
        [
            record_class.value,
            *(policy.cell(record_class, role).effect.value for role in Role),
            policy.cell(record_class, Role.PATROL).rule.name,
            policy.cell(record_class, Role.PATROL).rule.citation,
        ]
        for record_class in RecordClass
    ]


def test_the_columns_on_the_page_are_the_roles_in_order() -> None:
    assert f"| record class | {' | '.join(role.value for role in Role)} | rule | citation |" in PAGE


def test_all_other_rules_are_on_the_page_with_their_citations() -> None:
    written = {rule for rule in vars(rules).values() if isinstance(rule, rules.Rule)}

    assert {rules.Rule(name, citation) for name, _, citation in table("rule")} == written
    assert len(table("rule")) == len(written) == 15


def test_the_page_lists_the_roles_that_each_purpose_is_open_to() -> None:
    on_the_page = {Purpose(letter): who for letter, who in table("purpose")}

    assert list(on_the_page) == list(Purpose)
    assert on_the_page.pop(Purpose.C) == "every role with any access in the matrix"
    for purpose, who in on_the_page.items():
        assert who == (", ".join(role.value for role in Role if role in OPEN_TO.get(purpose, ())) or "no role")


def test_the_page_lists_the_containment_rules_of_the_code() -> None:
    on_the_page = [tuple(row) for row in table("record class") if len(row) == 3]

    assert on_the_page == [(contained.value, container.value, why) for contained, container, why in CONTAINED]


def test_every_citation_is_explained_on_the_page(policy: Policy) -> None:
    cited = {cell.rule.citation for cell in policy.cells}
    cited |= {rule.citation for rule in vars(rules).values() if isinstance(rule, rules.Rule)}
    explained = {citation for citation, _ in table("citation")}

    assert {part for citation in cited for part in citation.split("; ")} == {
        part for citation in explained for part in citation.split("; ")
    }


def test_the_page_counts_cedar_policies_and_decisions(policy: Policy) -> None:
    written = to_cedar(policy)

    assert f"{written.count('forbid (')} for the general rules, in\ntheir order" in PAGE
    assert f"{written.count('permit (')} for the matrix" in PAGE
    assert f"all {DECISIONS:,} decisions" in PAGE


@pytest.mark.parametrize("record_class", RECORD_DEPENDENT, ids=lambda each: each.value)
def test_the_page_names_the_record_dependent_classes(record_class: RecordClass) -> None:
    section = PAGE.split("## Classes that depend on the record")[1].split("\n## ")[0]

    assert f"`{record_class.value}`" in section
