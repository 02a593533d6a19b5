"""Settings by topic: name, default, bounds and description of each.

The environment variable of a setting is `NEEDTOKNOW_`, the prefix of its topic and its name, in capitals:
`settings.sources.deadline_ms` is `NEEDTOKNOW_SOURCE_DEADLINE_MS`. An error names the variable and never repeats the
value, because a value may be an address with a password in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from api.config.loopback import is_loopback
from api.config.setting import PREFIX, InvalidSettings, Setting, SettingInfo, check, parse, variable
from audit.misuse.thresholds import Thresholds
from engine.limits import Limits
from policy.table import MATRIX
from sources.resilience_config import ResilienceConfig


@dataclass(frozen=True, kw_only=True)
class AuthSettings:
    """Which tokens are accepted."""

    issuer: Annotated[str, SettingInfo("Issuer URL; tokens must carry it as `iss`. Required unless demo is on.")] = ""
    audience: Annotated[str, SettingInfo("Audience; tokens must carry it as `aud`.")] = "needtoknow"
    jwks: Annotated[
        str,
        SettingInfo(
            "The issuer's public keys: a JWKS file, an https URL, or an http URL on this machine. "
            "Required unless demo is on."
        ),
    ] = ""
    jwks_interval_s: Annotated[
        int, SettingInfo("Minimum seconds between two fetches of the JWKS URL because of unknown keys.", 1)
    ] = 60
    jwks_timeout_s: Annotated[float, SettingInfo("Timeout in seconds for a fetch of the JWKS URL.", 0.1, 60)] = 5.0
    sign_in_max_age_s: Annotated[
        int, SettingInfo("Seconds after `auth_time` during which aal2 is valid; afterwards it counts as aal1.", 1)
    ] = 43_200
    revoked: Annotated[
        str, SettingInfo("File of revoked accounts and tokens, one `sub` or `jti` per line; reloaded on change.")
    ] = ""
    failed_auth_delay_s: Annotated[
        float,
        SettingInfo("Seconds by which a 401 is delayed after five bad tokens from its address in a minute.", 0, 60),
    ] = 1.0


@dataclass(frozen=True, kw_only=True)
class SourceSettings:
    """Limits of every source. Prefix: SOURCE."""

    connections: Annotated[int, SettingInfo("Connections to each source.", 1, 64)] = 2
    deadline_ms: Annotated[int, SettingInfo("Milliseconds after which a source's response counts as TIMEOUT.", 1)] = (
        2_000
    )
    limit: Annotated[int, SettingInfo("Concurrent statements per source, waiting ones included.", 1)] = 64
    wait_ms: Annotated[
        int, SettingInfo("Milliseconds a statement above that limit waits before it counts as TIMEOUT.", 0)
    ] = 250
    hedge_ms: Annotated[
        int, SettingInfo("Milliseconds after which a slow statement is sent a second time; 0 disables.", 0)
    ] = 0
    circuit_failures: Annotated[
        int, SettingInfo("Consecutive failures that open a source's circuit breaker; 0 disables.", 0)
    ] = 5
    circuit_open_s: Annotated[
        float, SettingInfo("Seconds an open circuit breaker rejects statements before it lets one through.", 0.1)
    ] = 5.0

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

    journal_deadline_ms: Annotated[
        int, SettingInfo("Milliseconds within which an entry must be committed; otherwise the response is withheld.", 1)
    ] = 2_000
    checkpoints: Annotated[
        str,
        SettingInfo(
            "File of signed checkpoints of the journal, best on another machine's mount. Default: in the data folder."
        ),
    ] = ""
    checkpoint_entries: Annotated[int, SettingInfo("Entries after which a checkpoint is written.", 1)] = 1_000
    checkpoint_s: Annotated[
        float, SettingInfo("Seconds after which a checkpoint is written if there is a new entry.", 0.1)
    ] = 60.0


@dataclass(frozen=True, kw_only=True)
class OperationSettings:
    """Admission of operations, and how large one may be."""

    operation_limit: Annotated[
        int, SettingInfo("Maximum concurrent operations; lowered while the processor is overloaded.", 1)
    ] = 256
    operation_wait_ms: Annotated[
        float, SettingInfo("Milliseconds an operation of a burst may queue before it is OVERLOADED.", 0, 1_000)
    ] = 50.0
    operation_budget_ms: Annotated[
        int, SettingInfo("Milliseconds one operation has for all its sources together.", 1)
    ] = 5_000
    executor_latency_ms: Annotated[
        float, SettingInfo("Thread round trip (ms) above which the concurrency limit is lowered; 0 disables.", 0)
    ] = 1.5
    cost_limit: Annotated[
        int, SettingInfo("Maximum cost of an operation; `needtoknow explain` prints the cost.", 1)
    ] = Limits().cost
    row_limit: Annotated[
        int, SettingInfo("Maximum rows read for an operation; a row counts each time it is returned.", 1)
    ] = Limits().rows
    body_limit_bytes: Annotated[int, SettingInfo("Maximum bytes of a request body.", 1_024)] = 65_536

    @property
    def limits(self) -> Limits:
        return Limits(cost=self.cost_limit, rows=self.row_limit)


@dataclass(frozen=True, kw_only=True)
class TelemetrySettings:
    """Files of traces and metrics."""

    traces: Annotated[
        str, SettingInfo("Folder for trace and metric files in OTLP JSON. Default: none are written.")
    ] = ""
    traces_mebibytes: Annotated[
        int, SettingInfo("Maximum MiB of trace files, and of metric files; the oldest are deleted.", 16)
    ] = 256
    named_operations: Annotated[
        str,
        SettingInfo("Operation names that traces may contain, separated by commas; others could identify a person."),
    ] = ""


@dataclass(frozen=True, kw_only=True)
class MisuseSettings:
    """Thresholds of `needtoknow audit report`. Prefix: MISUSE."""

    false_positive_rate: Annotated[
        float, SettingInfo("Accepted false-positive probability per detector.", 1e-9, 0.5)
    ] = Thresholds.false_positive_rate
    min_ratio: Annotated[float, SettingInfo("Minimum ratio to the normal level before a finding is reported.", 1)] = (
        Thresholds.min_ratio
    )
    min_count: Annotated[
        int, SettingInfo("Minimum count before a finding is reported, except for rule violations.", 1)
    ] = Thresholds.min_count
    window_days: Annotated[int, SettingInfo("Days over which users and inquiries are counted together.", 1)] = (
        Thresholds.window_days
    )
    shift_hours: Annotated[int, SettingInfo("Hours of the day that count as a user's shift.", 1, 23)] = (
        Thresholds.shift_hours
    )
    surname_share: Annotated[float, SettingInfo("Share of people who have a user's surname by chance.", 1e-6, 0.5)] = (
        Thresholds.surname_share
    )
    max_subjects: Annotated[
        int, SettingInfo("Maximum people in an inquiry for it to count as an inquiry about each of them.", 1)
    ] = Thresholds.max_subjects
    min_peers: Annotated[int, SettingInfo("Minimum users in a role for them to be compared with each other.", 2)] = (
        Thresholds.min_peers
    )

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(**asdict(self))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of the server. All are checked, also those given in code."""

    data: Annotated[Path, SettingInfo("Folder with the sources, the journal and the keys.")] = Path("data")
    host: Annotated[str, SettingInfo("Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, SettingInfo("Port to listen on; 0 takes any free port.", minimum=0, maximum=65_535)] = 8000
    workers: Annotated[int, SettingInfo("Server processes; they share one journal.", 1, 64)] = 1
    demo: Annotated[bool, SettingInfo("Sign in anyone as any demo role and serve GraphiQL; this machine only.")] = False
    graphiql: Annotated[bool, SettingInfo("Serve GraphiQL to browsers at /graphql; always on with demo.")] = False
    profile: Annotated[
        str, SettingInfo("Fault profile of the sources, for tests: a built-in name or a file, reloaded on change.")
    ] = ""
    policy: Annotated[str, SettingInfo("Policy matrix file, reloaded on change. Default: the built-in matrix.")] = ""
    challenge_one_in: Annotated[
        int, SettingInfo("One in this many records or searches is challenged for a fuller reason; 0 disables.", 0)
    ] = 0
    trusted_proxies: Annotated[
        str, SettingInfo("Addresses of proxies whose X-Forwarded-For is trusted, separated by commas.")
    ] = ""
    trusted_routers: Annotated[
        str, SettingInfo("Addresses of federation routers whose X-Inquiry header is trusted, separated by commas.")
    ] = ""
    auth: AuthSettings = field(default_factory=AuthSettings)
    sources: SourceSettings = field(default_factory=SourceSettings)
    journal: JournalSettings = field(default_factory=JournalSettings)
    operation: OperationSettings = field(default_factory=OperationSettings)
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)
    misuse: MisuseSettings = field(default_factory=MisuseSettings)

    def __post_init__(self) -> None:
        for name, setting in SETTINGS.items():
            topic = getattr(self, setting.topic) if setting.topic else self
            check(name, getattr(topic, setting.field), setting.info)
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
        for name, value in values.items():
            setting = SETTINGS[name]
            topics[setting.topic][setting.field] = value
        return cls(**topics.pop(""), **{topic: TOPICS[topic][0](**given) for topic, given in topics.items()})

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Settings from the environment; an override that is not None replaces the environment's value.

        Raises: InvalidSettings if a value is not of the setting's type, or if a variable that begins with the prefix
        is not a setting. A misspelt setting must not be ignored.
        """
        environment = os.environ if environment is None else environment
        named = {variable(name): name for name in SETTINGS}
        values: dict[str, Any] = {}
        for name in sorted(environment):
            if not name.startswith(PREFIX):
                continue
            if name not in named:
                raise InvalidSettings(f"{name} is not a setting; docs/settings.md lists them.")
            # Compose files pass an unset variable on as an empty string.
            if environment[name].strip():
                values[named[name]] = parse(name, environment[name], SETTINGS[named[name]].type)
        return cls.of(**values | {name: value for name, value in overrides.items() if value is not None})


TOPICS: Mapping[str, tuple[type, str]] = {
    "": (Settings, ""),
    "auth": (AuthSettings, ""),
    "sources": (SourceSettings, "source_"),
    "journal": (JournalSettings, ""),
    "operation": (OperationSettings, ""),
    "telemetry": (TelemetrySettings, ""),
    "misuse": (MisuseSettings, "misuse_"),
}
"""Class and prefix of each topic."""


def _settings() -> Iterator[tuple[str, Setting]]:
    for topic, (cls, prefix) in TOPICS.items():
        types, hints = get_type_hints(cls), get_type_hints(cls, include_extras=True)
        for each in fields(cls):
            if each.default is not MISSING:
                info = hints[each.name].__metadata__[0]
                yield prefix + each.name, Setting(topic, each.name, types[each.name], each.default, info)


SETTINGS: Mapping[str, Setting] = dict(_settings())
"""Every setting by its flat name, such as `source_deadline_ms`."""


def description(name: str) -> str:
    """The description of a setting."""
    return SETTINGS[name].info.description
