"""docs/cli.md and SECURITY.md against the code: every option, every example command, and every figure."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from api.auth.failed_auth_throttle import FAILURE_LIMIT, WINDOW_S
from api.cli.app import app
from api.config.settings import Settings
from api.operation.errors import overloaded
from api.server.server import GRACE_S
from seed.world import MIN_PEOPLE
from tests.command_line import Run

CHECKOUT = Path(__file__).parents[2]
CLI_PAGE = (CHECKOUT / "docs" / "cli.md").read_text(encoding="utf-8")
SECURITY_PAGE = (CHECKOUT / "SECURITY.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^ {4}needtoknow (.+)$", CLI_PAGE, re.MULTILINE)
EXAMPLE_KEY = "needtoknow+1c82c2b6+AZHvF07UaEV/oMa5Ek0hg1D1G5Lg5zhZmSiEGEwDgLl4"
EXAMPLE_INQUIRY = "8c37f27a6c4a4bce941af930cafd2f74"


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, f"{path} {name}")


def test_the_page_lists_every_command_and_option_and_no_other() -> None:
    written = {}
    for section in CLI_PAGE.split("\n## ")[1:]:
        heading, _, body = section.partition("\n")
        if heading.startswith("`needtoknow "):
            written[heading.strip("`")] = re.findall(r"^\| `(.+?)(?: .*?)?` \| (.+?) \|$", body, re.MULTILINE)

    assert written == {
        path: [
            (option.opts[0] if option.param_type_name == "option" else option.metavar, option.help)
            for option in command.params
        ]
        for path, command in commands(get_command(app), "needtoknow")
    }


@pytest.mark.slow
def test_every_example_command_of_the_page_succeeds(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the page, in one folder; `serve` alone is left to tests/cli/test_serve.py."""
    (tmp_path / "docs").symlink_to(CHECKOUT / "docs")
    shutil.copytree(CHECKOUT / "tests" / "traces", tmp_path / "traces", ignore=shutil.ignore_patterns("*.py"))
    monkeypatch.chdir(tmp_path)
    actual = {"20000": str(MIN_PEOPLE)}
    failed = []
    for example in EXAMPLES:
        words = [actual.get(word, word) for word in shlex.split(example)]
        arguments = words[: words.index(">")] if ">" in words else words
        if arguments[0] == "serve":
            continue
        result = run(*arguments)
        if len(arguments) < len(words):
            Path(words[-1]).write_text(result.out, encoding="utf-8")
        if (result.status, result.err) != (0, "") or not result.out:
            failed.append((example, result))
        if arguments[0] == "ask":
            actual[EXAMPLE_INQUIRY] = re.findall(r'"inquiry": \{\s+"id": "(\w+)"', result.out)[0]
            actual[EXAMPLE_KEY] = run("audit", "key").out.strip()

    assert failed == []
    assert [example for example in EXAMPLES if example.startswith("serve")] == ["serve --demo"]
    assert {EXAMPLE_KEY, EXAMPLE_INQUIRY} <= set(" ".join(EXAMPLES).split())


def test_the_time_that_a_shutdown_takes_is_on_the_page() -> None:
    budget_s = Settings().operation.operation_budget_ms // 1000
    journal_s = Settings().journal.journal_deadline_ms // 1000
    text = " ".join(CLI_PAGE.split())

    first = f"{GRACE_S} s until a connection has sent its request, {budget_s} s for an operation's sources, "
    assert f"takes up to {budget_s + journal_s + 2 * GRACE_S} s: {first}" in text
    assert f"{journal_s} s for its journal entry, and {GRACE_S} s for open connections" in text


def test_the_security_page_states_what_the_server_does_under_attack() -> None:
    text = " ".join(SECURITY_PAGE.split())
    overload = overloaded()
    code = overload.body["errors"][0]["extensions"]["code"]

    assert f"rejects operations with `{code}`, status {overload.status}" in text
    assert f"After {FAILURE_LIMIT} bad tokens from one address within {WINDOW_S} seconds" in text
    assert f"the next 401 to that address by {Settings().auth.failed_auth_delay_s:g} second" in text
