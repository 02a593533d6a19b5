"""Address of a remote source: `https://records.agency.example/warrants`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sources.errors import InvalidAddress
from sources.loopback import is_loopback

SCHEMES = ("https", "http")
HOST, PATH = re.compile(r"[a-z0-9.:-]+"), re.compile(r"/[!-~]*")


@dataclass(frozen=True, slots=True)
class RemoteAddress:
    """A checked URL. Nothing in it is secret or personal, so it may be printed."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, text: str) -> RemoteAddress:
        """An https URL, or an http URL of this machine. Raises: InvalidAddress."""
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise InvalidAddress("it is not a URL") from None
        path = parts.path or "/"
        if parts.scheme not in SCHEMES or not HOST.fullmatch(host) or not PATH.fullmatch(path):
            raise InvalidAddress("it is not of the form https://host:port/path")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise InvalidAddress("it must have no user, no password, no query and no fragment")
        if parts.scheme == "http" and not is_loopback(host):
            raise InvalidAddress("a host that is not this machine needs https://")
        return cls(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)

    @property
    def authority(self) -> str:
        """Host and port, as the header `Host` has them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"
