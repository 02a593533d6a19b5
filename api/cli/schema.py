"""`needtoknow schema`: the SDL on stdout."""

from __future__ import annotations


def schema() -> None:
    """Print what can be asked, as GraphQL SDL."""
    from schema.build import sdl

    print(sdl(), end="")
