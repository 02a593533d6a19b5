"""Origins of web pages, in the form in which a browser sends them (RFC 6454, 6.2): https://dash.example.gov."""

from __future__ import annotations

import re

from sources.loopback import is_loopback

# Lower case, ASCII, no path, and no port that is the scheme's own: a browser writes none of these.
ORIGIN = re.compile(
    r"(https?)://([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?"
)
OWN_PORTS = {"http": "80", "https": "443"}


def is_origin(text: str) -> bool:
    """Whether a text is one origin; of plain HTTP only one of this machine: others can be changed on the way."""
    found = ORIGIN.fullmatch(text)
    if found is None:
        return False
    scheme, host, port = found.groups()
    if port is not None and (port == OWN_PORTS[scheme] or port[0] == "0" or int(port) > 65_535):
        return False
    return scheme == "https" or is_loopback(host.strip("[]"))
