"""The code blocks of the documents, fenced or indented, and the shell commands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *(page for page in CHECKOUT.glob("*.md") if page.name != "CHANGELOG.md"),
        *(page for page in CHECKOUT.glob("docs/**/*.md") if page.parent.name != "decisions"),
    ]
)
BLOCK = re.compile(
    r"^```(?P<language>\w*)\n(?P<fenced>[\s\S]*?)^```$|(?<=\n\n)(?P<indented>(?: {4}.*\n(?:\n+(?= {4}))?)+)",
    re.MULTILINE,
)
SHELL = {"sh", "console"}
VARIABLES = {"plate": "1N00001", "id": "P0000001", "people": ["P0000001", "P0000009"]}
GRAPHQL = re.compile(r"(query|mutation|fragment)\b")

# An indented block may also be a response, a drawing or a file. It holds commands if a line begins with one of these.
PROGRAMS = frozenset(
    "apt-get bash cat cd chmod chown cp createdb crontab curl docker git haproxy install journalctl jq kill ln"
    " make mkdir mv needtoknow nginx node npm npx openssl pip pkill podman psql python python3 rm rsync runuser scp sh"
    " sqlite3 ssh sudo systemctl tar useradd".split()
)
ASSIGNMENTS = re.compile(r"(?:export )?(?:[A-Z][A-Z_]*=\S* ?)*")


@dataclass(frozen=True)
class Command:
    """One shell command of a page, with the variables that are set for it."""

    page: str
    text: str

    @property
    def variables(self) -> dict[str, str]:
        return dict(word.split("=", 1) for word in self.text[: -len(self.bare) or None].split() if "=" in word)

    @property
    def bare(self) -> str:
        """Without its variables, its user, and the folder of its program. Empty if it only sets variables."""
        text = ASSIGNMENTS.sub("", self.text, count=1).removeprefix("runuser -u needtoknow -- ")
        program, space, arguments = text.partition(" ")
        return (program if "=" in program else program.rpartition("/")[2]) + space + arguments

    @property
    def program(self) -> str:
        return self.bare.partition(" ")[0]

    def __str__(self) -> str:
        return f"{self.page}: {self.text}"


@dataclass(frozen=True)
class Block:
    """One code block of a page, without its fence and its indentation."""

    page: str
    language: str
    text: str

    @property
    def is_graphql(self) -> bool:
        return self.language == "graphql" or (not self.language and GRAPHQL.match(self.text) is not None)

    @property
    def variables(self) -> dict[str, object]:
        """Values of the demonstration for the variables of a GraphQL document."""
        return {name: value for name, value in VARIABLES.items() if f"${name}:" in self.text}

    @property
    def commands(self) -> list[Command]:
        if self.is_graphql or self.language not in {"", *SHELL}:
            return []
        lines = self.text.replace("\\\n", " ").splitlines()
        if any(line.startswith("$ ") for line in lines):
            return [Command(self.page, line[2:]) for line in lines if line.startswith("$ ")]
        found = [
            Command(self.page, re.sub(r"\s+# .*$", "", line)) for line in lines if line and not line.startswith("#")
        ]
        return found if self.language in SHELL or any(each.program in PROGRAMS for each in found) else []


def blocks() -> Iterator[Block]:
    """Every block of every page, in order."""
    for page in PAGES:
        for match in BLOCK.finditer(page.read_text("utf-8")):
            text = (
                match["fenced"]
                if match["indented"] is None
                else re.sub("^ {4}", "", match["indented"], flags=re.MULTILINE)
            )
            yield Block(str(page.relative_to(CHECKOUT)), match["language"] or "", text.rstrip() + "\n")


BLOCKS = list(blocks())
DOCUMENTS = [block for block in BLOCKS if block.is_graphql]
QUERIES = [block for block in DOCUMENTS if not block.text.startswith("subscription")]
COMMANDS = [command for block in BLOCKS for command in block.commands]
