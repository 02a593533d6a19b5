"""`needtoknow schema`: the SDL on stdout."""

from __future__ import annotations

from api.cli.console import write
from api.config.user_error import report_as_user_error


def schema() -> None:
    """Print the GraphQL schema as SDL."""
    from engine.errors import UnguardedSchema
    from schema.build import sdl

    with report_as_user_error(UnguardedSchema):
        write(sdl(), end="")
