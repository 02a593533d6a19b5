"""`needtoknow serve`: the server."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

from api.cli.console import stdout, write
from api.cli.options import Data, setting
from api.cli.startup_errors import check_world, report_startup_errors
from api.config.setting import InvalidSettings
from api.config.settings import Settings
from api.config.user_error import report_as_user_error


def serve(
    data: Data = Path("data"),
    host: Annotated[str, setting("host")] = Settings.host,
    port: Annotated[int, setting("port", min=0, max=65_535)] = Settings.port,
    workers: Annotated[int, setting("workers", min=1, max=64)] = Settings.workers,
    demo: Annotated[bool, setting("demo", "--demo")] = Settings.demo,
    profile: Annotated[str, setting("profile")] = Settings.profile,
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
        check_world(settings.data, settings.addresses)
    with listening(settings) as (sock, url):

        def work(announce: Callable[[], None]) -> None:
            with report_startup_errors():
                run(create_app(settings), settings, sock, announce)

        if settings.workers == 1:
            work(partial(announce, settings, url))
        else:
            Supervisor(work, settings.workers, partial(announce, settings, url)).run()


def announce(settings: Settings, url: str) -> None:
    """Print the address, and how to try it out or to sign in; at once, also into a pipe."""
    from rich.text import Text

    parts = ("needtoknow", "bold"), " listens at ", (f"{url}/graphql", "bold"), "  (Ctrl-C stops it)"
    stdout().print(Text.assemble(*parts), soft_wrap=True)
    if settings.profile:
        write(f"  Its sources follow the fault profile {settings.profile}.")
    if settings.demo:
        data = "" if settings.data == Settings.data else f" --data {settings.data}"
        write("  In a browser: choose a demo role on that page and run a tab.")
        write("  In a terminal:")
        write(f"    echo '{{ me {{ name }} }}' | {command()} ask --as patrol --url {url}{data} -")
    else:
        write(f"  Callers need tokens of {settings.auth.issuer}.")
    sys.stdout.flush()


def command() -> str:
    """This command as the user can type it: its name if it is on the PATH, else its relative path."""
    program = Path(sys.argv[0])
    is_off_path = program.name == "needtoknow" and shutil.which(program.name) is None
    return os.path.relpath(program) if is_off_path else "needtoknow"
