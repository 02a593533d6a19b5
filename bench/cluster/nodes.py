"""The cluster as processes: three etcd, three PostgreSQL with Patroni, HAProxy, and two servers with a pooler each.

Each node has a loopback address of its own, so the configuration of docker/cluster serves with the ports it has there.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from random import SystemRandom
from typing import Self

import httpx

from api.auth.demo_issuer import DemoIssuer
from api.config.secret_file import CURSOR_KEY, SEARCH_KEY
from audit.postgres.version import migrate
from bench.cluster.processes import Process, answers, signal_if_there, wait_for
from bench.cluster.programs import FILES, Programs
from bench.pgbouncer import PREPARED_SINCE, version_of
from bench.postgres_server import give_away
from bench.processes import tree
from resolvers.catalogue import NAMES
from seed.postgres import copy_world
from sources.postgres.address import Address

COUNT = 3
NEEDTOKNOW = (sys.executable, "-c", "from api.cli import main; main()")
START_S = 90
SETTINGS = {"NEEDTOKNOW_TRUSTED_PROXIES": "127.0.0.0/8"}


class Cluster:
    """All nodes. Entering it starts them with the records of a world; leaving it ends every process."""

    def __init__(self, folder: Path, programs: Programs, world: Path) -> None:
        self.folder = folder
        self._programs = programs
        self._world = world
        self._knows_prepared = version_of(programs.pgbouncer) >= PREPARED_SINCE
        self._passwords = {name: secrets.token_urlsafe() for name in ("superuser", "replicator", "owner", "server")}
        # Clusters side by side have different networks.
        self._network = f"127.{SystemRandom().randrange(16, 255)}.{SystemRandom().randrange(256)}"
        self.etcd = [self._etcd(number) for number in range(1, COUNT + 1)]
        self.postgres = [self._node(number) for number in range(1, COUNT + 1)]
        self.poolers = [self._pooler(number) for number in (1, 2)]
        self.servers = [self._server(number) for number in (1, 2)]
        self.haproxy = self._haproxy()
        self._stack = ExitStack()

    @property
    def url(self) -> str:
        """Where clients send their requests."""
        return f"http://{self._at(40)}:8000"

    @property
    def journal(self) -> Address:
        """The journal, for its servers' role, at the primary."""
        return Address.parse(self._database("needtoknow", self._passwords["server"]))

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for each in (*self.etcd, *self.postgres, self.haproxy, *self.poolers, *self.servers):
                stack.callback(each.kill)
            for each in (*self.etcd, *self.postgres):
                each.start()
            self.haproxy.start()
            wait_for(self.is_whole, "a primary and two standbys", START_S, self.postgres[0].log)
            owner = Address.parse(self._database("records_owner", self._passwords["owner"]))
            copy_world(self._world, owner)
            asyncio.run(migrate(owner, writers=["needtoknow"]))
            for each in (*self.poolers, *self.servers):
                each.start()
            for number in (1, 2):
                self.wait_for_server(number)
            wait_for(lambda: answers(f"{self.url}/readyz"), "HAProxy", START_S, self.haproxy.log)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def token_folder(self) -> Path:
        """A data folder whose demo issuer all servers trust."""
        return self.folder / "server1"

    def wait_for_server(self, number: int) -> None:
        url = f"http://{self._at(30 + number)}:8000/readyz"
        wait_for(lambda: answers(url), f"server {number}", START_S, self.servers[number - 1].log)

    def wait_until_out(self, number: int) -> None:
        """Wait until HAProxy asks a server no more."""
        line = f"Server servers/server{number} is DOWN"
        before = self.haproxy.log.read_text().count(line)
        wait_for(lambda: self.haproxy.log.read_text().count(line) > before, f"{line} in HAProxy's log", START_S)

    def primary(self) -> int:
        """The index of the primary among `postgres`. Raises: NotReady."""
        wait_for(lambda: len(self._in_role("primary")) == 1, "a primary", START_S)
        return self._in_role("primary")[0]

    def standbys(self) -> list[int]:
        """The indices of the standbys. Raises: NotReady."""
        wait_for(lambda: len(self._in_role("replica")) == COUNT - 1, "two standbys", START_S)
        return self._in_role("replica")

    def switch_over(self) -> None:
        """Make a standby the primary, as before planned work. Raises: NotReady."""
        primary, standby = self.primary(), self.standbys()[0]
        names = {"leader": self.postgres[primary].name, "candidate": self.postgres[standby].name}
        httpx.post(f"http://{self._at(11 + primary)}:8008/switchover", json=names, timeout=START_S).raise_for_status()

    def _in_role(self, role: str) -> list[int]:
        """The nodes that Patroni says are in a role: "primary", "replica"."""
        return [each for each in range(COUNT) if answers(f"http://{self._at(11 + each)}:8008/{role}")]

    def is_whole(self) -> bool:
        """Whether there are a primary and two standbys that stream from it, of which any one confirms commits."""
        for number in range(1, COUNT + 1):
            try:
                found = httpx.get(f"http://{self._at(10 + number)}:8008/cluster", timeout=2).json()
            except (httpx.HTTPError, ValueError):
                return False
            states = sorted((each["role"], each["state"]) for each in found["members"])
            if states != [("leader", "running"), *[("quorum_standby", "streaming")] * (COUNT - 1)]:
                return False
        return True

    def wait_until_whole(self) -> None:
        wait_for(self.is_whole, "a primary and two standbys again", START_S, self.postgres[0].log)

    def verify(self, number: int) -> subprocess.CompletedProcess[str]:
        """`needtoknow audit verify`, with the checkpoints of one server."""
        command = [*NEEDTOKNOW, "audit", "verify", "--data", str(self.servers[number - 1].folder)]
        environment = {**os.environ, "NEEDTOKNOW_JOURNAL": self.servers[number - 1].environment["NEEDTOKNOW_JOURNAL"]}
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)  # noqa: S603

    def postmaster(self, index: int) -> int | None:
        """The process of a node's PostgreSQL."""
        try:
            pid = int((self.postgres[index].folder / "data" / "postmaster.pid").read_text().split()[0])
        except (OSError, IndexError, ValueError):
            return None
        try:
            return pid if b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes() else None
        except OSError:
            return None

    def kill_postgres(self, index: int) -> None:
        """End a node's PostgreSQL at once; its Patroni goes on."""
        pid = self.postmaster(index)
        assert pid is not None
        signal_if_there(pid, signal.SIGKILL)

    def wait_for_etcd(self) -> None:
        """Wait until every member of etcd answers."""
        urls = [f"http://{self._at(20 + number)}:2379/health" for number in range(1, COUNT + 1)]
        wait_for(lambda: all(map(answers, urls)), "etcd", START_S, self.etcd[0].log)

    def _at(self, host: int) -> str:
        return f"{self._network}.{host}"

    def _database(self, user: str, password: str) -> str:
        return f"postgresql://{user}:{password}@{self._at(40)}:5000/records"

    def _folder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        return folder

    def _etcd(self, number: int) -> Process:
        name, folder = f"etcd{number}", self._folder(f"etcd{number}")
        peers = ",".join(f"etcd{each}=http://{self._at(20 + each)}:2380" for each in range(1, COUNT + 1))
        client, peer = (f"http://{self._at(20 + number)}:{port}" for port in (2379, 2380))
        command: list[str | Path] = [
            self._programs.etcd, "--name", name, "--data-dir", folder / "data", "--listen-client-urls", client,
            "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", peers, "--logger", "zap", "--log-level", "warn",
        ]  # fmt: skip
        return Process(name, command, folder)

    def _node(self, number: int) -> Process:
        name, folder = f"pg{number}", self._folder(f"pg{number}")
        for file in ("patroni.yaml", "post_init.sh"):
            shutil.copy(FILES / file, folder)
        for path in (folder, *folder.iterdir()):
            give_away(path)
        address = self._at(10 + number)
        environment = {
            "PATRONI_NAME": name,
            "PATRONI_ETCD3_HOSTS": ",".join(f"{self._at(20 + each)}:2379" for each in range(1, COUNT + 1)),
            "PATRONI_RESTAPI_LISTEN": f"{address}:8008",
            "PATRONI_RESTAPI_CONNECT_ADDRESS": f"{address}:8008",
            "PATRONI_POSTGRESQL_LISTEN": f"{address}:5432",
            "PATRONI_POSTGRESQL_CONNECT_ADDRESS": f"{address}:5432",
            "PATRONI_POSTGRESQL_DATA_DIR": str(folder / "data"),
            "PATRONI_POSTGRESQL_BIN_DIR": str(self._programs.postgres),
            "PATRONI_POSTGRESQL_PGPASS": str(folder / "pgpass"),
            "PATRONI_SUPERUSER_USERNAME": "postgres",
            "PATRONI_SUPERUSER_PASSWORD": self._passwords["superuser"],
            "PATRONI_REPLICATION_USERNAME": "replicator",
            "PATRONI_REPLICATION_PASSWORD": self._passwords["replicator"],
            "RECORDS_OWNER_PASSWORD": self._passwords["owner"],
            "RECORDS_SERVER_PASSWORD": self._passwords["server"],
            "PATH": f"{self._programs.postgres}:{os.environ['PATH']}",
        }

        def postgres_processes() -> list[int]:
            pid = self.postmaster(number - 1)
            return [] if pid is None else list(tree(pid))

        command = [str(self._programs.patroni), "patroni.yaml"]
        return Process(name, command, folder, environment, as_other_user=True, extra_pids=postgres_processes)

    def _pooler(self, number: int) -> Process:
        name, folder = f"pgbouncer{number}", self._folder(f"pgbouncer{number}")
        text = (FILES / "pgbouncer.ini").read_text()
        if self._knows_prepared:
            text = text.replace("; max_prepared", "max_prepared")
        text = text.replace("host=haproxy", f"host={self._at(40)}")
        text = text.replace("listen_addr = 127.0.0.1", f"listen_addr = {self._at(30 + number)}")
        (folder / "pgbouncer.ini").write_text(text)
        (folder / "users.txt").write_text(f'"needtoknow" "{self._passwords["server"]}"\n')
        for path in (folder, *folder.iterdir()):
            give_away(path)
        return Process(name, [self._programs.pgbouncer, "pgbouncer.ini"], folder, as_other_user=True)

    def _server(self, number: int) -> Process:
        folder = self._folder(f"server{number}")
        if number == 1:
            DemoIssuer.open(folder)
            CURSOR_KEY.random(folder)
            SEARCH_KEY.random(folder)
        else:
            for key in (self.folder / "server1").iterdir():
                shutil.copy2(key, folder)
        host = self._at(30 + number)
        kind = "prepared" if self._knows_prepared else "transaction"
        pooler = f"postgresql://needtoknow:{self._passwords['server']}@{host}:6432"
        environment = {
            **SETTINGS,
            "NEEDTOKNOW_JOURNAL": f"{pooler}/journal?pooler={kind}",
            **{f"NEEDTOKNOW_SOURCE_{name.upper()}": f"{pooler}/records?pooler={kind}" for name in NAMES},
        }
        command = [
            *NEEDTOKNOW, "serve", "--demo", "--data", str(folder), "--host", host, "--port", "8000",
        ]  # fmt: skip
        return Process(f"server{number}", command, folder, environment)

    def _haproxy(self) -> Process:
        folder = self._folder("haproxy")
        environment = {
            "HAPROXY_BIND": self._at(40),
            **{f"SERVER{number}": self._at(30 + number) for number in (1, 2)},
            **{f"PG{number}": self._at(10 + number) for number in range(1, COUNT + 1)},
        }
        command = [self._programs.haproxy, "-W", "-f", str(FILES / "haproxy.cfg")]
        return Process("haproxy", command, folder, environment)
