"""Configuration: the settings in force, from options, an environment file and the environment, in this order.

The environment of a process cannot change from outside. What changes while the server runs is the file.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.config.environment_file import ENV_FILE, EnvironmentFile
from api.config.setting import PREFIX, InvalidSettings, variable
from api.config.settings import SETTINGS, Settings

FIXED = frozenset(
    {"data", "demo", "host", "port", "env_file", "journal", "checkpoints", "metrics_host", "metrics_port"}
)
"""Settings that cannot change while the server runs: its sockets, and the places of its journal and keys."""


@dataclass(frozen=True)
class Configuration:
    """The settings in force, and the variables of libraries that the file has besides, such as OTEL_SERVICE_NAME."""

    settings: Settings
    variables: Mapping[str, str]

    def changed_to(self, other: Configuration) -> Change:
        """The change to another configuration. Settings that cannot change stay."""
        before, after = _values(self.settings), _values(other.settings)
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        fixed = {variable(name) for name in FIXED} & changed
        kept = {name: value for name, value in _given(self.settings).items() if name in FIXED}
        settings = Settings.of(**_given(other.settings) | kept, addresses=other.settings.addresses)
        libraries = {
            name
            for name in self.variables.keys() | other.variables.keys()
            if self.variables.get(name) != other.variables.get(name)
        }
        return Change(Configuration(settings, other.variables), sorted(changed - fixed | libraries), sorted(fixed))


@dataclass(frozen=True)
class Change:
    """A change of the configuration: the names of the variables that change, and of those that need a restart."""

    configuration: Configuration
    changed: list[str]
    needs_restart: list[str]


class ConfigurationReader:
    """Reads the configuration, at the start and again for each reload."""

    def __init__(self, environment: MutableMapping[str, str], **options: Any) -> None:
        """`options` are those of the command line; None is absent. `environment` loses what it has from the file.

        systemd may have read the same file. Otherwise, a variable that is removed from the file would stay.
        Raises: InvalidSettings.
        """
        self._options = {name: value for name, value in options.items() if value is not None}
        name = str(self._options.get("env_file") or environment.get(ENV_FILE, "")).strip()
        self._path = Path(name) if name else None
        if self._path is not None:
            for name, value in EnvironmentFile.read(self._path).values.items():
                if environment.get(name) == value:
                    del environment[name]
        self._environment = dict(environment)

    def read(self) -> Configuration:
        """The configuration now. Raises: InvalidSettings, which names the line of the file."""
        if self._path is None:
            return Configuration(Settings.from_environment(self._environment, **self._options), {})
        file = EnvironmentFile.read(self._path)
        try:
            settings = Settings.from_environment({**self._environment, **file.values}, **self._options)
        except InvalidSettings as error:
            raise file.locate(error) from None
        others = {name: value for name, value in file.values.items() if not name.startswith(PREFIX)}
        return Configuration(settings, others)


def _given(settings: Settings) -> dict[str, Any]:
    """The value of each setting by its flat name."""
    return {
        name: getattr(getattr(settings, topic) if topic else settings, declared.name)
        for name, (topic, declared) in SETTINGS.items()
    }


def _values(settings: Settings) -> dict[str, Any]:
    """The value of each variable."""
    given = {variable(name): value for name, value in _given(settings).items()}
    return given | {variable(f"source_{name}"): value for name, value in settings.addresses.items()}
