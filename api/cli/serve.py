"""`needtoknow serve`: the server, from the first check to the last connection."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Data
from api.config.setting import InvalidSettings, variable
from api.config.settings import Settings, description
from api.config.user_error import report_as_user_error
from api.server.startup_errors import check_world, report_startup_errors


def serve(
    data: Data = Path("data"),
    host: Annotated[str, typer.Option(envvar=variable("host"), help=description("host"))] = Settings.host,
    port: Annotated[
        int, typer.Option(envvar=variable("port"), min=0, max=65_535, help=description("port"))
    ] = Settings.port,
    workers: Annotated[
        int, typer.Option(envvar=variable("workers"), min=1, max=64, help=description("workers"))
    ] = Settings.workers,
    demo: Annotated[bool, typer.Option("--demo", envvar=variable("demo"), help=description("demo"))] = Settings.demo,
    profile: Annotated[str, typer.Option(envvar=variable("profile"), help=description("profile"))] = Settings.profile,
) -> None:
    """Serve the records of a data folder until Ctrl-C."""
    with report_as_user_error(InvalidSettings):
        settings = Settings.from_environment(
            data=data, host=host, port=port, workers=workers, demo=demo, profile=profile
        )

    from api.http.app import create_app
    from api.server.server import listening, run
    from api.server.supervisor import Supervisor

    with report_startup_errors():
        check_world(settings.data)
    with listening(settings) as (sock, url):

        def work(announce: Callable[[], None]) -> None:
            with report_startup_errors():
                run(create_app(settings), settings, sock, announce)

        if settings.workers == 1:
            work(partial(announce, settings, url))
        else:
            Supervisor(work, settings.workers, partial(announce, settings, url)).run()


def announce(settings: Settings, url: str) -> None:
    """What someone who has just started it wants to know."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]needtoknow[/] answers at [bold]{url}/graphql[/]  (Ctrl-C stops it)")
    if settings.profile:
        console.print(f"  Its sources behave as the profile {settings.profile} says.")
    if not settings.demo:
        console.print(f"  Callers sign in with tokens of {settings.auth.issuer}.")
        return
    data = "" if settings.data == Settings.data else f" --data {settings.data}"
    console.print("  In a browser, choose a demo role on that page and run a tab.")
    console.print("  In a terminal, see who you are and what you may know:")
    console.print(f"    echo '{{ me {{ name }} }}' | {command()} ask --as patrol --url {url}{data} -")


def command() -> str:
    """How this command is typed here: its bare name where that finds it, else the way to it."""
    typed = Path(sys.argv[0])
    is_hidden = typed.name == "needtoknow" and shutil.which(typed.name) is None
    return os.path.relpath(typed) if is_hidden else "needtoknow"
