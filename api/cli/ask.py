"""`needtoknow ask`: one GraphQL operation, executed by a server or by this process."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.console import write_json
from api.cli.operation_input import parse_variables, read_document
from api.cli.options import Aal, As, Data, File, Variables
from api.cli.safety_banner import write_banners
from api.cli.startup_errors import check_world, report_startup_errors
from api.config.setting import InvalidSettings
from api.config.settings import Settings
from api.config.user_error import UserError, report_as_user_error
from policy.roles import Role

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 60.0


def ask(
    file: File,
    *,
    role: As = Role.PATROL,
    aal: Aal = 1,
    url: Annotated[
        str | None, typer.Option(help="Server of the same data folder. Default: execute in this process.")
    ] = None,
    data: Data = Path("data"),
    variables: Variables = "{}",
) -> None:
    """Execute one GraphQL operation as a demo role, and print the response as JSON; safety banners first, on stderr.

    Exit status 1 if the HTTP status is not 200 or `data` is null or absent.
    """
    import httpx
    import orjson

    from api.auth.demo_issuer import DemoIssuer
    from api.config.secret_file import InvalidSecretFile

    body = {"query": read_document(file), "variables": parse_variables(variables)}
    with report_as_user_error(InvalidSecretFile):
        token = DemoIssuer.open(data).token(role, aal=aal)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/graphql-response+json"}
    if url is None:
        response = asyncio.run(execute_here(data, body, headers))
    else:
        try:
            address = httpx.URL(url)
            address = address if address.path.strip("/") else address.copy_with(path="/graphql")
            response = httpx.post(address, json=body, headers=headers, timeout=TIMEOUT_S)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            raise UserError(f"No response from {url}. Is the server running? needtoknow serve --demo") from None
    try:
        printed = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        raise UserError(f"The response, with status {response.status_code}, is not JSON.") from None
    write_banners(printed)
    write_json(printed, is_indented=True)
    if response.status_code != 200 or not isinstance(printed, dict) or printed.get("data") is None:
        raise typer.Exit(1)


async def execute_here(data: Path, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    """Execute a request in an application of this process."""
    import httpx

    from api.http.app import create_app

    with report_as_user_error(InvalidSettings):
        settings = Settings.from_environment(data=data, demo=True, host="127.0.0.1")
    with report_startup_errors():
        check_world(settings.data, settings.addresses)
        app = create_app(settings)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=TIMEOUT_S) as client,
        ):
            return await client.post("/graphql", json=body, headers=headers)
