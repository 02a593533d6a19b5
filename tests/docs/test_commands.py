"""Every shell command of the documents is run here, or by the test that `ELSEWHERE` names."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import Run
from tests.docs.blocks import BLOCKS, CHECKOUT, COMMANDS, Command
from tests.server_process import server_process

PUBLISH, MIGRATE = "tests/cli/test_publish.py", "tests/cli/test_audit_database.py"
ARCHIVE, BACKUP = "tests/cli/test_audit_archive.py", "tests/system/test_backup.py"
UNITS, FILES, PROXIES = "tests/system/test_units.py", "tests/test_deployment_files.py", "tests/system/test_proxies.py"
IMAGE, REMOTE = "tests/system/test_image.py", "tests/cli/test_remote_sources.py"

# The command's first words, the pages that it is on, the test that runs it or its like, and a word of that test.
ELSEWHERE = [
    ("make", ".*", "tests/test_docs.py", "MAKEFILE"),  # its targets and variables exist; test_make.py runs `make run`
    ("needtoknow(?! serve)", "docs/cli.md", "tests/cli/test_cli_page.py", "EXAMPLES"),
    ("needtoknow (revoke|publish)", "docs/(cli|callers).md", PUBLISH, '"publish"'),
    ("needtoknow audit migrate", "docs/(cli|journal).md", MIGRATE, '"migrate"'),
    ("needtoknow audit archive", "docs/(cli|journal).md", ARCHIVE, '"archive"'),
    ("needtoknow serve$", "docs/journal.md", "tests/api/test_journal_database.py", "NEEDTOKNOW_JOURNAL"),
    ("needtoknow seed .*--to", "docs/sources.md", "tests/cli/test_databases.py", '"seed"'),
    ("(needtoknow (seed|sources|serve)|python|chmod|export)", "docs/sources.md", REMOTE, "COMMANDS"),
    ("needtoknow seed", "docs/deploy.md", "tests/cli/test_seed.py", '"seed"'),
    ("needtoknow serve --check", "docs/deploy.md", "tests/cli/test_settings_check.py", '"--check"'),
    ("needtoknow serve --env-file", "docs/running.md", "tests/cli/test_settings_check.py", '"--env-file"'),
    ("(kill|pkill) .*HUP", "docs/running.md", "tests/api/test_reload.py", "SIGHUP"),
    ("(cp|mv|needtoknow|systemctl st)", "docs/backup.md", BACKUP, "backup.md"),
    ("", "docs/upgrade.md", BACKUP, "upgrade.md"),
    ("(install|systemctl)", "docs/(backup|deploy).md", FILES, "systemctl"),
    ("(nginx|haproxy|curl)", "docs/deploy.md", PROXIES, ""),
    ("docker build", "docs/deploy.md", IMAGE, "docker/Dockerfile"),
    ("(python3|phoenix|pip)", "docs/traces.md", "tests/system/test_traces.py", "phoenix"),
    ("python -m tests.audit.tampering", "docs/journal.md", "tests/audit/test_tampering.py", "tests.audit.tampering"),
]

# They need a host's own users and services, a container engine, or minutes: nothing runs them.
NOT_RUN = [
    ("(useradd|python3 -m venv|pip|ln)", "docs/deploy.md"),
    ("(cp|docker compose|export)", "docs/(deploy|cluster).md"),
    ("cd api/field", "docs/field-app.md"),  # api/field/check.sh, which `make check` runs, has the same commands
    ("cd api/graphiql", "docs/graphiql.md"),  # api/graphiql/check.sh, which `make check` runs, has the same commands
    ("pip install", "docs/journal.md"),  # `make test` installs the same extra from the lock
    ("needtoknow trace show ID", "docs/load.md"),  # of a load test
]

SERVER = "http://127.0.0.1:8000"  # where `make run` serves

# Folders of a host, and what stands for one, in the folder of a reader.
FOLDERS = {"/backup/": "backup-", "--data DIR": "--data data", "/var/lib/needtoknow": "data"}

# What stands on a page for a value of the reader's own, and the command whose output has that value.
VALUES = {
    r"\b4bf92f3577b34da6a3ce929d0e0e4736\b": (["audit", "search", "--json"], r'"trace_id":"(\w{32})"'),
    r"\b8c37f27a6c4a\b": (["audit", "search", "--json"], r'"id":"(\w{12})'),
    r"\bKEY\b": (["audit", "key"], r"(\S+)"),
}


def covered(command: Command, *rules: str) -> bool:
    start, pages, *_ = rules
    return re.match(start, command.bare or command.text) is not None and re.fullmatch(pages, command.page) is not None


def is_run_here(command: Command) -> bool:
    return bool(command.bare or command.text.startswith("export")) and not any(
        covered(command, *rule) for rule in [*ELSEWHERE, *NOT_RUN]
    )


HERE = [command for command in COMMANDS if is_run_here(command)]


def test_each_exception_is_for_a_command_that_is_on_a_page() -> None:
    rules = [*ELSEWHERE, *NOT_RUN]

    assert [rule for rule in rules if not any(covered(command, *rule) for command in COMMANDS)] == []


def test_the_test_that_runs_a_command_instead_has_its_program() -> None:
    assert [test for *_, test, word in ELSEWHERE if word not in (CHECKOUT / test).read_text("utf-8")] == []


@pytest.fixture
def reader(run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like a checkout after `make run`, with a journal, traces and the files that pages leave to a reader."""
    for name in ("api", "docs", "tests"):
        (tmp_path / name).symlink_to(CHECKOUT / name)
    shutil.copytree(CHECKOUT / "tests" / "traces", data / "traces", ignore=shutil.ignore_patterns("*.py"))
    program = tmp_path / ".venv" / "bin" / "needtoknow"
    program.parent.mkdir(parents=True)
    start = f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); from api.cli import main; main()"
    program.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, "-c", start])} "$@"\n')
    program.chmod(0o700)
    (program.parent / "python").symlink_to(sys.executable)
    stop = next(block.text for block in BLOCKS if block.page == "README.md" and block.is_graphql)
    (tmp_path / "stop.graphql").write_text(stop)
    (tmp_path / "ended.txt").write_text("u-4417 2026-01-31T00:00:00Z\n")
    (tmp_path / "sexes.txt").write_text("persons/P0000001 M\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEEDTOKNOW_DEMO", "1")  # where a page has an issuer of the agency's own
    (tmp_path / "token.jwt").write_text(run("token", "--as", "patrol").out)
    assert run("ask", "--as", "patrol", "--variables", '{"plate": "1N00001"}', "stop.graphql").status == 0
    shutil.copy(data / "checkpoints.jsonl", tmp_path / "elsewhere.jsonl")
    shutil.copy(data / "checkpoints.jsonl", tmp_path)
    return tmp_path


def is_in_a_shell(command: Command) -> bool:
    """Whether a command needs the server of `make run`, or is none of this project."""
    return SERVER in command.text or command.program not in {"", "needtoknow"}


def arguments(text: str, run: Run) -> list[str]:
    """The arguments of a command, with the reader's folders and values, and without a redirection."""
    for name, value in FOLDERS.items():
        text = text.replace(name, value)
    for name, (source, found) in VALUES.items():
        if re.search(name, text):
            text = re.sub(name, re.findall(found, run(*source).out)[0], text)
    words = shlex.split(text)[1:]
    return words[: words.index(">")] if ">" in words else words


@pytest.mark.parametrize("page", sorted({command.page for command in HERE if not is_in_a_shell(command)}))
def test_every_command_of_a_page_succeeds(page: str, reader: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, in one folder. A server is not started: `serve --check` says whether it would start."""
    failed = []
    for command in HERE:
        if command.page != page or is_in_a_shell(command):
            continue
        if not command.bare:
            for name, value in command.variables.items():
                monkeypatch.setenv(name, value)
            continue
        words = arguments(command.bare, run)
        with monkeypatch.context() as environment:
            for name, value in command.variables.items():
                environment.setenv(name, value)
            result = run(*words, *(["--check"] if words[0] == "serve" else []))
        if result.status != 0 or not result.out:
            failed.append((str(command), result))

    assert failed == []


def in_a_shell(command: Command, folder: Path, url: str = "") -> str:
    """What a command prints that is no command of this project."""
    if command.program != "needtoknow" and shutil.which(command.program) is None:
        pytest.skip(f"{command.program} is not installed")
    text = command.text.replace(SERVER, url)
    done = subprocess.run(["bash", "-euc", text], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_every_command_that_asks_the_server_has_an_answer(reader: Path) -> None:
    commands = [command for command in HERE if SERVER in command.text]
    with server_process(reader / "data") as server:
        answers = [in_a_shell(command, reader, server.url) for command in commands]

    assert {command.program for command in commands} == {"curl", "needtoknow"}
    assert [answer for answer in answers if not answer or "errors" in answer] == []


def test_jq_prints_the_signed_note_of_each_checkpoint(reader: Path) -> None:
    (command,) = [command for command in HERE if command.program == "jq"]

    assert in_a_shell(command, reader).startswith("needtoknow journal\n")


def test_no_other_program_is_left_to_run() -> None:
    assert {command.program for command in HERE} == {"", "needtoknow", "curl", "jq"}
