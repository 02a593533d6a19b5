"""`needtoknow`: its commands, and how a mistake is told. Knows nothing of what a command does.

A user's mistake is one line on stderr and exit status 1, or 2 where the command line itself is wrong. A
traceback is a fault of ours.
"""

from __future__ import annotations

import os
import sys

import typer

from api.cli import ask, audit, audit_report, explain, policy, schema, seed, serve, token, trace

app = typer.Typer(
    name="needtoknow",
    help="One question over separate record systems, answered as far as you have the need to know.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(seed.seed)
app.command()(serve.serve)
app.command()(token.token)
app.command()(ask.ask)
app.command()(explain.explain)
app.command()(schema.schema)
app.command()(policy.policy)
audit.app.command()(audit_report.report)
app.add_typer(audit.app)
app.add_typer(trace.app)


def main() -> None:
    sys.exit(status(sys.argv[1:]))


def status(arguments: list[str]) -> int:
    """Runs one command line; the exit status it ends with."""
    try:
        result = app(arguments, prog_name="needtoknow", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as mistake:
        print(" ".join(f"needtoknow: {mistake.format_message()} {hint(mistake)}".split()), file=sys.stderr)
        return mistake.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        # Whoever read our output has read enough; the interpreter must not flush the rest into the broken pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return result if isinstance(result, int) else 0


def hint(mistake: typer.TyperException) -> str:
    """Where to read on, if the command line was wrong and not what it asked for."""
    context = getattr(mistake, "ctx", None)
    return f"(see {context.command_path} --help)" if context is not None else ""
