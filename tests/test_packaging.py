"""Packaging: pinned and hashed locks, complete packages, import contracts, one version."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

CHECKOUT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")
CLIENT_LOCKS = tuple(f"tests/system/clients_py/requirements-{client}.lock" for client in ("ariadne-codegen", "gql"))
NPM_LOCKS = (
    "api/field/package-lock.json",
    "api/graphiql/package-lock.json",
    "bench/peers/node/package-lock.json",
    "tests/system/clients_js/package-lock.json",
    "tests/system/graphql_eslint/package-lock.json",
    "tests/system/graphql_http/package-lock.json",
    "tests/system/gateways/package-lock.json",
    "tests/system/issuer/package-lock.json",
)
FRONT_ENDS = ("api/field/", "api/graphiql/")
SERVED = ("api/field/dist/", "api/graphiql/dist/", "api/graphiql/tabs/")
PINNED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)
# bench/ runs from a checkout, and is in neither the wheel nor the image.
PACKAGES = {folder.parent.name for folder in CHECKOUT.glob("*/__init__.py")} - {"bench"}


def pinned(lock: str) -> dict[str, str]:
    return {found["name"]: found["version"] for found in PINNED.finditer((CHECKOUT / lock).read_text())}


def required_names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=;\[ ]", requirement, maxsplit=1)[0].lower() for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS + CLIENT_LOCKS)
def test_every_pinned_version_has_its_hashes(lock: str) -> None:
    entries = re.split(r"^(?=[a-z])", (CHECKOUT / lock).read_text(), flags=re.MULTILINE)[1:]

    assert len(entries) == len(pinned(lock))
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS + CLIENT_LOCKS)
def test_a_lock_names_no_index_and_no_local_path(lock: str) -> None:
    text = (CHECKOUT / lock).read_text()

    assert re.findall(r"\S*://\S*|^-.*|\s/\S+", text, re.MULTILINE) == []


@pytest.mark.parametrize("lock", NPM_LOCKS)
def test_an_npm_lock_pins_by_hash_and_names_no_registry(lock: str) -> None:
    packages = json.loads((CHECKOUT / lock).read_text())["packages"]

    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_all_required_packages(lock: str) -> None:
    required = required_names(PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"])
    group = lock.removeprefix("requirements").removesuffix(".lock").removeprefix("-")
    if group:
        required |= required_names(PROJECT["dependency-groups"][group])

    assert required - pinned(lock).keys() == set()


def test_the_tests_run_with_the_versions_of_the_runtime_lock() -> None:
    served, tested = pinned("requirements.lock"), pinned("requirements-dev.lock")

    assert {name: tested.get(name) for name in served} == served


def test_the_changelog_begins_with_the_installed_version() -> None:
    newest = re.search(r"^## (\d+\.\d+\.\d+)", (CHECKOUT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert newest is not None
    assert newest[1] == PROJECT["project"]["version"] == version("needtoknow")


def test_compose_tags_the_image_with_the_version() -> None:
    assert f"image: needtoknow:{PROJECT['project']['version']}\n" in (CHECKOUT / "docker/compose.yaml").read_text()


@pytest.mark.parametrize("tool", ["importlinter", "mypy"])
def test_every_package_is_checked(tool: str) -> None:
    checked = PROJECT["tool"][tool]["root_packages" if tool == "importlinter" else "packages"]

    assert {name for name in checked if not name.startswith(("docs.", "tests."))} == PACKAGES | {"bench"}


def test_every_package_is_marked_as_typed() -> None:
    assert {package for package in PACKAGES if not (CHECKOUT / package / "py.typed").exists()} == set()


def test_the_image_is_built_from_every_package() -> None:
    allowed = set(re.findall(r"^!(\w+)$", (CHECKOUT / ".dockerignore").read_text(), re.MULTILINE))

    assert allowed == PACKAGES | {"LICENSE"}


def test_every_folder_of_code_is_a_package() -> None:
    folders = {
        file.parent
        for package in PACKAGES
        for file in (CHECKOUT / package).rglob("*.py")
        if "node_modules" not in file.parts
    }

    assert {str(folder.relative_to(CHECKOUT)) for folder in folders if not (folder / "__init__.py").exists()} == set()


def test_the_wheel_holds_all_package_files_and_served_pages_only(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in [*PACKAGES, "pyproject.toml", "README.md", "LICENSE"]:
        copy(CHECKOUT / name, source / name)
    expected = {
        str(file.relative_to(source))
        for package in PACKAGES
        for file in (source / package).rglob("*")
        if file.is_file()
    }

    build = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, tmp_path], cwd=source, check=True, capture_output=True)
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        packed = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert packed == {name for name in expected if not name.startswith(FRONT_ENDS) or name.startswith(SERVED)}


def test_the_import_contracts_hold() -> None:
    linted = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, without files generated by tools."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    else:
        shutil.copy2(source, target)
