"""`needtoknow serve`: the server."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import stdout, write
from api.cli.options import Data, setting
from api.cli.settings_check import check_settings
from api.cli.startup_errors import check_world, print_warning, report_startup_errors
from api.config.configuration import Configuration, ConfigurationReader
from api.config.log_format import configure_log, log_event
from api.config.setting import InvalidSettings, variable
from api.config.settings import Settings
from api.config.telemetry_settings import TelemetrySettings
from api.config.user_error import report_as_user_error

if TYPE_CHECKING:
    from api.server.metrics_port import MetricsPort

logger = logging.getLogger("needtoknow.server")


def serve(
    context: typer.Context,
    data: Data = Path("data"),
    host: Annotated[str, setting("host")] = Settings.host,
    port: Annotated[int, setting("port", min=0, max=65_535)] = Settings.port,
    workers: Annotated[int, setting("workers", min=1, max=64)] = Settings.workers,
    demo: Annotated[bool, setting("demo", "--demo")] = Settings.demo,
    profile: Annotated[str, setting("profile")] = Settings.profile,
    env_file: Annotated[str, setting("env_file")] = Settings.env_file,
    check: Annotated[bool, typer.Option("--check", help="Check the settings and all that they name, and end.")] = False,
) -> None:
    """Serve the records of a data folder until Ctrl-C."""
    given = {"data": data, "host": host, "port": port, "workers": workers, "demo": demo, "profile": profile}
    options = {name: value for name, value in {**given, "env_file": env_file}.items() if is_given(context, name)}
    with report_as_user_error(InvalidSettings):
        reader = ConfigurationReader(os.environ, **options)
        configuration = reader.read()
    with logged_errors(configuration.settings.log):
        with report_startup_errors():
            facts = facts_of(configuration.settings)
            if check:
                asyncio.run(check_settings(configuration.settings))
                write("The settings can be used.")
                return
            warn = print_warning if configuration.settings.log == "text" else logger.warning
            check_world(configuration.settings.data, configuration.settings.addresses, warn=warn)
        supervise(configuration, reader, facts)


def supervise(configuration: Configuration, reader: ConfigurationReader, facts: Mapping[str, object]) -> None:
    """Serve with a configuration, which is read again on SIGHUP, until SIGINT or SIGTERM."""
    from api.http.app import create_app
    from api.server.listening_socket import listening
    from api.server.server import run
    from api.server.supervisor import Supervisor

    settings = configuration.settings
    with ExitStack() as stack:
        sock, url = stack.enter_context(listening(settings.host, settings.port, is_demo=settings.demo))
        metrics = stack.enter_context(open_metrics(settings.telemetry))

        def work(configuration: Configuration, _: int, announce: Callable[[], None]) -> None:
            with report_startup_errors():
                app = create_app(configuration.settings, worker_reports=None if metrics is None else metrics.exporter)
                run(app, configuration.settings, sock, announce)

        def on_ready() -> None:
            values = {"address": url, "workers": settings.workers, **facts}
            if metrics is not None:
                values["metrics"] = metrics.url
            log_event(logger, logging.INFO, "Ready.", "ready", **values)
            if settings.log == "text":
                announce(settings, url)

        Supervisor(
            configuration, work, read=reader.read, on_ready=on_ready, stop_listening=sock.close, metrics=metrics
        ).run()


def is_given(context: typer.Context, option: str) -> bool:
    """Whether an option is on the command line; its value may also come from the environment."""
    source = context.get_parameter_source(option)
    return source is not None and source.name == "COMMANDLINE"


@contextmanager
def open_metrics(settings: TelemetrySettings) -> Iterator[MetricsPort | None]:
    """The port of metrics, if the settings ask for one. Raises: UserError if it cannot be bound."""
    if not settings.metrics_port:
        yield None
        return
    from api.server.listening_socket import listening
    from api.server.metrics_port import MetricsPort

    names = variable("metrics_host"), variable("metrics_port")
    with listening(settings.metrics_host, settings.metrics_port, names=names) as (sock, url):
        yield MetricsPort(sock, f"{url}/metrics")


@contextmanager
def logged_errors(form: str) -> Iterator[None]:
    """If the log is JSON, it also has the error that ends the command: nothing else is on stderr then."""
    if form == "text":
        yield
        return
    configure_log(form)
    try:
        yield
    except typer.TyperException as error:
        log_event(logger, logging.CRITICAL, error.format_message(), "failed")
        raise typer.Exit(error.exit_code) from None
    except Exception as error:
        logger.critical("The server failed.", exc_info=error)
        raise typer.Exit(1) from None


def facts_of(settings: Settings) -> dict[str, object]:
    """Values of the log's ready event, without users and passwords. Raises: InvalidSettings."""
    from api.config.journal_store import journal_store
    from api.config.record_sources import kind_of, place_of
    from resolvers.catalogue import NAMES

    return {
        "version": version("needtoknow"),
        "data": str(settings.data),
        "sources": {name: kind_of(place_of(name, settings.data, settings.addresses)) for name in NAMES},
        "journal": str(journal_store(settings.data, settings.journal.journal)),
    }


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
        write(f"  On a phone, or in a narrow window: {url}/field; sign in as patrol and check the plate 1N00001.")
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
