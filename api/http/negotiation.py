"""Which media type on offer an `Accept` header likes best (RFC 9110, 12.5.1). Knows nothing of GraphQL."""

from __future__ import annotations

from functools import lru_cache

# Browsers send about eight; a header of thousands is not worth the time.
RANGES = 32


# Each client sends the same header with every request.
@lru_cache(maxsize=64)
def preferred(accept: str | None, offers: tuple[str, ...]) -> str | None:
    """The offer that is liked best, or None if none will do; without a wish, the first offer.

    Of equals, the one that is named rather than met by a wildcard, then the one named first. RFC 9110 leaves
    that open; GraphQL over HTTP asks for "the highest priority media type listed".
    """
    if accept is None or not accept.strip():
        return offers[0]
    ranges = enumerate(accept.split(",")[:RANGES])
    wishes = [wish for place, text in ranges if (wish := _wish(text, -place)) is not None]
    liked: list[tuple[tuple[float, int, int], str]] = []
    for offer in offers:
        # The most specific range that covers a type sets its quality, so "text/html;q=0, */*" refuses HTML.
        covering = [wish for wish in wishes if _covers(wish[0], offer)]
        if covering:
            _, quality, precision, place = max(covering, key=lambda wish: wish[2])
            if quality > 0:
                liked.append(((quality, precision, place), offer))
    return max(liked, key=lambda pair: pair[0])[1] if liked else None


def _wish(text: str, place: int) -> tuple[str, float, int, int] | None:
    """(range, quality, how precise, place); None for what is no media range or asks for another encoding."""
    media, *parameters = (part.strip().lower() for part in text.split(";"))
    if media.count("/") != 1:
        return None
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return None
            if not 0 <= quality <= 1:
                return None
        elif name.strip() == "charset" and value.strip().strip('"') not in {"utf-8", "utf8"}:
            return None
    return media, quality, 2 - media.count("*"), place


def _covers(media_range: str, offer: str) -> bool:
    return media_range in {offer, offer.partition("/")[0] + "/*", "*/*"}
