"""Safety banners of a response, on stderr before its JSON: people look before they read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api.cli.console import write_error

NOT_ASKED = "SAFETY WAS NOT ASKED FOR: select `safety` of the person or the vehicle"
NOTHING_KNOWN = "NOTHING KNOWN"


def write_banners(response: Any) -> None:
    """Print every banner with its place, the gravest line first; and that none was asked for, if the server says so."""
    if not isinstance(response, dict):
        return
    for place, banner in banners(response.get("data"), ()):
        for line in banner_lines(banner):
            write_error(f"{place}: {line}")
    inquiry = (response.get("extensions") or {}).get("inquiry") or {}
    if inquiry.get("safety") == "NOT_ASKED":
        write_error(NOT_ASKED)


def banners(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every banner in the data that has words or says whether it is complete, with its place."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from banners(each, (*path, str(index)))
    elif isinstance(value, dict):
        lines = value.get("lines")
        if isinstance(lines, list) and all(isinstance(each, dict) and "words" in each for each in lines):
            yield ".".join(path[:-1]) or "safety", value
            return
        for key, each in value.items():
            yield from banners(each, (*path, key))


def banner_lines(banner: dict[str, Any]) -> Iterator[str]:
    """The words of a banner, with number, agency and action of each line as far as they were selected."""
    for line in banner["lines"]:
        details = [line.get(name) for name in ("number", "agencyOri", "about", "act")]
        yield "  ".join([line["words"], *(each for each in details if each not in {None, "SELF", "KNOW"})])
    if not banner["lines"]:
        yield NOTHING_KNOWN if banner.get("complete") else "NO LINES, AND NOT COMPLETE"
    if banner.get("more"):
        yield f"AND {banner['more']} MORE"
