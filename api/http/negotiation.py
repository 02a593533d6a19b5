"""Content negotiation: the best media type for an `Accept` header (RFC 9110, 12.5.1)."""

from __future__ import annotations

from functools import lru_cache

# Browsers send about eight; a header of thousands is not worth the time.
MAX_RANGES = 32


# Each client sends the same header with every request.
@lru_cache(maxsize=64)
def preferred(accept: str | None, offers: tuple[str, ...]) -> str | None:
    """The offer with the highest quality, or None if none is acceptable; without `accept`, the first offer.

    Ties go to the offer matched by the most specific range, then to the one listed first. RFC 9110 leaves that open;
    GraphQL over HTTP requires "the highest priority media type listed".
    """
    if accept is None or not accept.strip():
        return offers[0]
    texts = enumerate(accept.split(",")[:MAX_RANGES])
    ranges = [parsed for index, text in texts if (parsed := _media_range(text, -index)) is not None]
    acceptable: list[tuple[tuple[float, int, int], str]] = []
    for offer in offers:
        # The most specific range that matches a type sets its quality, so "text/html;q=0, */*" refuses HTML.
        matching = [each for each in ranges if _matches(each[0], offer)]
        if matching:
            _, quality, specificity, order = max(matching, key=lambda each: each[2])
            if quality > 0:
                acceptable.append(((quality, specificity, order), offer))
    return max(acceptable, key=lambda pair: pair[0])[1] if acceptable else None


def _media_range(text: str, order: int) -> tuple[str, float, int, int] | None:
    """(range, quality, specificity, order); None if it is malformed or asks for another charset than UTF-8."""
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
    return media, quality, 2 - media.count("*"), order


def _matches(media_range: str, offer: str) -> bool:
    return media_range in {offer, offer.partition("/")[0] + "/*", "*/*"}
