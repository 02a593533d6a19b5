"""docs/glossary.md and the names of public modules and classes agree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
GLOSSARY = (CHECKOUT / "docs" / "glossary.md").read_text("utf-8")
ORDINARY = Path(__file__).with_name("ordinary_words.txt")
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `([^`]+)` \|$", GLOSSARY, re.MULTILINE)
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z]|\b|_|\d)|[A-Z]?[a-z]+")
PACKAGES = sorted(each.parent for each in CHECKOUT.glob("*/__init__.py"))


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (file for file in sorted(package.rglob("*.py")) if "node_modules" not in file.parts)


def public_classes() -> set[str]:
    return {
        node.name
        for file in modules()
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }


def words(name: str) -> set[str]:
    return {word.lower() for word in WORD.findall(name)}


def module_names() -> set[str]:
    return {part for file in modules() for part in file.relative_to(CHECKOUT).with_suffix("").parts if part[0] != "_"}


def test_each_term_of_the_glossary_is_a_name_in_the_code() -> None:
    classes = public_classes()

    assert len(ROWS) >= 60
    assert [name for _, _, name in ROWS if name not in classes and not (CHECKOUT / name).exists()] == []


def test_a_term_is_defined_once_in_a_line() -> None:
    terms = [term for terms, _, _ in ROWS for term in terms.split(", ")]

    assert sorted(set(terms)) == sorted(terms)
    assert [row for row in GLOSSARY.splitlines() if len(row) > 160] == []


def test_public_names_use_the_glossary_and_ordinary_words_only() -> None:
    """A new word is either a term, and then in the glossary, or an ordinary word, and then in the list beside this."""
    named = {word for name in public_classes() | module_names() for word in words(name)}
    terms = {word for row in ROWS for word in words(f"{row[0]} {row[2]}")}
    ordinary = ORDINARY.read_text("utf-8").split()

    assert sorted(named - terms - set(ordinary)) == []
    assert sorted(set(ordinary) - named | set(ordinary) & terms) == []
    assert ordinary == sorted(ordinary)
