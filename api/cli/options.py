"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.config.setting import variable
from api.config.settings import description
from policy.roles import Role


def setting(name: str, *names: str, **options: Any) -> Any:
    """A command-line option that overrides the setting of this name, and has its description."""
    return typer.Option(*names, envvar=variable(name), help=description(name), **options)


Data = Annotated[Path, setting("data", show_default="data")]
Aal = Annotated[int, typer.Option(min=1, max=2, help="Assurance level; 2 means two factors.")]
As = Annotated[Role, typer.Option("--as", help="Demo role to sign in as.")]
File = Annotated[str, typer.Argument(metavar="FILE", help="GraphQL document; - reads it from stdin.")]
Variables = Annotated[str, typer.Option(metavar="JSON", help="Variables of the operation.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
