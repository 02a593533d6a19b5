"""`needtoknow token`: a demo token, alone on stdout."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.mistakes import told
from api.cli.options import Aal, As, Data


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
    from api import claims
    from api.demo import DemoIssuer, DemoKeyWrong

    try:
        if ori is not None:
            claims.agency({"ori": ori})
        if subject is not None:
            claims.words({"subject": subject}, "subject")
    except claims.ClaimWrong as wrong:
        raise typer.BadParameter(f"--{wrong} is not one that a token can have.") from None
    with told(DemoKeyWrong):
        print(DemoIssuer.open(data).token(role, ori=ori, subject=subject, aal=aal, minutes=minutes))
