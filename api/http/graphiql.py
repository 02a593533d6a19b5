"""GraphiQL: the page, its tabs and the content security policy that confines it to this host."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson
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
NEW_TAB = "new"
"""The tab that the page's + opens."""

Tab = Mapping[str, str]
ATTENTION = re.compile(r'^  attention: ".*"\n', re.MULTILINE)

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
def demo_tab(name: str) -> Tab:
    """A tab of the demonstration, from `graphiql/tabs/`. Variables are JSON text."""
    files = {"query": "graphql", "variables": "json"}
    return {key: (FOLDER / "tabs" / f"{name}.{suffix}").read_text("utf-8") for key, suffix in files.items()}


def blank_tab(tab: Tab) -> Tab:
    """The same question about nobody: without the demonstration's names and numbers."""
    variables = orjson.dumps(_blank(orjson.loads(tab["variables"])), option=orjson.OPT_INDENT_2).decode()
    return {"query": ATTENTION.sub("", tab["query"]), "variables": variables}


def _blank(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _blank(each) for name, each in value.items()}
    return "" if isinstance(value, str) else value


def graphiql_page(demo: Mapping[str, object] | None = None, tabs: Sequence[Tab] | None = None) -> Response:
    """The response to a browser's GET of `/graphql`.

    The page opens as the first role of `demo`; without it the page asks for a token, and its tabs are blank. `tabs` are
    those of `TABS`, unless a test gives others.
    """
    tab_of = demo_tab if demo else lambda name: blank_tab(demo_tab(name))
    configuration = {
        "graphqlUrl": "/graphql",
        "demo": demo,
        "tabs": [tab_of(name) for name in TABS] if tabs is None else tabs,
        "newTab": tab_of(NEW_TAB),
    }
    return GRAPHIQL.response(configuration, {"Cache-Control": "no-cache", "Vary": "Accept"})
