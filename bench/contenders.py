"""Contenders of the benchmark, and the command that starts each."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from api.auth.demo_issuer import DemoIssuer
from bench import postgres_server
from bench.builds import Build
from bench.peers.peer_settings import PeerSettings
from policy.roles import Role

PEERS = Path(__file__).with_name("peers") / "node"
CPU = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
NODE = PEERS / "node_modules" / f"node-linux-{CPU}" / "bin" / "node"
TOKEN_MINUTES = 120

Command = Callable[[Path], list[str]]
Headers = Callable[[Path], list[tuple[str, str]]]


def _no_headers(_data: Path) -> list[tuple[str, str]]:
    return []


TOKEN, NEED_TO_KNOW, JOURNAL = "token", "need-to-know", "journal"
ALL = frozenset({TOKEN, NEED_TO_KNOW, JOURNAL})


@dataclass(frozen=True, slots=True)
class Contender:
    """One server.

    sends_inquiry: its requests carry `@inquiry`.
    has_journal:   it writes to its data folder, so it gets one of its own.
    in_postgres:   of "sources" and "journal", those that are in PostgreSQL and not in files.
    settings:      variables of its environment; `folder` is its working directory.
    promises:      what needtoknow promises and most peers do not: token, need-to-know, chained and durable journal.
    world:         its own, if it cannot read that of the others; its responses are then not compared with theirs.
    """

    key: str
    title: str
    description: str
    command: Command
    headers: Headers = field(default=_no_headers)
    sends_inquiry: bool = False
    needs_node: bool = False
    has_journal: bool = False
    in_postgres: frozenset[str] = frozenset()
    promises: frozenset[str] = frozenset()
    settings: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    world: Path | None = None


def python(module: str) -> Command:
    return lambda data: [sys.executable, "-m", "bench.serve", module, str(data)]


def node(script: str) -> Command:
    return lambda data: [str(NODE), str(PEERS / script), str(data)]


def serve(data: Path, python: str = sys.executable) -> list[str]:
    """Command of `needtoknow serve` with any Python, and so of any build."""
    command = "from api.cli import main; main()"
    return [python, "-c", command, "serve", "--data", str(data), "--port", "0", "--demo"]


def investigator(data: Path) -> list[tuple[str, str]]:
    token = DemoIssuer.open(data).token(Role.INVESTIGATOR, aal=2, minutes=TOKEN_MINUTES)
    return [("Authorization", f"Bearer {token}")]


def promising(
    key: str,
    title: str,
    description: str,
    command: Command,
    *,
    promises: frozenset[str] = ALL,
    needs_node: bool = False,
) -> Contender:
    """A peer with a token check and a journal, whose settings are written before it starts."""

    def start(data: Path) -> list[str]:
        PeerSettings.of(data).write(data)
        return command(data)

    return Contender(
        key,
        title,
        description,
        start,
        investigator,
        sends_inquiry=True,
        needs_node=needs_node,
        has_journal=True,
        promises=promises,
    )


CONTENDERS = (
    Contender(
        "whole",
        "needtoknow, whole",
        "`needtoknow serve`: token, need-to-know, durable journal",
        serve,
        investigator,
        sends_inquiry=True,
        has_journal=True,
        promises=ALL,
    ),
    Contender(
        "whole-journal",
        "its journal in PostgreSQL",
        "the same with `NEEDTOKNOW_JOURNAL=postgresql://…`",
        serve,
        investigator,
        sends_inquiry=True,
        has_journal=True,
        in_postgres=frozenset({"journal"}),
    ),
    Contender(
        "whole-postgres",
        "all in PostgreSQL",
        "the same with every source there too",
        serve,
        investigator,
        sends_inquiry=True,
        has_journal=True,
        in_postgres=frozenset({"journal", "sources"}),
    ),
    Contender(
        "alone",
        "its engine alone",
        "its parts without token, decision and journal: `bench/ours.py`",
        python("ours"),
    ),
    Contender(
        "strawberry", "Strawberry", "its DataLoader, aiosqlite, its ASGI application", python("peers.strawberry_peer")
    ),
    Contender(
        "strawberry-cached",
        "Strawberry, cached",
        "the same with its caches of parsed and of valid documents",
        python("peers.strawberry_cached"),
    ),
    Contender("ariadne", "Ariadne", "aiodataloader, aiosqlite, its ASGI application", python("peers.ariadne_peer")),
    Contender(
        "mercurius", "Mercurius + JIT", "its loaders, node:sqlite in the loop", node("mercurius.mjs"), needs_node=True
    ),
    Contender("yoga", "GraphQL Yoga", "dataloader, node:sqlite in the loop", node("yoga.mjs"), needs_node=True),
    Contender("baseline", "baseline", "no GraphQL: by hand, Starlette, sqlite3 in the loop", python("peers.baseline")),
    promising(
        "mercurius-promises",
        "Mercurius + JIT, whole",
        "dataloader, fast-jwt with its cache, guards around resolvers, the same journal by node:sqlite in the loop",
        node("mercurius_promises.mjs"),
        needs_node=True,
    ),
    promising(
        "yoga-promises",
        "GraphQL Yoga, whole",
        "the same token check, guards and journal, in a plugin",
        node("yoga_promises.mjs"),
        needs_node=True,
    ),
    promising(
        "strawberry-promises",
        "Strawberry, whole",
        "joserfc with a cache, permission classes, the same journal by sqlite3 in the loop; its caches are on",
        python("peers.strawberry_promises"),
    ),
    promising(
        "floor",
        "baseline, journaled",
        "the baseline with the same token check and journal; no GraphQL, no need-to-know",
        python("peers.floor"),
        promises=frozenset({TOKEN, JOURNAL}),
    ),
)


def available(keys: Collection[str]) -> tuple[Contender, ...]:
    """The contenders with these keys that can run on this machine."""
    return tuple(
        each
        for each in CONTENDERS
        if each.key in keys
        and (NODE.exists() or not each.needs_node)
        and (postgres_server.is_installed() or not each.in_postgres)
    )


PLAIN = tuple(each.key for each in CONTENDERS if not each.promises or each.key == "whole")
"""needtoknow, and peers that promise nothing."""
PROMISING = tuple(each.key for each in CONTENDERS if each.promises)
"""The whole needtoknow, and peers that promise what it promises."""


def build_contenders(build: Build, world: Path | None) -> tuple[Contender, ...]:
    """Contenders of another build: the whole server and the engine alone. `world` is its own, if it needs one."""
    settings = {"PYTHONPATH": str(build.folder)}
    return (
        Contender(
            "whole-base",
            f"needtoknow at {build.title}",
            "the same at another revision",
            lambda data: serve(data, build.python),
            investigator,
            sends_inquiry=True,
            has_journal=True,
            settings=settings,
            folder=build.folder,
            world=world,
        ),
        Contender(
            "alone-base",
            f"engine alone at {build.title}",
            "the same at another revision",
            lambda data: [build.python, "-m", "bench.serve", "ours", str(data)],
            settings=settings,
            folder=build.folder,
            world=world,
        ),
    )
