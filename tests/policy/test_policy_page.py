"""docs/policy.md says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy import rules
from policy.cedar import to_cedar
from policy.checks import OPEN_TO
from policy.consistency import HELD
from policy.purposes import Purpose
from policy.record_classes import RECORD_DEPENDENT, RecordClass
from policy.roles import Role
from tests.policy.second_opinion import CELLS, STEPS

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")


def table(first_heading: str) -> list[list[str]]:
    """The rows, without the heading, of each table whose first column is headed so."""
    found, rows = False, []
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if found and cells and set(cells[0]) != {"-"}:
            rows.append(cells)
        found = bool(cells) and (found or cells[0] == first_heading)
    return [row for row in rows if row[0] != first_heading]


def test_the_matrix_on_the_page_is_the_matrix(policy):
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


def test_the_columns_on_the_page_are_the_roles_in_order():
    assert f"| record class | {' | '.join(role.value for role in Role)} | rule | citation |" in PAGE


def test_the_rules_beside_the_matrix_are_all_on_the_page_with_their_citations():
    written = {rule for rule in vars(rules).values() if isinstance(rule, rules.Rule)}

    assert {rules.Rule(name, citation) for name, _, citation in table("rule")} == written
    assert len(table("rule")) == len(written) == 11


def test_the_purposes_on_the_page_are_open_to_whom_the_code_opens_them():
    on_the_page = {Purpose(letter): who for letter, who in table("purpose")}

    assert list(on_the_page) == list(Purpose)
    assert on_the_page.pop(Purpose.C) == "every role that the matrix lets in anywhere"
    for purpose, who in on_the_page.items():
        assert who == (", ".join(role.value for role in Role if role in OPEN_TO.get(purpose, ())) or "nobody")


def test_what_holds_what_on_the_page_is_what_start_up_checks():
    on_the_page = [tuple(row) for row in table("record class") if len(row) == 3]

    assert on_the_page == [(held.value, holder.value, why) for held, holder, why in HELD]


def test_every_citation_is_explained_on_the_page(policy):
    cited = {cell.rule.citation for cell in policy.cells}
    cited |= {rule.citation for rule in vars(rules).values() if isinstance(rule, rules.Rule)}
    explained = {citation for citation, _ in table("citation")}

    assert {part for citation in cited for part in citation.split("; ")} == {
        part for citation in explained for part in citation.split("; ")
    }


def test_the_page_counts_the_cedar_policies_and_what_is_decided_by_them(policy):
    written = to_cedar(policy)

    assert f"{written.count('forbid (')} for the rules over every\ncell" in PAGE
    assert f"{written.count('permit (')} for the matrix" in PAGE
    assert f"all {len(CELLS) * len(STEPS):,} decisions" in PAGE


@pytest.mark.parametrize("record_class", RECORD_DEPENDENT, ids=lambda each: each.value)
def test_the_classes_that_depend_on_the_record_are_named(record_class):
    section = PAGE.split("## Classes that depend on the record")[1].split("\n## ")[0]

    assert f"`{record_class.value}`" in section
