"""Every command of the command line, with the parameters that it needs. A new command is found by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from typer.main import get_command

from api.cli.app import app
from api.cli.output_format import OutputFormat


@dataclass(frozen=True)
class Result:
    """Exit status and output of a finished command."""

    status: int
    out: str
    err: str


Run = Callable[..., Result]

NEEDS_MORE = {
    *[("serve",), ("audit", "migrate"), ("audit", "archive"), ("revoke",), ("token", "check")],
    *[("publish", "policy"), ("publish", "keys"), ("publish", "list")],
}
"""Commands that do not end by themselves, or need a token, a database or the journal of a closed month."""

# Flags that do not change what a command prints.
NOT_OUTPUT = {"demo", "overwrite"}


def leaf_commands(command: Any = None, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The words of each command, and the command."""
    command = get_command(app) if command is None else command
    below: Mapping[str, Any] | None = getattr(command, "commands", None)
    if below is None:
        yield path, command
        return
    for name, each in below.items():
        yield from leaf_commands(each, *path, name)


def command_lines(
    required: Mapping[str, object], optional: Mapping[str, object], *, with_formats: bool = False
) -> Iterator[list[str]]:
    """A line for each command but NEEDS_MORE; with_formats: another for each of its flags and output formats.

    Raises: KeyError if a command requires a parameter that has no value in `required`.
    """
    for path, command in leaf_commands():
        if path in NEEDS_MORE:
            continue
        line = list(path)
        for each in command.params:
            if each.required or each.name in optional:
                value = str(required[each.name] if each.required else optional[each.name])
                line += [value] if each.param_type_name == "argument" else [each.opts[0], value]
        yield line
        for each in command.params if with_formats else ():
            if getattr(each, "is_flag", False) and each.name not in NOT_OUTPUT:
                yield [*line, each.opts[0]]
            elif isinstance(each.default, OutputFormat):
                yield from ([*line, each.opts[0], form.value] for form in OutputFormat)
