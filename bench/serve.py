"""Server for one Python contender: `python -m bench.serve NAME DATA`.

It uses a free port and prints its address on the first line.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import uvicorn

from api.server.gc_tuning import freeze_startup_objects

Create = Callable[[Path], Any]


def create(name: str) -> Create:
    """The factory of a contender's ASGI application."""
    factory: Create = import_module(f"bench.{name}").create
    return factory


def main() -> None:
    name, data = sys.argv[1:]
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}/graphql", flush=True)
        application = create(name)(Path(data))
        # As our own server does.
        freeze_startup_objects()
        config = uvicorn.Config(
            application, loop="uvloop", http="zttp", ws="none", access_log=False, log_level="warning"
        )
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
