"""The container image: built on a base of our own, so that no registry is needed, then run with all restrictions."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.system.server import address

CHECKOUT = Path(__file__).parents[2]
BASE = "localhost/needtoknow-test-base"
IMAGE = "localhost/needtoknow-test"
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
QUERY = "query Me { me { name } }"

# The restrictions of docker/compose.yaml, and an isolated network. Every machine grants these limits, unlike the
# defaults of podman.
LOCKED_DOWN = (
    *("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--network=none"),
    *("--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024", "--log-driver=none", "--no-healthcheck"),
)
# The default runtime; else the older one, which works with mixed cgroup versions.
RUNTIMES: tuple[tuple[str, ...], ...] = ((), ("--runtime=runc", "--cgroup-manager=cgroupfs"))

Podman = Callable[..., list[str]]


@pytest.fixture(scope="module")
def image(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    buildah = tool("buildah")
    if subprocess.run([buildah, "inspect", "--type=image", BASE], capture_output=True, check=False).returncode:
        build_base(buildah, tool("debootstrap"), tmp_path_factory.mktemp("base"))
    command = [
        buildah,
        "build",
        "--format=docker",
        "--isolation=chroot",
        "--network=host",
        f"--build-arg=BASE={BASE}",
    ]
    run(*command, "--file=docker/Dockerfile", f"--tag={IMAGE}", ".")
    return IMAGE


def build_base(buildah: str, debootstrap: str, folder: Path) -> None:
    """A Debian with its own Python 3.11 in place of `python:3.11-slim`, with this machine's certificates."""
    run(
        debootstrap,
        "--variant=minbase",
        "--include=python3,python3-venv,ca-certificates",
        "bookworm",
        str(folder),
    )
    shutil.copyfile(f"/{CERTIFICATES}", folder / CERTIFICATES)
    container = run(buildah, "from", "scratch").strip()
    run(buildah, "add", "--quiet", container, str(folder), "/")
    run(buildah, "config", f"--env=PIP_CERT=/{CERTIFICATES}", container)
    run(buildah, "commit", "--quiet", "--format=docker", container, BASE)
    run(buildah, "rm", container)


@pytest.fixture(scope="module")
def podman(tool: Callable[[str], str], image: str) -> Podman:
    """A podman command that can run containers on this machine."""
    program = tool("podman")
    errors = []
    for runtime in RUNTIMES:
        tried = subprocess.run(
            [program, *runtime, "run", "--rm", *LOCKED_DOWN, "--entrypoint=true", image],
            capture_output=True,
            text=True,
            check=False,
        )
        if tried.returncode == 0:
            return lambda *arguments: [program, *runtime, *arguments]
        errors.append(tried.stderr.strip())
    pytest.skip("no container can run on this machine: " + "; ".join(errors))


@pytest.fixture(scope="module")
def volume(podman: Podman, image: str) -> Iterator[str]:
    """A volume with a small world, seeded by the image."""
    name = f"needtoknow-test-{uuid4().hex}"
    try:
        run(*podman("run", "--rm", *LOCKED_DOWN, f"--volume={name}:/data", image, "seed", "--people", "100"))
        yield name
    finally:
        run(*podman("volume", "rm", "--force", name))


def test_the_image_runs_without_root_and_has_a_health_check(image: str, tool: Callable[[str], str]) -> None:
    config = inspect(tool("buildah"), image)

    assert config["User"] == "10001:10001"
    assert config["Volumes"] == {"/data": {}}
    assert config["Entrypoint"] == ["needtoknow"]
    assert "/readyz" in " ".join(config["Healthcheck"]["Test"])


def test_the_image_holds_no_compiler_and_no_installer(image: str, tool: Callable[[str], str]) -> None:
    buildah = tool("buildah")
    container = run(buildah, "from", image).strip()
    try:
        mounted = Path(run(buildah, "mount", container).strip())
        programs = {path.name for folder in ("usr/bin", "opt/needtoknow/bin") for path in (mounted / folder).iterdir()}
        ours = {path.name for path in (mounted / "opt/needtoknow/lib/python3.11/site-packages").iterdir()}
    finally:
        run(buildah, "rm", container)

    assert programs.isdisjoint({"cc", "gcc", "c++", "g++", "make", "pip", "pip3", "git"})
    assert ours.isdisjoint({"pip", "setuptools", "wheel", "tests", "pytest"})
    assert ours >= {
        "api",
        "audit",
        "engine",
        "policy",
        "reports",
        "resolvers",
        "schema",
        "seed",
        "sources",
        "telemetry",
        "traces",
    }


def test_a_locked_down_container_serves_and_is_healthy(
    podman: Podman, image: str, volume: str, tool: Callable[[str], str]
) -> None:
    name = f"needtoknow-test-{uuid4().hex}"
    serve = podman("run", "--rm", f"--name={name}", *LOCKED_DOWN, f"--volume={volume}:/data", image, "serve", "--demo")
    with subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            url = address(server)
            inside = podman("exec", "--interactive", name)
            output = run(*inside, "needtoknow", "ask", "--as", "patrol", "--url", f"{url}/graphql", "-", given=QUERY)
            health = inspect(tool("buildah"), image)["Healthcheck"]["Test"][1:]
            run(*inside, *health)
        finally:
            run(*podman("stop", "--time=10", name))

    assert set(json.loads(output)["data"]["me"]) == {"name"}
    assert server.returncode == 0


def test_without_an_issuer_the_image_stops_with_one_line(podman: Podman, image: str, volume: str) -> None:
    tried = subprocess.run(
        podman("run", "--rm", "--timeout=60", *LOCKED_DOWN, f"--volume={volume}:/data", image),
        capture_output=True,
        text=True,
        check=False,
    )

    assert tried.returncode != 0
    assert "NEEDTOKNOW_ISSUER" in tried.stderr
    assert len(tried.stderr.splitlines()) == 1


def inspect(buildah: str, image: str) -> dict[str, Any]:
    described: dict[str, Any] = json.loads(run(buildah, "inspect", "--type=image", image))
    config: dict[str, Any] = described["Docker"]["config"]
    return config


def run(*command: str, given: str | None = None) -> str:
    """The output of a command, which must succeed."""
    done = subprocess.run(command, cwd=CHECKOUT, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
