"""`needtoknow ask`: one operation, answered by a server or by this process."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import Aal, As, Data
from api.config.setting import InvalidSettings
from api.config.settings import Settings
from api.config.user_error import UserError, report_as_user_error
from api.server.startup_errors import check_world, report_startup_errors
from policy.roles import Role

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 60.0


def ask(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The GraphQL document; - reads it from stdin.")],
    *,
    role: As = Role.PATROL,
    aal: Aal = 1,
    url: Annotated[
        str | None, typer.Option(help="A server of the same data folder; else this process answers.")
    ] = None,
    data: Data = Path("data"),
    variables: Annotated[str, typer.Option(metavar="JSON", help="The operation's variables.")] = "{}",
) -> None:
    """Ask one question as a demo role, and print the answer as JSON. Exit status 1 if there is no data in it."""
    import httpx
    import orjson

    from api.auth.demo_issuer import DemoIssuer, InvalidDemoKey

    question = {"query": document(file), "variables": json_object(variables)}
    with report_as_user_error(InvalidDemoKey):
        token = DemoIssuer.open(data).token(role, aal=aal)
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/graphql-response+json",
        "Content-Type": "application/json",
    }
    if url is None:
        reply = asyncio.run(answer_here(data, orjson.dumps(question), headers))
    else:
        try:
            address = httpx.URL(url)
            address = address if address.path.strip("/") else address.copy_with(path="/graphql")
            reply = httpx.post(address, content=orjson.dumps(question), headers=headers, timeout=TIMEOUT_S)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise UserError(f"No answer from {url}. Is the server running? needtoknow serve --demo") from None
    try:
        answer = orjson.loads(reply.content)
    except orjson.JSONDecodeError:
        raise UserError(f"The answer, with status {reply.status_code}, is not JSON.") from None
    print(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())
    if reply.status_code != 200 or not isinstance(answer, dict) or answer.get("data") is None:
        raise typer.Exit(1)


async def answer_here(data: Path, question: bytes, headers: dict[str, str]) -> httpx.Response:
    import httpx

    from api.http.app import create_app

    with report_as_user_error(InvalidSettings):
        settings = Settings.from_environment(data=data, demo=True, host="127.0.0.1")
    with report_startup_errors():
        check_world(data)
        app = create_app(settings)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", timeout=TIMEOUT_S
            ) as client,
        ):
            return await client.post("/graphql", content=question, headers=headers)


def document(file: str) -> str:
    try:
        if file == "-":
            return sys.stdin.buffer.read().decode()
        return Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{file} is not UTF-8 text.") from None
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from None


def json_object(text: str) -> dict[str, Any]:
    import orjson

    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise typer.BadParameter('--variables must be a JSON object, such as {"plate": "1ABC123"}.')
    return value
