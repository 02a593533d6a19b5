"""Compression of replies by gzip, if the client takes it: docs/http.md#compression."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipResponder
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.client_address import header
from api.http.negotiation import preferred_coding
from api.http.part_media import EVENT_STREAM, MULTIPART

MINIMUM_BYTES = 1_024
"""A smaller reply fits one packet either way."""
LEVEL = 5
"""The quickest level at which a large reply is a sixth of its size: `python -m bench.compression`."""
THREAD_BYTES = 128 * 1_024
"""From here on a reply is compressed in a thread, so that no other request waits for it. It takes a millisecond."""
# The parts of a streamed reply are sent when they are ready, and a compressed one could stay in a buffer on its way.
UNCOMPRESSED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, MULTIPART, EVENT_STREAM)


@dataclass(eq=False)
class Compression:
    """Compresses what the application sends; a request that takes no gzip passes it by.

    Starlette's own middleware compresses for a client that says `gzip;q=0`, and has a layer for one that says nothing.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and preferred_coding(header(scope, b"accept-encoding"), ("gzip",)):
            app = GZipResponder(
                app, MINIMUM_BYTES, LEVEL, thread_minimum_size=THREAD_BYTES, exclude_content_types=UNCOMPRESSED
            )
        await app(scope, receive, send)
