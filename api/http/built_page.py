"""Built page: an index.html and the assets beside it, as Vite wrote them, and the headers that confine both.

The page reads its configuration from a JSON data block, which a browser does not execute. So its content security
policy needs neither a nonce nor 'unsafe-inline' for scripts.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from api.http.negotiation import preferred_coding

DATA_BLOCK = '<script type="application/json" id="needtoknow">%s</script>'

MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
}
CODINGS = {"br": ".br", "gzip": ".gz"}
"""Content codings of stored assets, the shorter first, and how the names of their files end."""


class BuiltPage:
    """A page that was built into a folder. Its assets are at the address of the page, below `assets/`."""

    def __init__(self, folder: Path, headers: Mapping[str, str]) -> None:
        """`headers` confine the page: its content security policy and more. The middleware adds the usual ones."""
        self._folder = folder
        self._headers = headers

    def response(self, configuration: object, headers: Mapping[str, str]) -> Response:
        """The page with this configuration in its data block. `headers` say how it is cached."""
        html = (self._folder / "index.html").read_text("utf-8")
        before, block, after = html.partition(DATA_BLOCK % "{}")
        assert block, "the built page has no data block"
        # With no "<" in it, no text can close the data block or open a comment.
        text = orjson.dumps(configuration).decode().replace("<", "\\u003c")
        return HTMLResponse(before + DATA_BLOCK % text + after, headers={**self._headers, **headers})

    def asset_route(self, path: str) -> Route:
        """The page's assets. Their names contain the hash of their content, so browsers may cache them for ever.

        Beside an asset that shrinks are its compressed forms, which the build wrote.
        """
        files = {file.name: file for file in (self._folder / "assets").iterdir()}
        # A web worker obeys the policy of its own script's response, not that of the page.
        headers = {
            **self._headers,
            "Cache-Control": "public, max-age=31536000, immutable",
            "Vary": "Accept-Encoding",
        }

        async def asset(request: Request) -> Response:
            name = request.path_params["name"]
            file = files.get(name)
            if file is None or file.suffix not in MEDIA_TYPES:
                raise HTTPException(404)
            media_type, coded = MEDIA_TYPES[file.suffix], headers
            stored = tuple(coding for coding, suffix in CODINGS.items() if name + suffix in files)
            if coding := preferred_coding(request.headers.get("accept-encoding", ""), stored):
                file, coded = files[name + CODINGS[coding]], {**headers, "Content-Encoding": coding}
            return FileResponse(file, media_type=media_type, headers=coded)

        return Route(f"{path}/assets/{{name}}", asset, methods=["GET"])
