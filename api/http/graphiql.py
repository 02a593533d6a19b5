"""GraphiQL: the page, its assets and the content security policy that confines both to this host.

The page reads its configuration (addresses, demo roles, tabs) from a JSON data block, which a browser does not execute.
So the content security policy needs neither a nonce nor 'unsafe-inline' for scripts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from api.auth.demo_issuer import DEMO_CALLERS
from api.http.negotiation import preferred_coding
from policy.effects import Effect
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy

FOLDER = Path(__file__).parents[1] / "graphiql"
ASSETS = FOLDER / "dist" / "assets"
DATA_BLOCK = '<script type="application/json" id="needtoknow">%s</script>'
TABS = (
    "field_stop",
    "person_by_name",
    "person_whole",
    "plate",
    "missing_child",
    "gun",
    "order_check",
    "inquiries",
    "sources",
    "who_am_i",
)

MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
}

CONTENT_SECURITY_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    # Monaco positions each line by a style attribute in its HTML, and its themes are style elements.
    "style-src 'self' 'unsafe-inline'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
)
CODINGS = {"br": ".br", "gzip": ".gz"}
"""Content codings of stored assets, the shorter first, and how the names of their files end."""

# The middleware adds the others.
SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(CONTENT_SECURITY_POLICY),
    "Cross-Origin-Opener-Policy": "same-origin",
}
# A web worker obeys the policy of its own script's response, not that of the page.
ASSET_HEADERS = {
    **SECURITY_HEADERS,
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
}


@cache
def demo_tabs() -> list[dict[str, str]]:
    """The tabs of the demonstration, from `graphiql/tabs/`, in their order on the page. Variables are JSON text."""
    files = {"query": "graphql", "variables": "json"}
    return [
        {key: (FOLDER / "tabs" / f"{name}.{suffix}").read_text("utf-8") for key, suffix in files.items()}
        for name in TABS
    ]


def demo_roles(policy: Policy) -> list[dict[str, str]]:
    """The demo callers, each with a description of their role that sums up its policy."""
    return [
        {
            "role": role.value,
            "user": caller.user,
            "name": caller.name,
            "description": f"{role.meaning.rstrip('.')}: {_summary(policy, role)}",
        }
        for role, caller in DEMO_CALLERS.items()
    ]


def _summary(policy: Policy, role: Role) -> str:
    cells = [policy.cell(record_class, role) for record_class in RecordClass]
    counted = Counter(cell.effect for cell in cells if cell)
    parts = [f"{counted[Effect.ALLOW]} of {len(cells)} record classes open"]
    for effect, word in ((Effect.MASK, "masked"), (Effect.STEP_UP, "by step-up")):
        if counted[effect]:
            parts.append(f"{counted[effect]} {word}")
    return ", ".join(parts)


def graphiql_page(roles: Sequence[Mapping[str, str]] = (), tabs: Sequence[Mapping[str, str]] | None = None) -> Response:
    """The response to a browser's GET of `/graphql`.

    The page opens as the first of `roles`; without any it asks for a token. `tabs` defaults to `demo_tabs()`.
    """
    config = {
        "graphqlUrl": "/graphql",
        "demo": {"tokenUrl": "/demo/token", "roles": roles} if roles else None,
        "tabs": demo_tabs() if tabs is None else tabs,
    }
    html = (FOLDER / "dist" / "index.html").read_text("utf-8")
    before, block, after = html.partition(DATA_BLOCK % "{}")
    assert block, "the built page has no data block"
    # With no "<" in it, no text can close the data block or open a comment.
    text = orjson.dumps(config).decode().replace("<", "\\u003c")
    return HTMLResponse(
        before + DATA_BLOCK % text + after,
        headers={**SECURITY_HEADERS, "Cache-Control": "no-cache", "Vary": "Accept"},
    )


def asset_route() -> Route:
    """The page's assets. Their names contain the hash of their content, so browsers may cache them for ever.

    Beside an asset that shrinks are its compressed forms, which the build wrote.
    """
    files = {path.name: path for path in ASSETS.iterdir()}

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        path = files.get(name)
        if path is None or path.suffix not in MEDIA_TYPES:
            raise HTTPException(404)
        media_type, headers = MEDIA_TYPES[path.suffix], ASSET_HEADERS
        stored = tuple(coding for coding, suffix in CODINGS.items() if name + suffix in files)
        if coding := preferred_coding(request.headers.get("accept-encoding", ""), stored):
            path, headers = files[name + CODINGS[coding]], {**headers, "Content-Encoding": coding}
        return FileResponse(path, media_type=media_type, headers=headers)

    return Route("/graphql/assets/{name}", asset, methods=["GET"])
