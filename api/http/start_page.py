"""Start page: the address of the server itself. It leads to the pages that are on, or says how to use the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

TEXT = "needtoknow: a GraphQL API. Send operations with POST to /graphql, with a bearer token.\n"
LINKS = {
    "/graphql": ("GraphiQL", "write an operation, and see what each role is shown of it"),
    "/field": ("Field app", "a stop on a phone: a plate or a name, and the gravest thing first"),
}
HTML = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>needtoknow</title>
<h1>needtoknow</h1>
<ul>
{items}
</ul>
<p>{text}</p>
</html>
"""


def start_page(pages: Sequence[str]) -> Callable[[Request], Response]:
    """The endpoint of `/`. `pages` are the addresses of the pages that are on, of LINKS."""
    items = "\n".join(f'<li><a href="{path}">{LINKS[path][0]}</a>: {LINKS[path][1]}' for path in pages)

    def page(_request: Request) -> Response:
        if len(pages) == 1:
            # Without a host: what the Host header says is the client's.
            return RedirectResponse(pages[0], 302)
        return HTMLResponse(HTML.format(items=items, text=TEXT)) if pages else PlainTextResponse(TEXT)

    return page
