"""`needtoknow token`: a demo token on stdout."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import write
from api.cli.options import Aal, As, Data
from api.config.user_error import report_as_user_error


def token(
    *,
    role: As,
    data: Data = Path("data"),
    ori: Annotated[str | None, typer.Option(help="Agency (ORI) in place of the demo caller's.")] = None,
    subject: Annotated[str | None, typer.Option(help="User id in place of the demo caller's.")] = None,
    aal: Aal = 1,
    minutes: Annotated[int, typer.Option(min=1, max=720, help="Minutes until it expires.")] = 15,
) -> None:
    """Print a token for a demo role, signed with the demo key of the data folder."""
    from api.auth import claims
    from api.auth.demo_issuer import DemoIssuer
    from api.config.secret_file import InvalidSecretFile

    try:
        if ori is not None:
            claims.agency({"ori": ori})
        if subject is not None:
            claims.string_claim({"subject": subject}, "subject")
    except claims.InvalidClaim as invalid:
        raise typer.BadParameter(f"--{invalid} is not a valid claim.") from None
    with report_as_user_error(InvalidSecretFile):
        write(DemoIssuer.open(data).token(role, ori=ori, subject=subject, aal=aal, minutes=minutes))
