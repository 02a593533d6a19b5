"""What the documents say is so: links lead somewhere, commands exist, tests that are named are there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
DECISIONS = CHECKOUT / "docs" / "decisions"
DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md")])
CODE = re.compile(r"```.*?```|^(?: {4}|\t).*$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))


def named(document: Path) -> str:
    return str(document.relative_to(CHECKOUT))


def headings(document: Path) -> set[str]:
    """The anchors of a document, made from its headings the way that hosts make them."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_there_are_documents_to_check() -> None:
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"} <= {named(each) for each in DOCUMENTS}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = LINK.findall(CODE.sub("", document.read_text()))
    broken = []
    for link in links:
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in headings(target)):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_make_command_that_is_told_is_one(document: Path) -> None:
    told = set(re.findall(r"(?:^ {4}|`|^\$ )make ([a-z][a-z-]*)", document.read_text(), re.MULTILINE))

    assert told - TARGETS == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_file_that_is_named_is_there(document: Path) -> None:
    rooms = "api|audit|docker|docs|engine|policy|resolvers|schema|seed|tests"
    told = re.findall(rf"`((?:{rooms})/[\w./-]*)`", document.read_text())

    assert [path for path in told if not (CHECKOUT / path).exists()] == []


def test_make_help_names_every_command() -> None:
    help_text = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout

    assert set(re.findall(r"^  make ([a-z-]+)", help_text, re.MULTILINE)) == TARGETS


def test_the_index_of_decisions_lists_each_with_its_title() -> None:
    listed = re.findall(r"^\| \[(\d{4})\]\((.+?)\) \| (.+?) \|$", (DECISIONS / "README.md").read_text(), re.MULTILINE)
    pages = sorted(page for page in DECISIONS.glob("*.md") if page.name != "README.md")
    titles = [re.match(r"# (\d{4}): (.+)\n", page.read_text()) for page in pages]

    assert listed == [(title[1], page.name, title[2]) for page, title in zip(pages, titles, strict=True) if title]
    assert [title[1] for title in titles if title] == [f"{number:04}" for number in range(1, len(pages) + 1)]


@pytest.mark.parametrize("page", sorted(DECISIONS.glob("[0-9]*.md")), ids=named)
def test_a_decision_says_why_what_follows_and_what_would_notice(page: Path) -> None:
    parts = re.findall(r"^\*\*(\w+)", page.read_text(), re.MULTILINE)

    assert parts == ["Context", "Decision", "Consequences", "Enforced"]


@pytest.mark.parametrize("page", sorted(DECISIONS.glob("[0-9]*.md")), ids=named)
def test_a_test_that_a_decision_names_exists(page: Path) -> None:
    tests = "\n".join(file.read_text() for file in (CHECKOUT / "tests").rglob("test_*.py"))

    assert [name for name in re.findall(r"`(test_\w+)`", page.read_text()) if f"def {name}(" not in tests] == []
