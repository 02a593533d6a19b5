"""`needtoknow documents check`: what a server would make of manifests of trusted documents.

Nothing is read but the manifests, and no data folder is needed.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli.console import stdout, write_json
from api.cli.explain import denial_text
from api.cli.options import Aal, Json
from api.config.setting import InvalidSettings
from api.config.settings import Settings
from api.config.user_error import UserError, report_as_user_error
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.roles import Role

app = typer.Typer(name="documents", help="Check manifests of trusted documents.", no_args_is_help=True)


@app.callback()
def documents() -> None:
    """Check manifests of trusted documents."""


@app.command()
def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Manifest, or a folder of *.json.")],
    *,
    role: Annotated[Role | None, typer.Option("--as", help="Demo role to decide for.")] = None,
    purpose: Annotated[Purpose | None, typer.Option(help="Purpose; overrides the documents'.")] = None,
    reason: Annotated[Reason | None, typer.Option(help="Reason; overrides the documents'.")] = None,
    case: Annotated[str | None, typer.Option(metavar="NUMBER", help="Case number of the inquiry.")] = None,
    aal: Aal = 1,
    json: Json = False,
) -> None:
    """Check a manifest as a server does, and print the cost and the record classes of each document."""
    from api.documents.loader import DocumentLoader
    from api.documents.manifest import InvalidManifest
    from api.operation.document_report import InquiryNeeded, report
    from api.operation.explanation import demo_context
    from policy.errors import PolicyError
    from schema.build import guarded_schema

    if role is None and (purpose or reason or case):
        raise typer.BadParameter("--purpose, --reason and --case need a role: give one with --as.")
    with report_as_user_error(InvalidSettings, PolicyError, InvalidManifest):
        settings = Settings.from_environment(documents=(file,))
        limits = settings.operation.limits
        context = None if role is None else demo_context(role, aal, settings.matrix)
        loaded = DocumentLoader(settings.documents, guarded_schema(), limits).load()
    try:
        reports = report(loaded, limits, context, purpose=purpose, reason=reason, case=case)
    except InquiryNeeded as needed:
        raise UserError(f"{needed} Give it with --purpose and --reason.") from None
    if json:
        write_json(reports, is_indented=True)
        return
    for each in reports:
        print_tree(each, role, limits.cost)


def print_tree(report: dict[str, Any], role: Role | None, most: int) -> None:
    from rich.tree import Tree

    tree = Tree(f"{report['name']}: cost up to {report['cost']:,} of at most {most:,}, {report['inquiry']}")
    tree.add(f"id: {report['id']}")
    tree.add(f"classes: {', '.join(report['recordClasses']) or 'none'}")
    if "withheld" in report:
        assert role is not None
        what = "withheld from" if report["withheld"] else "nothing is withheld from"
        branch = tree.add(f"{what} {role.value}")
        for place in report["withheld"]:
            branch.add(f"{'.'.join(place['path'])}: {denial_text(place)}")
        if report["exclusions"]:
            branch = tree.add("excluded from every statement")
            for exclusion in report["exclusions"]:
                branch.add(denial_text(exclusion))
    stdout().print(tree)
