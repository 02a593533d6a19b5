"""Address of a database: `postgresql://user:password@host:port/database`, with several hosts for failover.

Two parameters are ours. `pooler` says that a pooler answers, which may send each transaction to another connection:
`transaction` if it knows no prepared statements, `prepared` if it does. `max_lag_s` is how far a standby may lag.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from sources.errors import InvalidAddress
from sources.loopback import is_loopback

SCHEMES = ("postgresql", "postgres")
ENCRYPTED = ("require", "verify-ca", "verify-full")
READ_BY_STANDBY = ("prefer-standby", "standby")
SESSIONS = ("any", "primary", "read-write", "read-only", *READ_BY_STANDBY)
POOLERS = ("transaction", "prepared")
LAG_LIMIT_S = 86_400


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address. `url` may hold a password, so it is neither printed nor compared; `str` leaves it out."""

    url: str = field(repr=False)
    place: str
    """Hosts and database: "db1:5432,db2:5432/records"."""
    session: str = "any"
    """Which of its servers is used, as libpq names it: "read-write", "prefer-standby"."""
    pooler: str = ""
    """The kind of pooler that answers: one of POOLERS, or none."""
    max_lag_s: float | None = None

    @classmethod
    def parse(cls, text: str, session: str = "read-write") -> Address:
        """An address whose connections are encrypted, unless each host is this machine.

        The server's certificate is verified, unless `sslmode` says `require`. `session` is which of several servers is
        used, unless the address says so itself: "read-write", or for reading "prefer-standby". A pooler chooses itself.
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
        (pooler,) = query.pop("pooler", [""])
        if pooler and pooler not in POOLERS:
            raise InvalidAddress(f"pooler is {' or '.join(POOLERS)}")
        chosen = query.get("target_session_attrs", ["any" if pooler else session])[0]
        if chosen not in SESSIONS or (pooler and chosen != "any"):
            raise InvalidAddress("a pooler chooses the server itself" if pooler else "target_session_attrs is wrong")
        max_lag_s = _max_lag_s(query)
        if max_lag_s is not None and (pooler or chosen not in READ_BY_STANDBY):
            raise InvalidAddress("max_lag_s is for hosts of which a standby is read")
        query["target_session_attrs"] = [chosen]
        url = urlunsplit(parts._replace(query=urlencode(query, doseq=True)))
        return cls(url, f"{hosts}{parts.path}", chosen, pooler, max_lag_s)

    def for_reading(self) -> Address:
        """The same address for sessions that only read: "read-write" would refuse them."""
        return self.of_session("primary") if self.session == "read-write" else self

    def of_session(self, session: str) -> Address:
        """The same address for another choice of its servers."""
        parts = urlsplit(self.url)
        query = parse_qs(parts.query) | {"target_session_attrs": [session]}
        url = urlunsplit(parts._replace(query=urlencode(query, doseq=True)))
        return replace(self, url=url, session=session)

    def host_urls(self) -> list[str]:
        """An address for each host, whichever server that is. They may hold a password."""
        parts = urlsplit(self.of_session("any").url)
        user, at, hosts = parts.netloc.rpartition("@")
        return [urlunsplit(parts._replace(netloc=f"{user}{at}{host}")) for host in hosts.split(",")]

    def __str__(self) -> str:
        return self.place


def _max_lag_s(query: dict[str, list[str]]) -> float | None:
    (text,) = query.pop("max_lag_s", None) or (None,)
    try:
        value = None if text is None else float(text)
    except ValueError:
        value = -1
    if value is not None and not 0 < value <= LAG_LIMIT_S:
        raise InvalidAddress(f"max_lag_s is a number of seconds up to {LAG_LIMIT_S:,}")
    return value


def _is_here(host: str) -> bool:
    name = host.rpartition(":")[0] or host if host.count(":") == 1 or "]" in host else host
    return is_loopback(name.strip("[]"))
