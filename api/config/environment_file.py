r"""Environment file: settings as lines `NAME=value`, which are read again when the server reloads.

systemd's EnvironmentFile, Compose's env_file and a shell read such a file too, and differ in quotes, escapes and
comments. What they would read differently is refused here, so that all of them read the same:

    # a comment has a line of its own
    NEEDTOKNOW_ISSUER=https://id.county.example
    NEEDTOKNOW_JOURNAL='postgresql://server:pa$$word@db.example/records'

A value without quotes has no space inside, and none of " ' \ $ ` # ; & | < > ( ) * ? ~ !. One in single quotes has no
', and no \ at its end. One in double quotes has no " \ $ ` or !. Lines end in LF alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from api.config.setting import PREFIX, InvalidSettings, variable
from filesystem.regular_file import read_bounded

MAX_BYTES = 65_536
ENV_FILE = variable("env_file")
LIBRARY_PREFIXES = ("OTEL_", "SSL_CERT_")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
BARE = re.compile(r"[^\s\"'\\$`#;&|<>()*?~!]*")
SINGLE = re.compile(r"'(?:[^']*[^'\\])?'")
DOUBLE = re.compile(r'"[^"\\$`!]*"')


@dataclass(frozen=True)
class EnvironmentFile:
    """Content of a file: the value of each variable, and its line."""

    path: Path
    values: Mapping[str, str]
    lines: Mapping[str, int]

    @classmethod
    def read(cls, path: Path) -> EnvironmentFile:
        """Read a file. Raises: InvalidSettings, which names the line and the variable, and no value."""
        values: dict[str, str] = {}
        lines: dict[str, int] = {}
        for number, text in enumerate(_read_text(path).split("\n"), 1):
            where, line = f"{path}, line {number}", text.strip(" \t")
            if "\0" in line:
                raise InvalidSettings(f"{where}: it has a NUL character.")
            if line.startswith("#") and line.endswith("\\"):
                raise InvalidSettings(f"{where}: a comment that ends in a backslash goes on in the next line for some.")
            if not line or line.startswith("#"):
                continue
            name, value = _pair(line, where)
            if name in values:
                raise InvalidSettings(f"{where}: {name} is set on line {lines[name]} already.")
            values[name], lines[name] = value, number
        return cls(path, values, lines)

    def locate(self, error: InvalidSettings) -> InvalidSettings:
        """The same error with the line of the variable that it names, if this file has that."""
        for name in re.findall(rf"{PREFIX}\w+", str(error)):
            if name in self.lines:
                return InvalidSettings(f"{self.path}, line {self.lines[name]}: {error}")
        return error


def _read_text(path: Path) -> str:
    try:
        return read_bounded(path, MAX_BYTES).decode("utf-8")
    except UnicodeDecodeError as error:
        number = error.object.count(b"\n", 0, error.start) + 1
        raise InvalidSettings(f"{path}, line {number}: it is not UTF-8.") from None
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "it is not a path"
        raise InvalidSettings(f"{path} cannot be read: {why}.") from None


def _pair(text: str, where: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not NAME.fullmatch(name):
        raise InvalidSettings(f"{where}: a line is NAME=value, without a space around the =, or # and a comment.")
    if not equals:
        raise InvalidSettings(f"{where}: {name} has no = and no value.")
    if not name.startswith((PREFIX, *LIBRARY_PREFIXES)):
        raise InvalidSettings(
            f"{where}: {name} is not a setting; a name begins with {PREFIX}, {' or '.join(LIBRARY_PREFIXES)}."
        )
    if name == ENV_FILE:
        raise InvalidSettings(f"{where}: {name} belongs in the environment, not in the file that it names.")
    return name, _value(value, f"{where}: {name}")


def _value(text: str, what: str) -> str:
    if not text.isprintable():
        raise InvalidSettings(f"{what} has a character that is not printable; a line ends in LF alone.")
    if BARE.fullmatch(text):
        return text
    if SINGLE.fullmatch(text) or DOUBLE.fullmatch(text):
        return text[1:-1]
    if text[0] in "'\"" and (len(text) == 1 or text[-1] != text[0]):
        raise InvalidSettings(f"{what} has a quote that does not end on its line.")
    if text[0] == "'":
        raise InvalidSettings(f"{what} has a quote inside its quotes, or a backslash before the last one.")
    raise InvalidSettings(f"{what} has characters that need single quotes around the whole value.")
