"""An operator who follows a page: its commands are run one by one, in the folders of a test and on its instances."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.system.deployment import FILES, Deployment, in_unit, replaced

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Operator:
    """Runs the blocks of a page in order. `variables` are those that the page leaves to its reader."""

    def __init__(self, page: str, deployed: Deployment, variables: Mapping[str, str]) -> None:
        self._blocks = iter(BLOCK.findall((FILES.parent / page).read_text("utf-8")))
        self._deployed = deployed
        self.variables = dict(variables)

    def follow(self) -> str:
        """Run the next block, and return what the last command printed. Raises: AssertionError if a command fails."""
        printed = ""
        for line in next(self._blocks).splitlines():
            name, equals, value = line.partition("=")
            words = line.split()
            if equals and name.isupper():
                self.variables.setdefault(name, value)
            elif words[0] == "systemctl":
                for unit in words[2:]:
                    self.systemctl(words[1], unit)
            else:
                status, printed = self.run(line)
                assert status == 0, printed
        return printed

    def next_line(self) -> str:
        """The next block, which is one command that is not run yet."""
        (line,) = next(self._blocks).splitlines()
        return str(line)

    def run(self, line: str) -> tuple[int, str]:
        """The status of a command, and all that it printed."""
        paths = self._deployed.paths
        variables = {name: replaced(value, paths) for name, value in self.variables.items()}
        path = f"{paths['/opt']}/needtoknow/bin:/usr/bin:/bin"
        done = subprocess.run(
            ["bash", "-euc", replaced(line, paths)],
            env={**self._deployed.settings, **variables, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def systemctl(self, verb: str, unit: str) -> None:
        name, _, port = unit.partition("@")
        if name == "needtoknow-backup":
            (command,) = in_unit(FILES / f"{name}.service", "ExecStart")
            command = command.replace("/usr/local/bin/needtoknow-backup", str(FILES / "backup.sh"))
            status, printed = self.run(command)
            assert status == 0, printed
            return
        assert name == "needtoknow"
        one = self._deployed.instances[{"8001": 0, "8002": 1}[port]]
        {"start": one.start, "stop": one.process.stop, "restart": one.restart}[verb]()

    @property
    def backups(self) -> list[Path]:
        """The finished backups, the oldest first."""
        return sorted(Path(self._deployed.paths["/var/backups/needtoknow"]).iterdir())
