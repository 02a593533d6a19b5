"""GraphiQL: the page, its tabs and the content security policy that confines it to this host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from starlette.responses import Response

from api.http.built_page import BuiltPage

FOLDER = Path(__file__).parents[1] / "graphiql"
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

GRAPHIQL = BuiltPage(
    FOLDER / "dist",
    {
        "Content-Security-Policy": "; ".join(CONTENT_SECURITY_POLICY),
        "Cross-Origin-Opener-Policy": "same-origin",
    },
)


@cache
def demo_tabs() -> list[dict[str, str]]:
    """The tabs of the demonstration, from `graphiql/tabs/`, in their order on the page. Variables are JSON text."""
    files = {"query": "graphql", "variables": "json"}
    return [
        {key: (FOLDER / "tabs" / f"{name}.{suffix}").read_text("utf-8") for key, suffix in files.items()}
        for name in TABS
    ]


def graphiql_page(
    demo: Mapping[str, object] | None = None, tabs: Sequence[Mapping[str, str]] | None = None
) -> Response:
    """The response to a browser's GET of `/graphql`.

    The page opens as the first role of `demo`; without it the page asks for a token. `tabs` defaults to `demo_tabs()`.
    """
    configuration = {"graphqlUrl": "/graphql", "demo": demo, "tabs": demo_tabs() if tabs is None else tabs}
    return GRAPHIQL.response(configuration, {"Cache-Control": "no-cache", "Vary": "Accept"})
