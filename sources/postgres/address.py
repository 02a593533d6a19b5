"""Address of a database: `postgresql://user:password@host:port/database`, with several hosts for failover."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

SCHEMES = ("postgresql", "postgres")
ENCRYPTED = ("require", "verify-ca", "verify-full")


class InvalidAddress(ValueError):
    """The address cannot be used. The message never repeats it, because it may hold a password."""


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address. `url` may hold a password, so it is neither printed nor compared; `str` leaves it out."""

    url: str = field(repr=False)
    place: str
    """Hosts and database: "db1:5432,db2:5432/records"."""

    @classmethod
    def parse(cls, text: str, session: str = "read-write") -> Address:
        """An address whose connections are encrypted, unless each host is this machine.

        The server's certificate is verified, unless `sslmode` says `require`. `session` is which of several servers is
        used, unless the address says so itself: "read-write", or for reading "prefer-standby".
        Raises: InvalidAddress.
        """
        try:
            parts = urlsplit(text)
            query = parse_qs(parts.query, strict_parsing=bool(parts.query))
        except ValueError:
            raise InvalidAddress("it is not a URL") from None
        hosts = parts.netloc.rpartition("@")[2]
        if parts.scheme not in SCHEMES or not hosts or not parts.path.strip("/"):
            raise InvalidAddress("it is not of the form postgresql://user@host:port/database")
        if "host" in query or "password" in query:
            raise InvalidAddress("host and password belong before the database")
        if not all(_is_here(host) for host in hosts.split(",")):
            mode = query.setdefault("sslmode", ["verify-full"])[0]
            if mode not in ENCRYPTED:
                raise InvalidAddress(f"for a host that is not this machine sslmode is {', '.join(ENCRYPTED)}")
        query.setdefault("target_session_attrs", [session])
        url = urlunsplit(parts._replace(query=urlencode(query, doseq=True)))
        return cls(url, f"{hosts}{parts.path}")

    def for_reading(self) -> Address:
        """The same address for sessions that only read: "read-write" would refuse them."""
        parts = urlsplit(self.url)
        query = parse_qs(parts.query)
        if query.get("target_session_attrs") == ["read-write"]:
            query["target_session_attrs"] = ["primary"]
        return Address(urlunsplit(parts._replace(query=urlencode(query, doseq=True))), self.place)

    def __str__(self) -> str:
        return self.place


def _is_here(host: str) -> bool:
    name = host.rpartition(":")[0] or host if host.count(":") == 1 or "]" in host else host
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost"
