"""Settings of connections."""

from __future__ import annotations

from dataclasses import dataclass

from api.config.setting import Names, setting


@dataclass(frozen=True, kw_only=True)
class ConnectionSettings:
    """Connections of one server process."""

    connection_limit: int = setting(1_024, "Open connections per process; further ones are refused.", 16, 65_536)
    connection_limit_by_address: int = setting(
        256, "Of these, connections from one address; those of trusted proxies are not counted.", 1, 65_536
    )
    head_timeout_s: float = setting(10.0, "Seconds in which the whole head of a request must arrive.", 0.5, 300)
    body_timeout_s: float = setting(10.0, "Seconds in which the whole body of a request must arrive.", 0.5, 300)
    write_timeout_s: float = setting(
        20.0, "Seconds in which a client must read 1 KiB a second of its response on average.", 0.5, 3_600
    )
    unread_mebibytes: int = setting(
        64, "Maximum MiB of responses that clients have not read; those that wait longest are dropped.", 1, 4_096
    )
    http_parser: str = setting("zttp", "Parser of HTTP: zttp, or h11, which is older and slower.")
    origins: Names = setting(
        (), "Origins whose pages may send operations, such as https://dash.example.gov; http only on this machine."
    )
    compression: bool = setting(True, "Compress replies of more than 1 kB with gzip, for clients that take it.")
