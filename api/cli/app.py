"""`needtoknow`: its commands, and how their errors are reported.

A user error is one line on stderr with exit status 1, or 2 if the command line itself is wrong. A traceback is a bug.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from api.cli import (
    ask,
    audit,
    audit_archive,
    audit_report,
    audit_search,
    audit_show,
    audit_verify,
    documents,
    explain,
    index,
    policy,
    publish,
    schema,
    seed,
    serve,
    sources,
    token,
    trace,
)
from api.cli.console import write, write_error
from api.cli.standard_streams import STDOUT, drop_output, open_standard_streams
from api.config.log_format import configure_log
from api.config.user_error import file_error
from resolvers.errors import InvalidSource

app = typer.Typer(
    name="needtoknow",
    help="One GraphQL API over separate record systems. Each field is released only to callers with a need to know it.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    is_version: Annotated[bool, typer.Option("--version", help="Print the version, and end.")] = False,
) -> None:
    if is_version:
        write(f"needtoknow {version('needtoknow')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        write(context.get_help())
        raise typer.Exit(2)


app.command()(seed.seed)
app.command()(index.index)
app.command()(serve.serve)
app.command()(publish.revoke)
app.command()(ask.ask)
app.command()(explain.explain)
app.command()(schema.schema)
app.command()(policy.policy)
app.command()(sources.sources)
audit.app.command()(audit_verify.verify)
audit.app.command()(audit_search.search)
audit.app.command()(audit_show.show)
audit.app.command()(audit_archive.archive)
audit.app.command()(audit_archive.copy)
audit.app.command()(audit_report.report)
app.add_typer(token.app)
app.add_typer(audit.app)
app.add_typer(documents.app)
app.add_typer(publish.app)
app.add_typer(trace.app)


def main() -> None:
    open_standard_streams()
    configure_log()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status."""
    try:
        result = app(arguments, prog_name="needtoknow", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        # If the command line itself was wrong, its --help.
        hint = f"(see {context.command_path} --help)" if context is not None else ""
        write_error(" ".join(f"needtoknow: {error.format_message()} {hint}".split()))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        drop_output(sys.stdout)  # its reader has closed it
        return 1
    except InvalidSource as error:
        write_error(f"needtoknow: {error}")
        return 1
    except OSError as error:
        message = file_error(error)
        if error.filename == STDOUT:
            drop_output(sys.stdout)
        write_error(f"needtoknow: {message}")
        return 1
    return result if isinstance(result, int) else 0
