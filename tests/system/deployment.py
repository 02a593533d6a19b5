"""The system of docs/deploy.md on loopback addresses: an issuer, instances of the server, and a proxy in front.

Its files are those of docs/deploy, with the addresses and paths of a test in place of theirs.
"""

from __future__ import annotations

import grp
import os
import pwd
import re
import signal
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import orjson

from bench.cluster.processes import Process, answers, wait_for
from bench.postgres_server import free_port
from seed.world import write
from tests.api.tokens import ES256, signed
from tests.system.issuer import Issuer, running_issuer
from tests.system.server import COMMAND, START_S
from tests.tls_files import Authority, Pair

FILES = Path(__file__).parents[2] / "docs" / "deploy"
PEOPLE = 200
PATROL = {
    "aud": "needtoknow",
    "acr": "aal2",
    "sub": "u-4417",
    "name": "Sam Lee",
    "ori": "CA9194200",
    "role": "patrol",
    "sworn": True,
    "certified_until": "2099-12-31",
}
UNIT, SETTINGS = FILES / "needtoknow@.service", FILES / "needtoknow.env"

Tool = Callable[[str], str]


def replaced(text: str, values: Mapping[str, str]) -> str:
    """The text with the values in place of what it has."""
    return re.sub("|".join(map(re.escape, values)), lambda found: values[found[0]], text)


def settings_in(text: str) -> dict[str, str]:
    """The variables that a file of settings gives a process, as systemd and Compose read it."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


@dataclass(frozen=True)
class Instance:
    """One instance of the server: needtoknow@PORT."""

    port: int
    metrics: int
    process: Process

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        self.process.start()
        self.wait()

    def wait(self) -> None:
        wait_for(lambda: answers(f"http://{self.address}/readyz"), "the server", START_S, self.process.log)

    def reload(self) -> None:
        """As `systemctl reload` does."""
        before = self._reloads
        self.process.send(signal.SIGHUP)
        wait_for(lambda: self._reloads > before, "a reload", START_S, self.process.log)

    @property
    def _reloads(self) -> int:
        return self.process.log.read_text().count("(event=reloaded ")

    def restart(self) -> None:
        """As `systemctl restart` does."""
        self.process.stop()
        self.start()


@dataclass(frozen=True)
class Deployment:
    """Two running instances over one data folder, and the files of a proxy."""

    folder: Path
    paths: Mapping[str, str]
    """Folders of the test by the folders that the documents name."""
    settings: Mapping[str, str]
    instances: tuple[Instance, Instance]
    authority: Authority
    pair: Pair
    issuer: Issuer | None
    port: int = field(default_factory=free_port)
    """The port of the proxy."""

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return Path(self.settings["NEEDTOKNOW_DATA"])

    def client(self, address: str = "127.0.0.1", *, authority: Authority | None = None) -> httpx.AsyncClient:
        """A client at an address of this machine, which trusts the authority alone."""
        context = ssl.create_default_context(cafile=str((authority or self.authority).certificate))
        transport = httpx.AsyncHTTPTransport(verify=context, local_address=address)
        headers = {"Authorization": f"Bearer {self.token()}"}
        return httpx.AsyncClient(transport=transport, base_url=self.url, headers=headers, timeout=START_S)

    def direct(self, address: str) -> httpx.AsyncClient:
        """A client of the first instance, without a proxy."""
        transport = httpx.AsyncHTTPTransport(local_address=address)
        headers = {"Authorization": f"Bearer {self.token()}"}
        url = f"http://{self.instances[0].address}"
        return httpx.AsyncClient(transport=transport, base_url=url, headers=headers, timeout=START_S)

    def token(self) -> str:
        """A token of the issuer, for a patrol officer."""
        if self.issuer is not None:
            return self.issuer.token("patrol")
        now = int(time.time())
        times = {"iat": now - 10, "auth_time": now - 20, "exp": now + 600}
        certified_until = str(datetime.now(UTC).date() + timedelta(days=30))
        return signed(iss=self.settings["NEEDTOKNOW_ISSUER"], jti=uuid4().hex, certified_until=certified_until, **times)

    @property
    def nginx(self) -> str:
        """nginx's configuration: the example, in a file such as Debian's."""
        first, second = self.instances
        values = {
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "127.0.0.1:8001": first.address,
            "127.0.0.1:8002": second.address,
            "/etc/needtoknow/tls/chain.pem": str(self.pair.certificate),
            "/etc/needtoknow/tls/server.key": str(self.pair.key),
            "/var/log/nginx": str(self.folder),
        }
        folders = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = " ".join(f"{name}_temp_path {self.folder}/{name};" for name in folders)
        site = replaced((FILES / "nginx.conf").read_text("utf-8"), values)
        main = f"daemon off; pid {self.folder}/nginx.pid; error_log stderr; events {{ }}"
        return f"{main}\nhttp {{ {paths} access_log off;\n{site}}}\n"

    @property
    def haproxy(self) -> dict[str, str]:
        """The environment of HAProxy, whose configuration is the example itself."""
        both = self.folder / "chain-and-key.pem"
        both.write_bytes(self.pair.certificate.read_bytes() + self.pair.key.read_bytes())
        first, second = self.instances
        bind = f"127.0.0.1:{self.port}"
        served = {"BIND": bind, "CERTIFICATE": str(both), "SERVER1": first.address, "SERVER2": second.address}
        if os.geteuid() == 0:
            return served
        # Only root can become another user.
        names = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
        return {**served, "USER_NAME": names[0], "GROUP_NAME": names[1]}

    @contextmanager
    def proxy(self, name: str, program: str) -> Iterator[Process]:
        """The running proxy, once an instance answers through it."""
        if name == "nginx":
            file = self.folder / "nginx.conf"
            file.write_text(self.nginx)
            process = Process(name, [program, "-e", "stderr", "-c", file], self.folder)
        else:
            process = Process(name, [program, "-W", "-db", "-f", FILES / "haproxy.cfg"], self.folder, self.haproxy)
        process.start()
        try:
            wait_for(self._is_served, name, START_S, process.log)
            yield process
        finally:
            process.stop()

    def _is_served(self) -> bool:
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        try:
            return (
                httpx.get(f"{self.url}/graphql", verify=context, timeout=START_S).status_code < httpx.codes.BAD_GATEWAY
            )
        except httpx.HTTPError:
            return False


@contextmanager
def deployment(
    folder: Path, issuer: Issuer | None = None, *, confined: Sequence[str] = (), **more: str
) -> Iterator[Deployment]:
    """The data folder and two instances over it, as the unit starts them with the file of settings.

    Without an issuer that runs, its keys are in a file. `confined` is a command that runs another one with fewer
    rights. `more` are settings that the file lacks.
    """
    named = ("/var/lib/needtoknow", "/var/backups/needtoknow", "/mnt/checkpoints", "/opt", "/etc/needtoknow")
    paths = {name: str(folder / name.strip("/").replace("/", "-")) for name in named}
    program = Path(paths["/opt"], "needtoknow-0.1.0", "bin", "needtoknow")
    for each in (*map(Path, paths.values()), program.parent):
        each.mkdir(parents=True)
    program.symlink_to(COMMAND)
    Path(paths["/opt"], "needtoknow").symlink_to("needtoknow-0.1.0")
    if issuer is None:
        keys = Path(paths["/etc/needtoknow"], "jwks.json")
        keys.write_bytes(orjson.dumps({"keys": [ES256.as_dict(private=False)]}))
        values = {"https://id.example.gov/jwks.json": str(keys), **paths}
    else:
        values = {"https://id.example.gov/jwks.json": issuer.jwks, "https://id.example.gov": issuer.url, **paths}
        more = {**more, "NEEDTOKNOW_JWKS_CA": str(issuer.authority)}
    file = Path(paths["/etc/needtoknow"], "needtoknow.env")
    text = replaced(SETTINGS.read_text("utf-8"), values)
    for name, value in more.items():
        text = re.sub(rf"^{name}=.*\n", "", text, flags=re.MULTILINE) + f"{name}={value}\n"
    file.write_text(text)
    settings = settings_in(text)
    write(Path(settings["NEEDTOKNOW_DATA"]), PEOPLE, 1)
    authority = Authority(folder, "authority")
    with ExitStack() as running:
        first, second = (instance(folder, paths, confined) for _ in range(2))
        instances = (first, second)
        for each in instances:
            running.callback(each.process.stop)
            each.process.start()
        for each in instances:
            each.wait()
        pair = authority.pair("records", "127.0.0.1")
        yield Deployment(folder, paths, settings, instances, authority, pair, issuer)


@contextmanager
def whole_deployment(tool: Tool, folder: Path) -> Iterator[Deployment]:
    """A deployment with the field app, and a running issuer whose certificate is of an authority of its own."""
    own = folder / "issuer-files"
    own.mkdir()
    clients = {"patrol": {**PATROL, "auth_time": int(time.time())}}
    app = {"NEEDTOKNOW_FIELD": "yes", "NEEDTOKNOW_FIELD_CLIENT_ID": "field"}
    with running_issuer(tool, own, clients) as issuer, deployment(folder, issuer, **app) as deployed:
        yield deployed


def instance(folder: Path, paths: Mapping[str, str], confined: Sequence[str]) -> Instance:
    """An instance that is not started yet, with the command of the unit."""
    port, metrics = free_port(), free_port()
    (variable,) = in_unit(UNIT, "Environment")
    command = replaced(in_unit(UNIT, "ExecStart")[0], {**paths, "%i": str(port)}).split(" ")
    environment = dict([replaced(variable, {"1%i": str(metrics)}).split("=")])
    return Instance(port, metrics, Process(f"server-{port}", [*confined, *command], folder, environment))


def in_unit(unit: Path, key: str) -> list[str]:
    """The values of a key of a unit."""
    return re.findall(rf"^{key}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)
