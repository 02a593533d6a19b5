"""Settings by topic: name, default, bounds and description of each.

The environment variable of a setting is `NEEDTOKNOW_`, the prefix of its topic and its name, in capitals:
`settings.sources.deadline_ms` is `NEEDTOKNOW_SOURCE_DEADLINE_MS`. An error names the variable and never repeats the
value, because a value may be an address with a password in it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from api.config.networks import Networks
from api.config.setting import InvalidSettings, check, parse, setting, variable
from api.config.source_address import addresses_in
from audit.misuse.thresholds import Thresholds
from engine.limits import Limits
from policy.table import MATRIX
from sources.loopback import is_loopback
from sources.resilience_config import ResilienceConfig

Names = tuple[str, ...]
HTTP_PARSERS = ("zttp", "h11")


@dataclass(frozen=True, kw_only=True)
class AuthSettings:
    """Which tokens are accepted."""

    issuer: str = setting("", "Issuer URL; tokens must carry it as `iss`. Required unless demo is on.")
    audience: str = setting("needtoknow", "Audience; tokens must carry it as `aud`.")
    jwks: str = setting("", "JWKS file or https URL; http only on this machine. Required unless demo is on.")
    jwks_interval_s: int = setting(
        60, "Minimum seconds between two fetches of the JWKS URL for unknown keys.", 1, 3_600
    )
    jwks_timeout_s: float = setting(5.0, "Timeout in seconds for a fetch of the JWKS URL.", 0.1, 60)
    sign_in_max_age_s: int = setting(43_200, "Seconds after `auth_time` until aal2 counts as aal1.", 1, 2_592_000)
    revoked: str = setting("", "File of revoked accounts and tokens, one `sub` or `jti` per line; reloaded on change.")
    failed_auth_delay_s: float = setting(
        1.0, "Seconds that a 401 is delayed once its address has sent five bad tokens within a minute.", 0, 60
    )


@dataclass(frozen=True, kw_only=True)
class SourceSettings:
    """Limits of every source. Prefix: SOURCE."""

    connections: int = setting(2, "Connections to each source.", 1, 64)
    deadline_ms: int = setting(2_000, "Milliseconds after which a source's response counts as TIMEOUT.", 1, 60_000)
    limit: int = setting(64, "Concurrent statements per source, waiting ones included.", 1, 10_000)
    wait_ms: int = setting(
        250, "Milliseconds a statement above that limit waits before it counts as TIMEOUT.", 0, 60_000
    )
    hedge_ms: int = setting(
        0, "Milliseconds after which a slow statement is sent a second time; 0 disables.", 0, 60_000
    )
    circuit_failures: int = setting(
        5, "Consecutive failures that open a source's circuit breaker; 0 disables.", 0, 10_000
    )
    circuit_open_s: float = setting(
        5.0, "Seconds until an open circuit breaker lets one statement through.", 0.1, 3_600
    )

    @property
    def resilience(self) -> ResilienceConfig:
        return ResilienceConfig(
            deadline_s=self.deadline_ms / 1000,
            limit=self.limit,
            wait_s=self.wait_ms / 1000,
            failures=self.circuit_failures,
            open_s=self.circuit_open_s,
            hedge_s=self.hedge_ms / 1000,
        )


@dataclass(frozen=True, kw_only=True)
class JournalSettings:
    """The journal and its checkpoints."""

    journal: str = setting(
        "",
        "Address of the journal's database, postgresql://user@host/database. Default: journal.db in the data folder.",
        may_hold_password=True,
    )
    journal_deadline_ms: int = setting(
        2_000, "Milliseconds to commit an entry; otherwise the response is withheld.", 1, 60_000
    )
    checkpoints: str = setting("", "File of signed checkpoints, best on another machine. Default: in the data folder.")
    checkpoint_entries: int = setting(1_000, "Entries after which a checkpoint is written.", 1, 1_000_000)
    checkpoint_s: float = setting(
        60.0, "Seconds after which a checkpoint is written if there is a new entry.", 0.1, 86_400
    )


@dataclass(frozen=True, kw_only=True)
class OperationSettings:
    """Admission of operations, and how large one may be."""

    operation_limit: int = setting(
        256, "Maximum concurrent operations; lowered while the processor is overloaded.", 1, 10_000
    )
    operation_wait_ms: float = setting(
        50.0, "Milliseconds that an operation may queue before it is OVERLOADED.", 0, 1_000
    )
    operation_budget_ms: int = setting(
        5_000, "Milliseconds one operation has for all its sources together.", 1, 600_000
    )
    executor_latency_ms: float = setting(
        1.5, "Thread round trip (ms) above which the concurrency limit is lowered; 0 disables.", 0, 1_000
    )
    cost_limit: int = setting(
        Limits().cost, "Maximum cost of an operation; `needtoknow explain` prints the cost.", 1, 1_000_000_000
    )
    row_limit: int = setting(
        Limits().rows, "Maximum rows read for an operation; a row counts each time it is read.", 1, 10_000_000
    )
    reply_mebibytes: int = setting(
        Limits().reply_bytes >> 20, "Maximum MiB of a reply, and of the rows that are read for it.", 1, 1_024
    )
    cache_mebibytes: int = setting(
        Limits().cached_bytes >> 20, "Maximum MiB of cached documents, plans and programs.", 1, 16_384
    )
    body_limit_bytes: int = setting(65_536, "Maximum bytes of a request body.", 1_024, 16_777_216)

    @property
    def limits(self) -> Limits:
        reply_bytes, cached_bytes = self.reply_mebibytes << 20, self.cache_mebibytes << 20
        return Limits(cost=self.cost_limit, rows=self.row_limit, reply_bytes=reply_bytes, cached_bytes=cached_bytes)


@dataclass(frozen=True, kw_only=True)
class ConnectionSettings:
    """Connections of one server process."""

    connection_limit: int = setting(1_024, "Open connections per process; further ones are refused.", 16, 65_536)
    connection_limit_by_address: int = setting(
        256, "Of these, connections from one address; those of trusted proxies are not counted.", 1, 65_536
    )
    head_timeout_s: float = setting(10.0, "Seconds in which the whole head of a request must arrive.", 0.5, 300)
    body_timeout_s: float = setting(10.0, "Seconds in which the whole body of a request must arrive.", 0.5, 300)
    write_timeout_s: float = setting(
        20.0, "Seconds in which a client must read 1 KiB a second of its response on average.", 0.5, 3_600
    )
    unread_mebibytes: int = setting(
        64, "Maximum MiB of responses that clients have not read; those that wait longest are dropped.", 1, 4_096
    )
    http_parser: str = setting("zttp", "Parser of HTTP: zttp, or h11, which is older and slower.")


@dataclass(frozen=True, kw_only=True)
class TelemetrySettings:
    """Files of traces and metrics."""

    traces: str = setting("", "Folder for trace and metric files in OTLP JSON. Default: none are written.")
    traces_mebibytes: int = setting(
        256, "Maximum MiB of trace files, and of metric files; the oldest are deleted.", 16, 1_048_576
    )
    named_operations: Names = setting(
        (), "Operation names that traces may contain, comma-separated; others could identify a person."
    )


@dataclass(frozen=True, kw_only=True)
class MisuseSettings:
    """Thresholds of `needtoknow audit report`. Prefix: MISUSE."""

    false_positive_rate: float = setting(
        Thresholds.false_positive_rate, "Accepted false-positive probability per detector.", 1e-9, 0.5
    )
    min_ratio: float = setting(Thresholds.min_ratio, "Minimum ratio to the normal level for a finding.", 1, 1_000_000)
    min_count: int = setting(
        Thresholds.min_count, "Minimum count for a finding, except for rule violations.", 1, 1_000_000
    )
    window_days: int = setting(
        Thresholds.window_days, "Days over which users and inquiries are counted together.", 1, 3_660
    )
    shift_hours: int = setting(Thresholds.shift_hours, "Hours of the day that count as a user's shift.", 1, 23)
    surname_share: float = setting(Thresholds.surname_share, "Chance that a person has a user's surname.", 1e-6, 0.5)
    max_subjects: int = setting(
        Thresholds.max_subjects,
        "Maximum people in an inquiry for it to count as being about each of them.",
        1,
        1_000_000,
    )
    min_peers: int = setting(
        Thresholds.min_peers, "Minimum users in a role for comparing them with each other.", 2, 1_000_000
    )

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(**asdict(self))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of the server. All are checked, also those given in code."""

    data: Path = setting(Path("data"), "Folder with the sources, the journal and the keys.")
    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(8000, "Port to listen on; 0 takes any free port.", 0, 65_535)
    workers: int = setting(1, "Server processes; they share one journal.", 1, 64)
    demo: bool = setting(False, "Sign in anyone as any demo role and serve GraphiQL; this machine only.")
    graphiql: bool = setting(False, "Serve GraphiQL to browsers at /graphql; always on with demo.")
    profile: str = setting("", "Fault profile of the sources, for tests: a built-in name or file, reloaded on change.")
    policy: str = setting("", "Policy matrix file, reloaded on change. Default: the built-in matrix.")
    challenge_one_in: int = setting(
        0, "One in this many records or searches needs a fuller reason; 0 disables.", 0, 1_000_000
    )
    trusted_proxies: Names = setting((), "Addresses or blocks of proxies whose X-Forwarded-For is trusted.")
    trusted_routers: Names = setting((), "Addresses or blocks of federation routers whose X-Inquiry is trusted.")
    auth: AuthSettings = field(default_factory=AuthSettings)
    sources: SourceSettings = field(default_factory=SourceSettings)
    journal: JournalSettings = field(default_factory=JournalSettings)
    operation: OperationSettings = field(default_factory=OperationSettings)
    connections: ConnectionSettings = field(default_factory=ConnectionSettings)
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)
    misuse: MisuseSettings = field(default_factory=MisuseSettings)
    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)  # of sources: api.config.source_address

    def __post_init__(self) -> None:
        for name, (topic, declared) in SETTINGS.items():
            check(name, getattr(getattr(self, topic) if topic else self, declared.name), declared)
        for name in ("trusted_proxies", "trusted_routers"):
            try:
                Networks(getattr(self, name))
            except ValueError:
                raise InvalidSettings(f"{variable(name)} must be IP addresses or CIDR blocks.") from None
        if self.connections.http_parser not in HTTP_PARSERS:
            raise InvalidSettings(f"{variable('http_parser')} must be one of {', '.join(HTTP_PARSERS)}.")
        if self.demo and not is_loopback(self.host):
            raise InvalidSettings(
                "The demo issuer signs in anyone as any role, so --demo serves this machine only: "
                "use --host 127.0.0.1, or omit --demo."
            )

    @property
    def shows_graphiql(self) -> bool:
        return self.graphiql or self.demo

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
    "sources": (SourceSettings, "source_"),
    "journal": (JournalSettings, ""),
    "operation": (OperationSettings, ""),
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
