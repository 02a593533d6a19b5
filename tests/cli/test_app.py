"""All commands: one line per error, and the right exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from seed.world import MIN_PEOPLE
from tests.command_line import Result, Run

CHECKOUT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        ("audit", 2, "Missing command. (see needtoknow audit --help)"),
        ("chief", 2, "No such command 'chief'. (see needtoknow --help)"),
        ("serve --chief", 2, "No such option: --chief"),
        ("token", 2, "Missing option '--as'."),
        ("token --as chief", 2, "Invalid value for '--as'"),
        ("token --as PATROL", 2, "Invalid value for '--as'"),
        ("token --as patrol --aal 3", 2, "Invalid value for '--aal'"),
        ("token --as patrol --minutes 0", 2, "Invalid value for '--minutes'"),
        ("token --as patrol --minutes soon", 2, "Invalid value for '--minutes'"),
        ("token --as patrol --ori CA1", 2, "--ori is not a valid claim"),
        (
            "token --as patrol --data absent",
            1,
            "There is no folder absent. Create it: needtoknow seed --data absent",
        ),
        ("ask", 2, "Missing argument 'FILE'."),
        ("ask absent.graphql", 1, "absent.graphql cannot be read: No such file or directory."),
        ("ask . ", 1, ". cannot be read: Is a directory."),
        ("ask - --variables 5", 2, "--variables must be a JSON object"),
        ("ask - --variables {", 2, "--variables must be a JSON object"),
        ("serve --port 65536", 2, "Invalid value for '--port'"),
        ("serve --workers 0", 2, "Invalid value for '--workers'"),
        ("serve --port http", 2, "Invalid value for '--port'"),
        ("serve --data absent", 1, "There is no world in absent. Create one: needtoknow seed --data absent"),
        ("serve --demo --host 0.0.0.0", 1, "The demo issuer signs in anyone as any role"),
        ("serve --demo --host ::", 1, "The demo issuer signs in anyone as any role"),
        ("seed --people 0 --data absent", 1, f"A world has {MIN_PEOPLE} to 2,500,000 people"),
        ("seed --people many", 2, "Invalid value for '--people'"),
        ("policy --purpose Z", 2, "Invalid value for '--purpose'"),
        ("policy --cedar --as patrol", 2, "--cedar cannot be combined"),
        ("audit verify --data absent", 1, "There is no journal at absent/journal.db."),
        ("audit verify --anchor 5", 2, "--anchor is SEQUENCE:HASH, as verify printed it."),
        ("audit verify --key 5", 2, "--key: it is not an Ed25519 key as name+id+key on one line."),
        ("audit key --data absent", 1, "There is no absent/checkpoint.key: the server creates it at its first start."),
        ("audit search --data absent", 1, "There is no journal at absent/journal.db. --data names the folder"),
        ("audit search --archive absent.db", 1, "There is no archive absent.db."),
        ("audit copy --data absent copy", 1, "There is no journal at absent/journal.db. --data names the folder"),
        ("audit verify --key=", 2, "--key: it is not an Ed25519 key as name+id+key on one line."),
        ("audit search --since 2026-02-01 --until 2026-01-01", 2, "--until must be after --since."),
        ("audit report --since 2026-02-01 --until 2026-02-01", 2, "--until must be after --since."),
        ("audit search --since yesterday", 2, "--since is a time such as 2026-01-31"),
        ("audit search --limit 0", 2, "Invalid value for '--limit'"),
        ("audit search --format xml", 2, "Invalid value for '--format'"),
        ("audit show", 2, "Missing argument 'ID'."),
        ("audit show 1 --data absent", 1, "There is no journal at absent/journal.db."),
        ("trace ls", 2, "Missing option '--traces' (env var: 'NEEDTOKNOW_TRACES')."),
        ("trace show --traces .", 2, "Missing argument 'ID'."),
        ("trace show 8d1f --traces absent", 1, "There is no absent. Name the folder"),
        ("trace html --traces .", 1, "There are no trace files in ."),
        ("trace ls --traces . --since yesterday", 2, "--since is a time such as 2026-01-31"),
        ("trace ls --traces . --slower soon", 2, "Invalid value for '--slower'"),
        ("trace ls --traces . --role chief", 2, "Invalid value for '--role'"),
    ],
)
def test_a_user_error_is_one_line_that_says_what_to_do(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str, status: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)

    result = run(*line.split())

    assert (result.status, result.out) == (status, "")
    assert result.err.startswith(f"needtoknow: {'Invalid value: ' if message.startswith('--') else ''}{message}")
    assert result.err.endswith("\n")
    assert result.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_command_alone_prints_its_help_and_has_done_nothing(run: Run) -> None:
    alone, asked = run(), run("--help")

    assert (alone.status, alone.err) == (2, "")
    assert alone.out == asked.out
    assert "serve" in alone.out


def test_the_version_is_that_of_the_distribution(run: Run) -> None:
    assert run("--version") == Result(0, f"needtoknow {version('needtoknow')}\n", "")


def test_an_unknown_setting_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDTOKNOW_PROT", "1")

    result = run("serve")

    assert (result.status, result.err) == (
        1,
        "needtoknow: NEEDTOKNOW_PROT is not a setting; docs/settings.md lists them.\n",
    )


@pytest.mark.parametrize("line", ["policy --json", "token --as jail"], ids=["much", "little"])
def test_a_closed_stdout_is_not_a_traceback(tmp_path: Path, line: str) -> None:
    command = [sys.executable, "-c", "from api.cli import main; main()", *line.split()]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env=os.environ | {"NEEDTOKNOW_DATA": str(tmp_path)},
    ) as policy:
        assert policy.stdout is not None
        policy.stdout.close()
        assert policy.stderr is not None
        errors = policy.stderr.read()

    assert (policy.returncode, errors) == (1, "")


def test_help_imports_none_of_the_heavy_libraries() -> None:
    heavy = (
        "aiosqlite",
        "cryptography",
        "graphql",
        "httpx",
        "joserfc",
        "mimesis",
        "sqlalchemy",
        "starlette",
        "strawberry",
        "uvicorn",
    )
    script = (
        "import sys; from api.cli.app import run; run(['--help']); "
        f"print(*sorted(set({heavy!r}) & set(sys.modules)), file=sys.stderr)"
    )

    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=CHECKOUT)

    assert result.stderr.split() == []
