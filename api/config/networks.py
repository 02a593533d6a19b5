"""Networks: IP addresses and CIDR blocks that a setting names, and the one form of an address."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

IPAddress = IPv4Address | IPv6Address
MAX_LENGTH = 64
"""An address has at most 45 letters, and a zone names an interface."""


class Networks:
    """A set of addresses. Membership takes an address as text, or parsed."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """`names` are addresses ("10.0.0.1") and blocks ("10.0.0.0/8"). Raises: ValueError if one is neither."""
        self._networks: list[Any] = [ip_network(name, strict=False) for name in names]

    def __contains__(self, address: object) -> bool:
        parsed = parse_address(address) if isinstance(address, str) else address
        return bool(self._networks) and parsed is not None and any(parsed in network for network in self._networks)


def parse_address(text: str) -> IPAddress | None:
    """An address without zone, and an IPv4 address mapped into IPv6 as IPv4; None if it is no address."""
    return _parse(text) if len(text) <= MAX_LENGTH else None


# A server sees the same few addresses again and again: those of its proxies and of its clients.
@lru_cache(maxsize=4_096)
def _parse(text: str) -> IPAddress | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
