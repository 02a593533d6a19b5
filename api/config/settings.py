"""All settings, by topic: the modules beside this one have the name, default, bounds and description of each.

The environment variable of a setting is `NEEDTOKNOW_`, the prefix of its topic and its name, in capitals:
`settings.sources.deadline_ms` is `NEEDTOKNOW_SOURCE_DEADLINE_MS`. An error names the variable and never repeats the
value, because a value may be an address with a password in it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from api.config.auth_settings import AuthSettings
from api.config.claim_settings import ClaimSettings
from api.config.connection_settings import ConnectionSettings
from api.config.document_settings import DocumentSettings
from api.config.field_settings import FieldSettings
from api.config.journal_settings import JournalSettings
from api.config.log_format import LOG_FORMATS
from api.config.misuse_settings import MisuseSettings
from api.config.networks import Networks
from api.config.operation_settings import OperationSettings
from api.config.origin import is_origin
from api.config.setting import InvalidSettings, Names, check, parse, setting, variable
from api.config.source_address import addresses_in
from api.config.source_settings import SourceSettings
from api.config.telemetry_settings import TelemetrySettings
from policy.table import MATRIX
from sources.loopback import is_loopback

HTTP_PARSERS = ("zttp", "h11")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of the server. All are checked, also those given in code."""

    data: Path = setting(Path("data"), "Folder with the sources, the journal and the keys.")
    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(8000, "Port to listen on; 0 takes any free port.", 0, 65_535)
    workers: int = setting(1, "Server processes; they share one journal.", 1, 64)
    demo: bool = setting(False, "Sign in anyone as any demo role; serve GraphiQL and the field app; this machine only.")
    graphiql: bool = setting(False, "Serve GraphiQL to browsers at /graphql; always on with demo.")
    log: str = setting("text", "Format of the log on stderr: text or json.")
    env_file: str = setting("", "File of settings, one NAME=value a line; read again when the server gets SIGHUP.")
    profile: str = setting("", "Fault profile of the sources, for tests: a built-in name or file, reloaded on change.")
    policy: str = setting("", "Policy matrix file, reloaded on change. Default: the built-in matrix.")
    challenge_one_in: int = setting(
        0, "One in this many records or searches needs a fuller reason; 0 disables.", 0, 1_000_000
    )
    trusted_proxies: Names = setting((), "Addresses or blocks of proxies whose X-Forwarded-For is trusted.")
    trusted_routers: Names = setting((), "Addresses or blocks of federation routers whose X-Inquiry is trusted.")
    auth: AuthSettings = field(default_factory=AuthSettings)
    claims: ClaimSettings = field(default_factory=ClaimSettings)
    sources: SourceSettings = field(default_factory=SourceSettings)
    journal: JournalSettings = field(default_factory=JournalSettings)
    operation: OperationSettings = field(default_factory=OperationSettings)
    documents: DocumentSettings = field(default_factory=DocumentSettings)
    field_app: FieldSettings = field(default_factory=FieldSettings)
    connections: ConnectionSettings = field(default_factory=ConnectionSettings)
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)
    misuse: MisuseSettings = field(default_factory=MisuseSettings)
    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)  # of sources: api.config.source_address

    def __post_init__(self) -> None:
        for name, (topic, declared) in SETTINGS.items():
            check(name, getattr(getattr(self, topic) if topic else self, declared.name), declared)
        self.claims.map  # noqa: B018  it raises InvalidSettings
        self.documents.check(has_field_app=self.shows_field)
        if not self.demo:
            self.field_app.check(self.auth.issuer)
        for name in ("trusted_proxies", "trusted_routers"):
            try:
                Networks(getattr(self, name))
            except ValueError:
                raise InvalidSettings(f"{variable(name)} must be IP addresses or CIDR blocks.") from None
        if not all(map(is_origin, self.connections.origins)):
            raise InvalidSettings(
                f"{variable('origins')} must be origins such as https://dash.example.gov, without a path; "
                "http only on this machine."
            )
        if self.connections.http_parser not in HTTP_PARSERS:
            raise InvalidSettings(f"{variable('http_parser')} must be one of {', '.join(HTTP_PARSERS)}.")
        if self.log not in LOG_FORMATS:
            raise InvalidSettings(f"{variable('log')} must be one of {', '.join(LOG_FORMATS)}.")
        if self.demo and not is_loopback(self.host):
            raise InvalidSettings(
                "The demo issuer signs in anyone as any role, so --demo serves this machine only: "
                "use --host 127.0.0.1, or omit --demo."
            )

    @property
    def shows_graphiql(self) -> bool:
        return self.graphiql or self.demo

    @property
    def shows_field(self) -> bool:
        return self.field_app.field or self.demo

    @property
    def matrix(self) -> Path:
        """The policy matrix file in force."""
        return Path(self.policy) if self.policy else MATRIX

    @classmethod
    def of(cls, **values: Any) -> Settings:
        """Settings by their flat names: `Settings.of(data=folder, source_deadline_ms=500)`."""
        topics: dict[str, dict[str, Any]] = {topic: {} for topic in TOPICS}
        topics[""]["addresses"] = values.pop("addresses", {})
        for name, value in values.items():
            topic, declared = SETTINGS[name]
            topics[topic][declared.name] = value
        return cls(**topics.pop(""), **{topic: TOPICS[topic][0](**given) for topic, given in topics.items()})

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Settings from the environment; an override that is not None replaces the environment's value.

        Raises: InvalidSettings for a value of another type, and for a variable with the prefix that is no setting.
        """
        environment = os.environ if environment is None else environment
        named = {variable(name): name for name in SETTINGS}
        values: dict[str, Any] = {"addresses": addresses_in(environment, named)}
        for name in sorted(named.keys() & environment.keys()):
            # Compose files pass an unset variable on as an empty string.
            if environment[name].strip():
                _, declared = SETTINGS[named[name]]
                values[named[name]] = parse(name, environment[name], type(declared.default))
        return cls.of(**values | {name: value for name, value in overrides.items() if value is not None})


TOPICS: Mapping[str, tuple[type, str]] = {
    "": (Settings, ""),
    "auth": (AuthSettings, ""),
    "claims": (ClaimSettings, "claim_"),
    "sources": (SourceSettings, "source_"),
    "journal": (JournalSettings, ""),
    "operation": (OperationSettings, ""),
    "documents": (DocumentSettings, ""),
    "field_app": (FieldSettings, ""),
    "connections": (ConnectionSettings, ""),
    "telemetry": (TelemetrySettings, ""),
    "misuse": (MisuseSettings, "misuse_"),
}
"""Class and prefix of each topic; "" is `Settings` itself."""


SETTINGS: Mapping[str, tuple[str, Field[Any]]] = {
    prefix + declared.name: (topic, declared)
    for topic, (cls, prefix) in TOPICS.items()
    for declared in fields(cls)
    if declared.metadata
}
"""Topic and field of every setting by its flat name, such as `source_deadline_ms`."""


def description(name: str) -> str:
    """The description of a setting."""
    text: str = SETTINGS[name][1].metadata["description"]
    return text
