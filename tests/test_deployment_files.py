"""docs/deploy: settings that are settings, limits that agree with the server's, and paths that agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from api.config.settings import Settings
from api.http.streamed_response import HEARTBEAT_S
from api.server.server import GRACE_S, RESERVED_DESCRIPTORS

CHECKOUT = Path(__file__).parents[1]
FILES = CHECKOUT / "docs" / "deploy"
DEFAULTS = Settings()
OPERATION_S = (DEFAULTS.operation.operation_budget_ms + 2 * DEFAULTS.journal.journal_deadline_ms) / 1_000
"""The longest operation: its sources, and an entry before and after them."""


def text(name: str) -> str:
    return (FILES / name).read_text("utf-8")


def settings_in(name: str, *, with_unused: bool) -> dict[str, str]:
    marker = "#?" if with_unused else ""
    return dict(re.findall(rf"^{marker}([A-Z][A-Z0-9_]*)=(.*)$", text(name), re.MULTILINE))


def in_unit(name: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", text(name), re.MULTILINE)


def number(pattern: str, name: str) -> float:
    (found,) = re.findall(pattern, text(name), re.MULTILINE)
    return float(found)


@pytest.mark.parametrize("with_unused", [False, True], ids=["as it is", "with all that is commented out"])
def test_every_line_of_the_settings_is_a_setting_with_a_value_that_is_accepted(with_unused: bool) -> None:
    given = settings_in("needtoknow.env", with_unused=with_unused)

    settings = Settings.from_environment(given)

    assert all(name.startswith("NEEDTOKNOW_") for name in given)
    assert settings.auth.issuer == "https://id.example.gov"
    assert len(given) >= (12 if with_unused else 6)


def test_every_setting_is_explained_and_no_line_is_anything_else() -> None:
    groups = text("needtoknow.env").split("\n\n")[1:]

    assert groups != []
    for group in groups:
        explanation, *settings = group.strip().splitlines()
        assert explanation.startswith("# ")
        assert [line for line in settings if not re.fullmatch(r"#?NEEDTOKNOW_[A-Z0-9_]+=[^'\"]+", line)] == []


def test_the_unit_lets_the_server_write_where_the_settings_say_and_nowhere_else() -> None:
    given = settings_in("needtoknow.env", with_unused=False)
    writable = {path.removeprefix("-") for path in in_unit("needtoknow@.service", "ReadWritePaths")}

    assert writable == {given["NEEDTOKNOW_DATA"], str(Path(given["NEEDTOKNOW_CHECKPOINTS"]).parent)}
    assert in_unit("needtoknow@.service", "ProtectSystem") == ["strict"]
    assert in_unit("needtoknow@.service", "UMask") == ["0077"]


def test_the_unit_gives_the_server_the_files_and_the_time_that_it_needs() -> None:
    stop_s = number(r"^TimeoutStopSec=(\d+)$", "needtoknow@.service")

    assert (
        number(r"^LimitNOFILE=(\d+)$", "needtoknow@.service")
        >= DEFAULTS.connections.connection_limit + RESERVED_DESCRIPTORS
    )
    assert stop_s > OPERATION_S - DEFAULTS.journal.journal_deadline_ms / 1_000 + GRACE_S


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("nginx.conf", r"^ *proxy_read_timeout (\d+)s;$"),
        ("haproxy.cfg", r"^ *timeout server (\d+)s$"),
        ("../../docker/cluster/haproxy.cfg", r"^ *timeout server (\d+)s$"),
    ],
)
def test_a_proxy_outwaits_an_operation_and_an_idle_subscription(name: str, pattern: str) -> None:
    assert number(pattern, name) > max(OPERATION_S, HEARTBEAT_S)


def test_nginx_passes_on_each_event_as_it_comes() -> None:
    assert re.findall(r"^ *(proxy_buffering|gzip) (.*);$", text("nginx.conf"), re.MULTILINE) == [
        ("proxy_buffering", "off"),
        ("gzip", "off"),
    ]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("nginx.conf", r"^ *client_header_timeout (\d+)s;$"),
        ("nginx.conf", r"^ *client_body_timeout (\d+)s;$"),
        ("haproxy.cfg", r"^ *timeout http-request (\d+)s$"),
    ],
)
def test_a_proxy_gives_a_client_the_time_that_the_server_would(name: str, pattern: str) -> None:
    assert number(pattern, name) == DEFAULTS.connections.head_timeout_s == DEFAULTS.connections.body_timeout_s


def test_nginx_writes_no_request_to_a_file_and_lets_the_server_refuse_its_size() -> None:
    largest, buffered = (
        number(rf"^ *{name} (\d+)k;$", "nginx.conf") for name in ("client_max_body_size", "client_body_buffer_size")
    )

    assert buffered >= largest > DEFAULTS.operation.body_limit_bytes / 1_024


def test_compose_gives_a_container_the_settings_of_a_host_but_its_own_paths() -> None:
    services = YAML(typ="safe").load(CHECKOUT / "docker" / "compose.yaml")["services"]
    given = settings_in("needtoknow.env", with_unused=False)

    for name in ("server1", "server2"):
        own = services[name]["environment"]
        assert services[name]["env_file"] == "needtoknow.env"
        assert own.keys() - given.keys() == {"NEEDTOKNOW_METRICS_HOST", "NEEDTOKNOW_METRICS_PORT"}
        mounted = [volume.split(":")[-1 if not volume.endswith(":ro") else -2] for volume in services[name]["volumes"]]
        assert {own["NEEDTOKNOW_DATA"], str(Path(own["NEEDTOKNOW_CHECKPOINTS"]).parent), "/etc/needtoknow"} == set(
            mounted
        )
        assert "ports" not in services[name]
    assert services["proxy"]["ports"] == ["443:8443"]


@pytest.mark.parametrize("page", ["deploy.md", "backup.md", "upgrade.md"])
def test_each_file_that_a_page_installs_exists_and_so_does_each_unit(page: str) -> None:
    commands = re.findall(
        r"^(?: {4})?((?:install|systemctl) .*)$", (CHECKOUT / "docs" / page).read_text("utf-8"), re.MULTILINE
    )
    words = [word for command in commands for word in command.split()]
    units = {
        re.sub(r"@\d*", "@", word)
        for word in words
        if word.startswith("needtoknow-") or re.match(r"needtoknow@\d", word)
    }

    assert commands != []
    assert [word for word in words if word.startswith("docs/") and not (CHECKOUT / word).is_file()] == []
    assert [unit for unit in units if not any(FILES.glob(f"{unit}*"))] == []


def test_every_file_is_installed_by_a_page() -> None:
    pages = "".join((CHECKOUT / "docs" / page).read_text("utf-8") for page in ("deploy.md", "backup.md"))

    assert [file.name for file in FILES.iterdir() if f"docs/deploy/{file.name} " not in pages] == []
