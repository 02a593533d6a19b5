"""Media types of a response in parts: multipart/mixed and server-sent events, as clients ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from api.http.negotiation import MAX_RANGES, match_of, quality_of
from api.operation.parts import PartFormat

MULTIPART = "multipart/mixed"
EVENT_STREAM = "text/event-stream"
WHOLE = ("application/json", "application/graphql-response+json")
BOUNDARY = b"---"
"""The boundary "-", which clients and servers of GraphQL use, after the two hyphens of every delimiter."""


@dataclass(frozen=True, slots=True)
class PartMedia:
    """How a response in parts is sent: as which media type, with payloads of which format."""

    media_type: str
    part_format: PartFormat

    @property
    def content_type(self) -> str:
        """The value of the header."""
        if self.media_type == EVENT_STREAM:
            return f"{EVENT_STREAM}; charset=utf-8"
        return f'{MULTIPART}; boundary="-"; {self.part_format.value}'

    def framed(self, payload: bytes, *, is_first: bool, is_last: bool) -> bytes:
        """The bytes of one payload, which a client can read without those of the next."""
        if self.media_type == EVENT_STREAM:
            return b"event: next\ndata: " + payload + (b"\n\nevent: complete\ndata:\n\n" if is_last else b"\n\n")
        start = BOUNDARY if is_first else b""
        head = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
        return start + head + payload + b"\r\n" + BOUNDARY + (b"--\r\n" if is_last else b"")


# Each client sends the same header with every request.
@lru_cache(maxsize=64)
def part_media(accept: str | None) -> PartMedia | None:
    """The media type of parts that a client prefers; None if it takes none, or would rather have whole JSON.

    Without a parameter that names a format, the newer one is sent. A format that is not known is not acceptable.
    """
    best: tuple[float, PartMedia] | None = None
    for text in (accept or "").split(",")[:MAX_RANGES]:
        media, *parameters = (part.strip() for part in text.split(";"))
        quality = quality_of([each.lower() for each in parameters])
        part_format = _format_of(parameters) if media.lower() in {MULTIPART, EVENT_STREAM} else None
        if part_format is not None and quality is not None and quality > (best[0] if best else 0):
            best = quality, PartMedia(media.lower(), part_format)
    if accept is None or best is None:
        return None
    return best[1] if best[0] >= max(match_of(accept, each)[0] for each in WHOLE) else None


def _format_of(parameters: list[str]) -> PartFormat | None:
    specified = [each.replace('"', "").replace(" ", "") for each in parameters if "spec" in each.lower()]
    if not specified:
        return PartFormat.INCREMENTAL_V02
    known = {each.value.lower(): each for each in PartFormat}
    return next((known[each.lower()] for each in specified if each.lower() in known), None)
