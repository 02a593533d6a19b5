"""A file of settings: what is read, and the one line that says what is wrong with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from api.config.configuration import Configuration, ConfigurationReader
from api.config.environment_file import MAX_BYTES, EnvironmentFile
from api.config.setting import InvalidSettings
from api.config.settings import Settings
from tests.api.unusable_files import FAULTS, put

GOOD = r"""# a comment

NEEDTOKNOW_ISSUER=https://id.county.example/a=b%20c,d:e@f+g
NEEDTOKNOW_JOURNAL='postgresql://server:pa$$"w`o\rd@127.0.0.1/records'
NEEDTOKNOW_PROFILE="a # b; 'c'"
  NEEDTOKNOW_AUDIENCE=
OTEL_SERVICE_NAME=records
"""
VALUES = {
    "NEEDTOKNOW_ISSUER": "https://id.county.example/a=b%20c,d:e@f+g",
    "NEEDTOKNOW_JOURNAL": r'postgresql://server:pa$$"w`o\rd@127.0.0.1/records',
    "NEEDTOKNOW_PROFILE": "a # b; 'c'",
    "NEEDTOKNOW_AUDIENCE": "",
    "OTEL_SERVICE_NAME": "records",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "needtoknow.env"
    path.write_text(GOOD)
    return path


def read(path: Path, environment: dict[str, str] | None = None, **options: object) -> Configuration:
    return ConfigurationReader(environment or {}, env_file=str(path), **options).read()


def test_values_are_read_with_and_without_quotes(file: Path) -> None:
    assert EnvironmentFile.read(file).values == VALUES


def test_a_shell_reads_the_same_values(file: Path) -> None:
    script = f"set -a; . {file}; env -0"
    printed = subprocess.run(
        [shutil.which("sh") or "sh", "-c", script], env={}, capture_output=True, text=True, check=True
    )
    pairs = [each.partition("=") for each in printed.stdout.split("\0")]

    assert {name: value for name, _, value in pairs if name in VALUES} == VALUES


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"NEEDTOKNOW_PORT", "line 2: NEEDTOKNOW_PORT has no = and no value."),
        (b"s3cret here", "line 2: a line is NAME=value, without a space around the =, or # and a comment."),
        (b"NEEDTOKNOW_PORT = 1", "line 2: a line is NAME=value, without a space around the =, or # and a comment."),
        (
            b"export NEEDTOKNOW_PORT=1",
            "line 2: a line is NAME=value, without a space around the =, or # and a comment.",
        ),
        (b"NEEDTOKNOW_PROT=s3cret", "line 2: NEEDTOKNOW_PROT is not a setting; docs/settings.md lists them."),
        (
            b"NEDTOKNOW_PORT=s3cret",
            "line 2: NEDTOKNOW_PORT is not a setting; a name begins with NEEDTOKNOW_, OTEL_ or SSL_CERT_.",
        ),
        (b"NEEDTOKNOW_PORT=s3cret", "line 2: NEEDTOKNOW_PORT must be a whole number."),
        (b"NEEDTOKNOW_PORT=70000", "line 2: NEEDTOKNOW_PORT must be 0 to 65535."),
        (b"NEEDTOKNOW_LOG=xml", "line 2: NEEDTOKNOW_LOG must be one of text, json."),
        (b"NEEDTOKNOW_ISSUER='s3cret", "line 2: NEEDTOKNOW_ISSUER has a quote that does not end on its line."),
        (b'NEEDTOKNOW_ISSUER="s3cret', "line 2: NEEDTOKNOW_ISSUER has a quote that does not end on its line."),
        (b"NEEDTOKNOW_ISSUER='", "line 2: NEEDTOKNOW_ISSUER has a quote that does not end on its line."),
        (
            b'NEEDTOKNOW_ISSUER="s3cret$HOME"',
            "line 2: NEEDTOKNOW_ISSUER has characters that need single quotes around the whole value.",
        ),
        (
            b"NEEDTOKNOW_ISSUER=s3cret # a comment",
            "line 2: NEEDTOKNOW_ISSUER has characters that need single quotes around the whole value.",
        ),
        (
            b"NEEDTOKNOW_ISSUER='s3'cret",
            "line 2: NEEDTOKNOW_ISSUER has a quote that does not end on its line.",
        ),
        (b"NEEDTOKNOW_ISSUER=s3\x00cret", "line 2: it has a NUL character."),
        (
            b"NEEDTOKNOW_ISSUER='s3\x1b[2Jcret'",
            "line 2: NEEDTOKNOW_ISSUER has a character that is not printable; a line ends in LF alone.",
        ),
        (
            b"NEEDTOKNOW_ISSUER=s3cret\r",
            "line 2: NEEDTOKNOW_ISSUER has a character that is not printable; a line ends in LF alone.",
        ),
        (b"# s3cret \\", "line 2: a comment that ends in a backslash goes on in the next line for some."),
        (
            b"NEEDTOKNOW_ISSUER='s3cret\\'",
            "line 2: NEEDTOKNOW_ISSUER has a quote inside its quotes, or a backslash before the last one.",
        ),
        (b"NEEDTOKNOW_ISSUER=s3cret\xff", "line 2: it is not UTF-8."),
        (b"NEEDTOKNOW_DEMO=yes", "line 2: NEEDTOKNOW_DEMO is set on line 1 already."),
        (
            b"NEEDTOKNOW_ENV_FILE=s3cret",
            "line 2: NEEDTOKNOW_ENV_FILE belongs in the environment, not in the file that it names.",
        ),
    ],
)
def test_a_fault_is_one_line_with_its_place_and_without_the_value(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(b"NEEDTOKNOW_DEMO=no\n" + content + b"\n")

    with pytest.raises(InvalidSettings) as caught:
        read(file)

    assert str(caught.value) == f"{file}, {message}"
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_small_text_file_is_refused(tmp_path: Path, fault: object) -> None:
    path = tmp_path / "file"
    put(path, fault)  # type: ignore[arg-type]

    with pytest.raises(InvalidSettings, match=r"cannot be read: |it is not UTF-8"):
        read(path)
    assert MAX_BYTES < 1 << 20


def test_options_go_before_the_file_and_the_file_before_the_environment(file: Path) -> None:
    file.write_text("NEEDTOKNOW_PORT=2\nNEEDTOKNOW_HOST=::1\nNEEDTOKNOW_SOURCE_LIMIT=5\n")
    environment = {"NEEDTOKNOW_PORT": "1", "NEEDTOKNOW_HOST": "127.0.0.2", "NEEDTOKNOW_WORKERS": "4"}

    settings = read(file, environment, port=3).settings

    assert settings == Settings.of(port=3, host="::1", workers=4, source_limit=5, env_file=str(file))


def test_a_removed_variable_is_gone_although_systemd_read_the_file(file: Path) -> None:
    file.write_text("NEEDTOKNOW_SOURCE_LIMIT=5\nNEEDTOKNOW_HOST=::1\n")
    environment = {"NEEDTOKNOW_SOURCE_LIMIT": "5", "NEEDTOKNOW_HOST": "127.0.0.2", "NEEDTOKNOW_ENV_FILE": str(file)}
    reader = ConfigurationReader(environment)
    file.write_text("")

    assert reader.read().settings == Settings.of(host="127.0.0.2", env_file=str(file))
    assert "NEEDTOKNOW_SOURCE_LIMIT" not in environment


def test_a_change_names_variables_and_keeps_what_needs_a_restart(file: Path) -> None:
    file.write_text("NEEDTOKNOW_PORT=1\nNEEDTOKNOW_SOURCE_LIMIT=5\nOTEL_SERVICE_NAME=a\nNEEDTOKNOW_WORKERS=2\n")
    before = read(file)
    file.write_text(
        "NEEDTOKNOW_PORT=2\nNEEDTOKNOW_SOURCE_LIMIT=6\nOTEL_SERVICE_NAME=b\nNEEDTOKNOW_WORKERS=2\n"
        "NEEDTOKNOW_SOURCE_WARRANTS=postgresql://u:s3cret@127.0.0.1/records\nNEEDTOKNOW_JOURNAL=postgresql://x@127.0.0.1/y\n"
    )

    change = before.changed_to(read(file))

    assert change.changed == ["NEEDTOKNOW_SOURCE_LIMIT", "NEEDTOKNOW_SOURCE_WARRANTS", "OTEL_SERVICE_NAME"]
    assert change.needs_restart == ["NEEDTOKNOW_JOURNAL", "NEEDTOKNOW_PORT"]
    settings = change.configuration.settings
    assert (settings.port, settings.journal.journal, settings.sources.limit) == (1, "", 6)
    assert settings.addresses == {"warrants": "postgresql://u:s3cret@127.0.0.1/records"}
    assert change.configuration.variables == {"OTEL_SERVICE_NAME": "b"}


def test_without_a_file_nothing_can_change() -> None:
    reader = ConfigurationReader(dict(os.environ) | {"NEEDTOKNOW_SOURCE_LIMIT": "5"})
    change = reader.read().changed_to(reader.read())

    assert (change.changed, change.needs_restart) == ([], [])
