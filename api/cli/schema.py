"""`needtoknow schema`: the SDL on stdout."""

from __future__ import annotations

from api.cli.console import write


def schema() -> None:
    """Print the GraphQL schema as SDL."""
    from schema.build import sdl

    write(sdl(), end="")
