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
HEAD = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"


@dataclass(frozen=True, slots=True)
class PartMedia:
    """How a response in parts is sent: as which media type, with payloads of which format."""

    media_type: str
    part_format: PartFormat

    @property
    def takes_events(self) -> bool:
        """Whether events can be sent so."""
        return self.media_type == EVENT_STREAM or self.part_format is PartFormat.SUBSCRIPTION_10

    @property
    def content_type(self) -> str:
        """The value of the header."""
        if self.media_type == EVENT_STREAM:
            return f"{EVENT_STREAM}; charset=utf-8"
        return f'{MULTIPART}; boundary="-"; {self.part_format.value}'

    @property
    def heartbeat(self) -> bytes:
        """What is sent if there has been no event for a while."""
        return b":\n\n" if self.media_type == EVENT_STREAM else HEAD + b"{}\r\n" + BOUNDARY

    @property
    def opening(self) -> bytes:
        """What begins a stream that is resumed, if there is no event yet."""
        return self.heartbeat if self.media_type == EVENT_STREAM else BOUNDARY + self.heartbeat

    @property
    def end(self) -> bytes:
        """What follows the last payload."""
        return b"event: complete\ndata:\n\n" if self.media_type == EVENT_STREAM else b"--\r\n"

    def framed(self, payload: bytes, *, is_first: bool) -> bytes:
        """The bytes of one payload, which a client can read without those of the next."""
        if self.media_type == EVENT_STREAM:
            return b"event: next\ndata: " + payload + b"\n\n"
        return (BOUNDARY if is_first else b"") + HEAD + payload + b"\r\n" + BOUNDARY

    def event(self, payload: bytes, event_id: str | None, *, is_first: bool) -> bytes:
        """The bytes of one event of a subscription; one without an id is a refusal."""
        if self.media_type == EVENT_STREAM:
            return (b"" if event_id is None else f"id: {event_id}\n".encode()) + self.framed(payload, is_first=is_first)
        return self.framed(b'{"payload":' + payload + b"}", is_first=is_first)


# Each client sends the same header with every request.
@lru_cache(maxsize=64)
def part_media(accept: str | None) -> PartMedia | None:
    """The media type of parts that a client prefers; None if it takes none, or would rather have whole JSON.

    Without a parameter that names a format, the newer one is sent. A format that is not known is not acceptable.
    """
    found = [each for each in _streamed(accept) if each[1].part_format is not PartFormat.SUBSCRIPTION_10]
    if accept is None or not found:
        return None
    quality, best = max(found, key=_quality)
    return best if quality >= max(match_of(accept, each)[0] for each in WHOLE) else None


@lru_cache(maxsize=64)
def event_media(accept: str | None) -> PartMedia | None:
    """The media type of events that a client prefers; None if it takes none."""
    found = [each for each in _streamed(accept) if each[1].takes_events]
    return max(found, key=_quality)[1] if found else None


def _streamed(accept: str | None) -> list[tuple[float, PartMedia]]:
    """The acceptable media types of streams, each with its quality, in order."""
    found = []
    for text in (accept or "").split(",")[:MAX_RANGES]:
        media, *parameters = (part.strip() for part in text.split(";"))
        quality = quality_of([each.lower() for each in parameters])
        part_format = _format_of(parameters) if media.lower() in {MULTIPART, EVENT_STREAM} else None
        if part_format is not None and quality:
            found.append((quality, PartMedia(media.lower(), part_format)))
    return found


def _quality(found: tuple[float, PartMedia]) -> float:
    return found[0]


def _format_of(parameters: list[str]) -> PartFormat | None:
    specified = [each.replace('"', "").replace(" ", "") for each in parameters if "spec" in each.lower()]
    if not specified:
        return PartFormat.INCREMENTAL_V02
    known = {each.value.lower(): each for each in PartFormat}
    return next((known[each.lower()] for each in specified if each.lower() in known), None)
