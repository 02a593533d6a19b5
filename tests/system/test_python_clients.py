"""The Python clients of docs/clients, as a reader copies them, against a server whose warrants are gone.

Each has an environment of its own, because their versions of graphql-core differ from each other and from the server's.
"""

from __future__ import annotations

import shutil
import sys
import venv
from pathlib import Path

import pytest

from tests.system.client_process import output, reading
from tests.system.server import DemoServer

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
CLIENTS = HERE / "clients_py"


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clients, the files that a reader copies, and the schema of this checkout."""
    folder = tmp_path_factory.mktemp("clients") / "clients"
    shutil.copytree(CLIENTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "docs" / "clients", folder / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "schema" / "schema.graphql", folder)
    return folder


@pytest.fixture(scope="module")
def server(without_warrants: DemoServer) -> tuple[str, str]:
    """The address and the token that each client is given."""
    return f"{without_warrants.url}/graphql", without_warrants.token("investigator")


def python_with(lock: Path, folder: Path) -> Path:
    """The Python of a new environment that has the packages of a lock."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--quiet", "--disable-pip-version-check"]
    output(*pip, "install", "--no-deps", "--require-hashes", "--requirement", lock, folder=folder)
    return python


def check_types(python: Path, clients: Path, *files: str) -> None:
    """mypy finds no error in the files, with the types of the packages of that environment."""
    mypy = [sys.executable, "-m", "mypy", "--strict", "--explicit-package-bases", "--config-file=", "--cache-dir=.mypy"]
    output(*mypy, "--python-executable", python, *files, folder=clients)


def test_gql_gives_data_errors_and_withheld_places(clients: Path, server: tuple[str, str], tmp_path: Path) -> None:
    python = python_with(CLIENTS / "requirements-gql.lock", tmp_path)
    check_types(python, clients, "docs/gql_client.py", "gql_client.py")

    reply = reading(python, "gql_client.py", *server, folder=clients)

    assert reply == {
        "data": {"person": {"id": "P0000001", "ssn": None, "warrants": None}},
        "errors": [
            {"path": ["person", "warrants"], "code": "SOURCE_UNAVAILABLE"},
            {"path": ["person", "ssn"], "code": "STEP_UP_REQUIRED"},
        ],
        "withheld": [["person", "ssn"]],
    }


def test_ariadne_codegen_gives_typed_data_errors_and_statuses(
    clients: Path, server: tuple[str, str], tmp_path: Path
) -> None:
    python = python_with(CLIENTS / "requirements-ariadne-codegen.lock", tmp_path)
    output(python, "-m", "ariadne_codegen", "--config", "docs/ariadne_codegen.toml", folder=clients)
    check_types(python, clients, "docs/ariadne_client.py", "ariadne_client.py")

    reply = reading(python, "ariadne_client.py", *server, folder=clients)

    assert reply == {
        "born": "1987-03-14",
        "bail": None,
        "errors": [
            {"path": ["person", "warrants"], "code": "SOURCE_UNAVAILABLE"},
            {"path": ["person", "ssn"], "code": "STEP_UP_REQUIRED"},
        ],
        "down": ["warrants"],
    }
