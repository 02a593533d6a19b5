"""`needtoknow token`: a demo token, alone on stdout."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Aal, As, Data
from api.config.user_error import report_as_user_error


def token(
    *,
    role: As,
    data: Data = Path("data"),
    ori: Annotated[str | None, typer.Option(help="Another agency than the demo caller's.")] = None,
    subject: Annotated[str | None, typer.Option(help="Another user than the demo caller.")] = None,
    aal: Aal = 1,
    minutes: Annotated[int, typer.Option(min=1, max=720, help="Minutes for which it is good.")] = 15,
) -> None:
    """Print a token of a demo role, signed with the demo key of the data folder."""
    from api.auth import claims
    from api.auth.demo_issuer import DemoIssuer, InvalidDemoKey

    try:
        if ori is not None:
            claims.agency({"ori": ori})
        if subject is not None:
            claims.string_claim({"subject": subject}, "subject")
    except claims.InvalidClaim as wrong:
        raise typer.BadParameter(f"--{wrong} is not one that a token can have.") from None
    with report_as_user_error(InvalidDemoKey):
        print(DemoIssuer.open(data).token(role, ori=ori, subject=subject, aal=aal, minutes=minutes))
