"""What can be set: each setting's name, default, bounds and sentence. Knows nothing of what uses it.

A setting is read from `NEEDTOKNOW_` and its name in capitals. An error names the variable and never
repeats the value, because a value may be an address with a password in it.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from audit.misuse.thresholds import Thresholds
from engine.limits import Limits
from policy.table import MATRIX
from sources.resilience_config import ResilienceConfig

PREFIX = "NEEDTOKNOW_"


class InvalidSettings(ValueError):
    """A setting has no name we know or a value we cannot use; the message is for whoever set it."""


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """What the documentation and `--help` say of a setting, and the bounds of its value."""

    sentence: str
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of the server. Made by hand, they are checked as the environment's are."""

    data: Annotated[Path, SettingInfo("Folder with the sources, the journal and the keys.")] = Path("data")
    host: Annotated[str, SettingInfo("Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, SettingInfo("Port to listen on; 0 takes any free one.", least=0, most=65_535)] = 8000
    workers: Annotated[int, SettingInfo("Processes that serve, on one journal.", 1, 64)] = 1
    demo: Annotated[
        bool, SettingInfo("Sign in whoever asks, as any role, and show GraphiQL; serves this machine only.")
    ] = False
    graphiql: Annotated[bool, SettingInfo("Show GraphiQL to a browser at /graphql; always on with demo.")] = False

    issuer: Annotated[str, SettingInfo("Who signs the tokens: the `iss` that one must have. Needed without demo.")] = ""
    audience: Annotated[str, SettingInfo("Whom the tokens are for: the `aud` that one must have.")] = "needtoknow"
    jwks: Annotated[
        str, SettingInfo("The issuer's public keys: a JWKS file or an https address. Needed without demo.")
    ] = ""
    jwks_interval_s: Annotated[
        int,
        SettingInfo("Seconds, at the least, between two fetches of the JWKS address for keys it did not hold.", 1),
    ] = 60
    jwks_timeout_s: Annotated[float, SettingInfo("Seconds to wait for the JWKS address to answer.", 0.1, 60)] = 5.0
    sign_in_max_age_s: Annotated[
        int, SettingInfo("Seconds after `auth_time` for which aal2 counts; then it counts as aal1.", 1)
    ] = 43_200
    ended: Annotated[
        str,
        SettingInfo(
            "File of the accounts and tokens that have ended, a `sub` or `jti` a line; read again as it changes."
        ),
    ] = ""
    bad_token_delay_s: Annotated[
        float,
        SettingInfo(
            "Seconds that a bad token waits for its refusal, after five within a minute from its address.", 0, 60
        ),
    ] = 1.0
    challenge_one_in: Annotated[
        int, SettingInfo("Of so many records or searches asked for, one is drawn to say more of why; 0 draws none.", 0)
    ] = 0
    policy: Annotated[
        str, SettingInfo("File of the need-to-know matrix, read again as it changes; else the one that comes along.")
    ] = ""

    source_connections: Annotated[int, SettingInfo("Connections to each source.", 1, 64)] = 2
    profile: Annotated[
        str, SettingInfo("How the sources behave under test: a ready profile or a file, read again as it changes.")
    ] = ""
    source_deadline_ms: Annotated[int, SettingInfo("Milliseconds a source has to answer before it is given up.", 1)] = (
        2_000
    )
    journal_deadline_ms: Annotated[
        int, SettingInfo("Milliseconds the journal has to commit, or the answer is withheld.", 1)
    ] = 2_000
    checkpoints: Annotated[
        str,
        SettingInfo(
            "File of signed checkpoints of the journal, best on another machine's mount; else in the data folder."
        ),
    ] = ""
    checkpoint_entries: Annotated[int, SettingInfo("Entries after which a checkpoint is due.", 1)] = 1_000
    checkpoint_s: Annotated[
        float, SettingInfo("Seconds after which a checkpoint is due, if there is a new entry.", 0.1)
    ] = 60.0
    proxies: Annotated[
        str, SettingInfo("Addresses, with commas between, of proxies whose X-Forwarded-For says where a caller is.")
    ] = ""
    routers: Annotated[
        str,
        SettingInfo("Addresses, with commas between, of routers whose X-Inquiry header says why their callers ask."),
    ] = ""
    traces: Annotated[
        str, SettingInfo("Folder for files of traces and metrics, in OTLP's JSON; none are written without.")
    ] = ""
    traces_mebibytes: Annotated[
        int, SettingInfo("Mebibytes that the files of traces, and those of metrics, may have; the oldest go.", 16)
    ] = 256
    named_operations: Annotated[
        str,
        SettingInfo("Names of operations, with commas between, that traces may say; any other could be a person's."),
    ] = ""
    operation_limit: Annotated[
        int, SettingInfo("Operations under way at once; fewer are let in while the processor cannot keep up.", 1)
    ] = 256
    operation_wait_ms: Annotated[
        float, SettingInfo("Milliseconds an operation of a burst waits for a place, before it is OVERLOADED.", 0, 1_000)
    ] = 50.0
    operation_budget_ms: Annotated[
        int, SettingInfo("Milliseconds an operation has for its sources; one that is asked late gets what is left.", 1)
    ] = 5_000
    late_ms: Annotated[
        float,
        SettingInfo(
            "Milliseconds that a hop to a thread and back may take before fewer are let in; 0 takes no notice.", 0
        ),
    ] = 1.5
    source_limit: Annotated[
        int, SettingInfo("Statements that a source is asked at once, waiting ones among them.", 1)
    ] = 64
    source_wait_ms: Annotated[
        int, SettingInfo("Milliseconds a statement beyond that waits before the source counts as TIMEOUT for it.", 0)
    ] = 250
    breaker_failures: Annotated[
        int, SettingInfo("Failures in a row after which a source is left alone; 0 asks it for ever.", 0)
    ] = 5
    breaker_open_s: Annotated[
        float, SettingInfo("Seconds it is left alone, before one statement tries it again.", 0.1)
    ] = 5.0
    hedge_ms: Annotated[
        int, SettingInfo("Milliseconds after which a slow statement is sent a second time; 0 never does.", 0)
    ] = 0
    cost_limit: Annotated[int, SettingInfo("What a question may cost; `needtoknow explain` says what one does.", 1)] = (
        Limits().cost
    )
    row_limit: Annotated[
        int, SettingInfo("Rows that one question may be given; a row counts each time it is given.", 1)
    ] = Limits().rows
    body_limit_bytes: Annotated[int, SettingInfo("Bytes a request body may have.", 1_024)] = 65_536

    misuse_false_alarms: Annotated[
        float, SettingInfo("Chance at which a detector of misuse may find something where there is none.", 1e-9, 0.5)
    ] = Thresholds.false_alarms
    misuse_times: Annotated[float, SettingInfo("How many times what is usual something must be to be found.", 1)] = (
        Thresholds.times
    )
    misuse_least: Annotated[
        int, SettingInfo("The fewest of anything that is found, but for what is wrong at once.", 1)
    ] = Thresholds.least
    misuse_window_days: Annotated[
        int, SettingInfo("Days within which many users, or many inquiries, are counted.", 1)
    ] = Thresholds.window_days
    misuse_shift_hours: Annotated[int, SettingInfo("Hours of a day that are a user's own.", 1, 23)] = (
        Thresholds.shift_hours
    )
    misuse_surname_share: Annotated[
        float, SettingInfo("Share of people who may have a user's surname by chance.", 1e-6, 0.5)
    ] = Thresholds.surname_share
    misuse_focus: Annotated[int, SettingInfo("People in an inquiry, at the most, for it to be about them.", 1)] = (
        Thresholds.focus
    )
    misuse_peers: Annotated[int, SettingInfo("Users of one role, at the least, to be held against each other.", 2)] = (
        Thresholds.peers
    )

    def __post_init__(self) -> None:
        for name, about in ABOUT.items():
            check(name, getattr(self, name), about)
        if self.demo and not is_loopback(self.host):
            raise InvalidSettings(
                "The demo issuer signs in whoever asks, as any role, so it serves this machine only: "
                "use --host 127.0.0.1, or leave --demo out."
            )

    @property
    def shows_graphiql(self) -> bool:
        return self.graphiql or self.demo

    @property
    def matrix(self) -> Path:
        """The file of the policy in force."""
        return Path(self.policy) if self.policy else MATRIX

    @property
    def care(self) -> ResilienceConfig:
        """What is done for every source."""
        return ResilienceConfig(
            deadline_s=self.source_deadline_ms / 1000,
            limit=self.source_limit,
            wait_s=self.source_wait_ms / 1000,
            failures=self.breaker_failures,
            open_s=self.breaker_open_s,
            hedge_s=self.hedge_ms / 1000,
        )

    @property
    def limits(self) -> Limits:
        """The limits on a question; those that are not set are what they are."""
        return Limits(cost=self.cost_limit, rows=self.row_limit)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
        """The environment's settings, with those given, where not None, in their place.

        Raises: SettingsWrong for a value that is not of the setting's kind, and for a name of ours that is no
        setting: one that is misspelt and passed over is worse than a server that does not start.
        """
        environment = os.environ if environment is None else environment
        named = {variable(name): name for name in ABOUT}
        kinds = get_type_hints(cls)
        values: dict[str, Any] = {}
        for name in sorted(environment):
            if not name.startswith(PREFIX):
                continue
            if name not in named:
                raise InvalidSettings(f"{name} is not a setting; docs/settings.md lists them.")
            # Compose files pass on what is not set as an empty text.
            if environment[name].strip():
                values[named[name]] = parse(name, environment[name], kinds[named[name]])
        return cls(**values | {name: value for name, value in given.items() if value is not None})


ABOUT: Mapping[str, SettingInfo] = {
    name: hint.__metadata__[0] for name, hint in get_type_hints(Settings, include_extras=True).items()
}


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def parse(name: str, text: str, kind: type) -> Any:
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.strip().lower()]
        return kind(text.strip())
    except (KeyError, ValueError):
        wanted = {bool: "yes or no", int: "a whole number", float: "a number"}[kind]
        raise InvalidSettings(f"{name} must be {wanted}.") from None


def check(name: str, value: Any, about: SettingInfo) -> None:
    # Written so that NaN, which is neither below nor above anything, fails it.
    if about.least is not None and not value >= about.least:
        raise InvalidSettings(f"{variable(name)} must be {about.least} or more.")
    if about.most is not None and not value <= about.most:
        raise InvalidSettings(f"{variable(name)} must be {about.most} or less.")
