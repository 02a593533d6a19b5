"""The demo sign-in route of the GraphiQL page. It serves pages of this machine only."""

from __future__ import annotations

import re

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.auth.demo_issuer import DEMO_CALLERS, MINUTES, DemoIssuer
from api.http.body import InvalidRequest, read
from policy.roles import Role
from sources.loopback import is_loopback

BODY_LIMIT_BYTES = 1_024
HOST = re.compile(r"(?P<name>[a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]+)?")


def token_route(issuer: DemoIssuer) -> Route:
    """POST /demo/token: a token for the demo role in the JSON body."""

    async def sign_in(request: Request) -> Response:
        if not is_same_origin(request):
            return error_response(403, "Sign in from a page of this server, on the machine it runs on.")
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return error_response(415, "Send the role as application/json.")
        try:
            body = orjson.loads(await read(request.receive, None, limit_bytes=BODY_LIMIT_BYTES, timeout_s=10))
            role, aal = Role(body["role"]), body.get("aal", 1)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError, InvalidRequest):
            return error_response(400, 'Send {"role": "patrol", "aal": 1}, with one of the demo roles.')
        if isinstance(aal, bool) or aal not in (1, 2):
            return error_response(400, "aal is 1 or 2.")
        caller = DEMO_CALLERS[role]
        return JSONResponse(
            {
                "token": issuer.token(role, aal=aal, minutes=MINUTES),
                "expiresIn": 60 * MINUTES,
                "name": caller.name,
                "user": caller.user,
                "ori": caller.ori,
            }
        )

    return Route("/demo/token", sign_in, methods=["POST"])


def is_same_origin(request: Request) -> bool:
    """Whether only a page of this server can have sent the request, even if another site's name resolves to here."""
    # Not request.url: if the Host header is odd, it holds the server's own address.
    host = HOST.fullmatch(request.headers.get("host", ""))
    origin = request.headers.get("origin")
    return (
        request.client is not None
        and is_loopback(request.client.host)
        and host is not None
        and is_loopback(host["name"].strip("[]"))
        and (origin is None or origin == f"{request.url.scheme}://{host[0]}")
        and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    )


def error_response(status: int, message: str) -> Response:
    return JSONResponse({"errors": [{"message": message}]}, status)
