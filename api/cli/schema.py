"""`needtoknow schema`: the SDL on stdout, or how it differs from an older one."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from api.cli.console import write
from api.cli.operation_input import read_document
from api.config.user_error import UserError, report_as_user_error


def schema(
    against: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Compare with this older SDL; - reads it from stdin."),
    ] = None,
    federation: Annotated[
        bool,
        typer.Option("--federation", help="Print the schema of the subgraph, for the composition of a federation."),
    ] = False,
) -> None:
    """Print the GraphQL schema as SDL, or compare it with an older one.

    The comparison names, the gravest first: fields that need fewer record classes than before (loosened), what breaks
    clients (breaking), what may surprise them (dangerous), and fields that need more (tightened). The exit status is
    1 if anything is loosened or breaking. For example:

    git show v1.0:schema/schema.graphql | needtoknow schema --against -
    """
    from engine.errors import UnguardedSchema
    from schema.build import sdl, subgraph

    if federation and against is not None:
        raise typer.BadParameter("--against compares the schema itself, so it cannot be combined with --federation.")
    with report_as_user_error(UnguardedSchema):
        current = subgraph() if federation else sdl()
    if against is None:
        write(current, end="")
    elif not compared(against, current):
        raise typer.Exit(1)


def compared(file: str, current: str) -> bool:
    """Print how the schema differs from that of a file; whether nothing is loosened or breaking. Raises: UserError."""
    from schema.comparison import DifferenceKind, InvalidSchema, compare

    try:
        differences = compare(read_document(file), current)
    except InvalidSchema as error:
        raise UserError(f"{'stdin' if file == '-' else file} is no GraphQL schema. {error}") from None
    for each in differences:
        write(f"{each.kind.value:10} {each.description}")
    counts = Counter(each.kind for each in differences)
    write(", ".join(f"{counts[kind]} {kind.value}" for kind in DifferenceKind))
    return not any(kind.is_refused for kind in counts)
