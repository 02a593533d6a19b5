"""The options that several commands share, so that they mean and say the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.config.settings import ABOUT, variable
from policy.roles import Role

Data = Annotated[Path, typer.Option(envvar=variable("data"), help=ABOUT["data"].sentence, show_default="data")]
Aal = Annotated[int, typer.Option(min=1, max=2, help="Assurance level: 2 as if by two factors.")]
As = Annotated[Role, typer.Option("--as", help="Demo role to sign in as.")]
