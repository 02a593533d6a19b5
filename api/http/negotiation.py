"""Content negotiation: the best media type for `Accept`, and the best coding for `Accept-Encoding` (RFC 9110, 12.5)."""

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
    best: tuple[tuple[float, int, int], str] | None = None
    for offer in offers:
        match = match_of(accept, offer)
        if match[0] > 0 and (best is None or match > best[0]):
            best = match, offer
    return None if best is None else best[1]


@lru_cache(maxsize=256)
def match_of(accept: str, offer: str) -> tuple[float, int, int]:
    """How well an offer matches: its quality, then how specific its range is, then its order; higher is better."""
    ranges = [parsed for text in accept.split(",")[:MAX_RANGES] if (parsed := _media_range(text)) is not None]
    names = {offer, offer.partition("/")[0] + "/*", "*/*"}
    matching = [
        (2 - media.count("*"), -index, quality) for index, (media, quality) in enumerate(ranges) if media in names
    ]
    # The most specific range that matches a type sets its quality, so "text/html;q=0, */*" refuses HTML.
    specificity, order, quality = max(matching, default=(0, 0, 0.0))
    return quality, specificity, order


@lru_cache(maxsize=64)
def preferred_coding(accept_encoding: str, offers: tuple[str, ...]) -> str | None:
    """The first of the offered content codings that the client takes and does not like less than none at all."""
    qualities: dict[str, float] = {}
    for text in accept_encoding.split(",")[:MAX_RANGES]:
        coding, *parameters = (part.strip().lower() for part in text.split(";"))
        quality = quality_of(parameters)
        if quality is not None:
            qualities[coding] = quality
    anything = qualities.get("*", 0.0)
    for offer in offers:
        quality = qualities.get(offer, anything)
        if quality > 0 and quality >= qualities.get("identity", 0.0):
            return offer
    return None


def quality_of(parameters: list[str]) -> float | None:
    """The value of `q` among the parameters of an item; None if it is no number from 0 to 1."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return None
            return quality if 0 <= quality <= 1 else None
    return 1.0


def _media_range(text: str) -> tuple[str, float] | None:
    """Media range and quality; None if it is malformed or asks for another charset than UTF-8."""
    media, *parameters = (part.strip().lower() for part in text.split(";"))
    if media.count("/") != 1:
        return None
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in {"utf-8", "utf8"}:
            return None
    quality = quality_of(parameters)
    return None if quality is None else (media, quality)
