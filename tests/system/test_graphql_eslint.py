"""The printed schema by the rules of graphql-eslint: all of those for schemas, and those for Relay."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system.client_process import output

RULES, ROOT = Path(__file__).parent / "graphql_eslint", Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lint(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rules with their packages and the schema, outside the checkout."""
    folder = tmp_path_factory.mktemp("graphql_eslint") / "rules"
    shutil.copytree(RULES, folder, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(ROOT / "schema" / "schema.graphql", folder)
    output(tool("npm"), "ci", "--ignore-scripts", "--silent", folder=folder)
    return folder


def test_the_schema_keeps_every_rule_but_the_named_exceptions(tool: Callable[[str], str], lint: Path) -> None:
    assert output(tool("npx"), "--no-install", "eslint", "--max-warnings", "0", "schema.graphql", folder=lint) == ""


def test_a_field_that_breaks_a_rule_is_found(tool: Callable[[str], str], lint: Path) -> None:
    schema = lint / "schema.graphql"
    schema.write_text(
        schema.read_text().replace("\n  ssn: String @needToKnow", "\n  social_security: String @needToKnow", 1)
    )

    with pytest.raises(AssertionError, match=r'Field "social_security" should be in camelCase(.|\n)*1 problem'):
        output(tool("npx"), "--no-install", "eslint", "schema.graphql", folder=lint)
