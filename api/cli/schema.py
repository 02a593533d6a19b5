"""`needtoknow schema`: the SDL on stdout."""

from __future__ import annotations


def schema() -> None:
    """Print the GraphQL schema as SDL."""
    from schema.build import sdl

    print(sdl(), end="")
