"""`needtoknow token`: a demo token on stdout."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from api.auth.demo_clearance import DemoClearance
from api.cli import token_check
from api.cli.console import write
from api.cli.options import Aal, As, Data
from api.config.user_error import report_as_user_error


class TokenGroup(TyperGroup):
    """Commands about tokens. Without the name of one it is `issue`: `needtoknow token --as patrol`."""

    default_command = "issue"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse a command line of this group."""
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [self.default_command, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(name="token", cls=TokenGroup, help="Issue a demo token, or check any token.")
app.command()(token_check.check)


@app.command()
def issue(
    *,
    role: As,
    data: Data = Path("data"),
    ori: Annotated[str | None, typer.Option(help="Agency (ORI) in place of the demo caller's.")] = None,
    subject: Annotated[str | None, typer.Option(help="User id in place of the demo caller's.")] = None,
    aal: Aal = 1,
    clearance: Annotated[
        DemoClearance, typer.Option(help="new: newly employed and not trained; none: without a background check.")
    ] = DemoClearance.FULL,
    minutes: Annotated[int, typer.Option(min=1, max=720, help="Minutes until it expires.")] = 15,
) -> None:
    """Print a token for a demo role, signed with the demo key of the data folder. `issue` may be left out."""
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
        issuer = DemoIssuer.open(data)
        write(issuer.token(role, ori=ori, subject=subject, aal=aal, minutes=minutes, clearance=clearance))
