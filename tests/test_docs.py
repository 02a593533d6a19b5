"""Documents: links lead somewhere; files, commands, options and tests that they name exist."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from api.cli.app import app

CHECKOUT = Path(__file__).parents[1]
DECISIONS = CHECKOUT / "docs" / "decisions"
DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md")])
CODE = re.compile(r"```.*?```|^(?: {4}|\t).*$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
MAKEFILE = (CHECKOUT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
FOLDERS = sorted({each.parent.name for each in CHECKOUT.glob("*/__init__.py")} | {"docs", "docker", "tests"})


def relative(document: Path) -> str:
    return str(document.relative_to(CHECKOUT))


for_each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
for_each_decision = pytest.mark.parametrize("page", sorted(DECISIONS.glob("[0-9]*.md")), ids=relative)


def anchors(document: Path) -> set[str]:
    """The anchors of a document, made from its headings the way that hosts make them."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def commands(command: Any, path: str = "needtoknow") -> Iterator[tuple[str, set[str]]]:
    """Each command and each group with its options, and those of the command that a group takes if none is named."""
    default = command.commands[command.default_command].params if hasattr(command, "default_command") else ()
    yield path, {"--help", *(name for parameter in (*command.params, *default) for name in parameter.opts)}
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, f"{path} {name}")


OPTIONS = dict(commands(get_command(app)))


def test_there_are_documents_to_check() -> None:
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"} <= {relative(each) for each in DOCUMENTS}


@for_each_document
def test_every_link_leads_somewhere(document: Path) -> None:
    links = LINK.findall(CODE.sub("", document.read_text()))
    broken = []
    for link in links:
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


@for_each_document
def test_every_make_command_and_variable_exists(document: Path) -> None:
    named = re.findall(r"(?:^ {4}|`|^\$ )make ([a-z][a-z-]*)((?: [A-Z]+=)*)", document.read_text(), re.MULTILINE)
    variables = {name for _, given in named for name in re.findall(r"[A-Z]+", given)}

    assert {target for target, _ in named} - TARGETS == set()
    assert {name for name in variables if f"$({name})" not in MAKEFILE} == set()


@for_each_document
def test_every_needtoknow_command_and_option_exists(document: Path) -> None:
    text = SHELL.sub(lambda block: re.sub("^", "    ", block[1], flags=re.MULTILINE), document.read_text())
    text = text.replace("\\\n", " ").replace("runuser -u needtoknow -- /opt/needtoknow/bin/", "")
    unknown = []
    for line in re.findall(r"(?:^ {4}|`|\| |\()(?:\.venv/bin/)?(needtoknow [^`\n|>)]*)", text, re.MULTILINE):
        words = line.split()
        longest = max((path for path in OPTIONS if f"{' '.join(words)} ".startswith(f"{path} ")), key=len)
        is_group = any(path.startswith(f"{longest} ") for path in OPTIONS)
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        below = words[len(longest.split()) :]
        if options - OPTIONS[longest] or (is_group and below and re.fullmatch("[a-z]+", below[0])):
            unknown.append(line)

    assert unknown == []


@for_each_document
def test_every_file_and_module_that_is_named_exists(document: Path) -> None:
    text = document.read_text()
    named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)`", text)
    modules = [name.replace(".", "/") for name in re.findall(r"python -m ((?:bench|tests)[.\w]*)", text)]

    assert [path for path in named if not (CHECKOUT / path).exists()] == []
    assert [path for path in modules if not any(CHECKOUT.glob(f"{path}*"))] == []


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
    numbers = [title[1] for title in titles if title]
    assert numbers == sorted(set(numbers))


@for_each_decision
def test_a_decision_begins_with_a_summary_of_three_lines(page: Path) -> None:
    _, summary, *_ = page.read_text().split("\n\n")

    assert [line.split("** ")[0] for line in summary.splitlines()] == ["> **Decision:", "> **Why:", "> **Cost:"]
    assert [line for line in summary.splitlines() if not re.fullmatch(r"> \*\*\w+:\*\* [^.].*\.", line)] == []


@for_each_decision
def test_a_decision_has_its_context_consequences_and_enforcement(page: Path) -> None:
    parts = re.findall(r"^\*\*(\w+)", page.read_text(), re.MULTILINE)

    assert parts == ["Context", "Decision", "Consequences", "Enforced"]


@for_each_decision
def test_a_test_that_a_decision_names_exists(page: Path) -> None:
    tests = "\n".join(file.read_text() for file in (CHECKOUT / "tests").rglob("test_*.py"))

    assert [name for name in re.findall(r"`(test_\w+)`", page.read_text()) if f"def {name}(" not in tests] == []
