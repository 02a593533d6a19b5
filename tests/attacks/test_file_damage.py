"""Damage to every file of the data folder of a running server: its lookups are as before, or refused. Attack 31.

A lookup that finds no record, or another one, is wrong; so is one whose entry a new process would not find.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random

import httpx
import pytest

from api.auth.demo_issuer import DemoIssuer
from policy.roles import Role
from seed.files import FILES
from tests.attacks.attacked_server import AttackedServer, attacked_server
from tests.attacks.lookups import Answer, Client, are_right, ask, lacks_entry, sources_of, wrong_sources
from tests.file_damage import (
    BY_PATH,
    IN_PLACE,
    Damage,
    closed_to_its_owner,
    cut_in_half,
    emptied,
    undone,
    write_in_place,
)
from tests.harness import running_app

pytestmark = pytest.mark.files

JOURNAL = ("journal.db", "journal.db-wal", "journal.db-shm", "journal.db-lock")
KEYS = ("alias.key", "checkpoint.key", "cursor.key", "search.key", "demo-issuer.json")
OTHERS = ("world.json", *KEYS, "checkpoints.jsonl", "policies/*")
DAMAGES = (*IN_PLACE, *BY_PATH, closed_to_its_owner)
WINDOWS = 60

RESTART = tuple(product(("journal.db", "journal.db-shm"), DAMAGES))
"""Damages after which a server does not go on, even if they are undone."""
NEEDS_A_PROCESS = (emptied, cut_in_half, closed_to_its_owner)
"""A process that maps `journal.db-shm` is killed by SIGBUS if the file is cut."""
IN_THIS_PROCESS = [(name, damage) for name, damage in RESTART if damage not in NEEDS_A_PROCESS]
IN_A_SERVER = [each for each in product((*FILES, *JOURNAL, *OTHERS), DAMAGES) if each not in IN_THIS_PROCESS]


def id_of(value: object) -> str:
    return value if isinstance(value, str) else getattr(value, "__name__", "")


SETTINGS = {
    "NEEDTOKNOW_SOURCE_CIRCUIT_FAILURES": "0",  # or else a source would not be read for seconds after its damage
    "NEEDTOKNOW_SOURCE_DEADLINE_MS": "30000",
    "NEEDTOKNOW_CHECKPOINT_ENTRIES": "1",
}


@dataclass(frozen=True)
class Target:
    """A server, its client, and what it answers while nothing is damaged."""

    server: AttackedServer
    client: Client
    before: list[Answer]

    def file(self, name: str) -> Path:
        (file,) = self.server.data.glob(name)
        return file

    def is_whole(self) -> bool:
        return None not in (answers := self.client.ask()) and are_right(self.before, answers)


NewTarget = Callable[[], Target]


@pytest.fixture(scope="module")
def target(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewTarget]:
    """Gives the server of the test before, or another if that one does not answer as before."""
    with ExitStack() as servers:
        current: Target | None = None

        def start() -> Target:
            nonlocal current
            if current is not None and current.is_whole():
                return current
            servers.close()
            server = servers.enter_context(attacked_server(seeded, tmp_path_factory.mktemp("damaged"), **SETTINGS))
            headers = {"Authorization": f"Bearer {DemoIssuer.open(server.data).token(Role.INVESTIGATOR, aal=2)}"}
            http = httpx.Client(base_url=server.process.url, headers=headers, timeout=30)
            client = Client(servers.enter_context(http))
            client.ask()
            current = Target(server, client, client.ask())
            assert current.is_whole()
            return current

        yield start


@pytest.mark.system
@pytest.mark.attack(31)
def test_every_file_of_the_data_folder_is_damaged(target: NewTarget) -> None:
    folder = target().server.data

    damaged = {file for pattern in (*FILES, *JOURNAL, *OTHERS) for file in folder.glob(pattern)}

    assert damaged == {file for file in folder.rglob("*") if file.is_file()}


def harmless(before: list[Answer], after: list[Answer], journal: Path) -> bool:
    """Whether the lookups are as before, or refused, and none that was answered lacks its entry."""
    return are_right(before, after) and not any(lacks_entry(answer, journal) for answer in after)


@pytest.mark.system
@pytest.mark.attack(31)
@pytest.mark.parametrize(("name", "damage"), IN_A_SERVER, ids=id_of)
def test_a_lookup_after_damage_is_as_before_or_refused(target: NewTarget, name: str, damage: Damage) -> None:
    if damage is closed_to_its_owner and not os.geteuid():
        pytest.skip("root may read every file")
    attacked = target()
    file = attacked.file(name)
    with undone(file):
        damage(file)
        after = attacked.client.ask()
        assert harmless(attacked.before, after, attacked.server.data / "journal.db")


@pytest.mark.attack(31)
@pytest.mark.parametrize(("name", "damage"), IN_THIS_PROCESS, ids=id_of)
async def test_after_damage_to_the_journal_lookups_are_right_or_refused(data: Path, name: str, damage: Damage) -> None:
    async with running_app(data) as world:
        before = await ask(world)
        damage(data / name)
        after = await ask(world) + await ask(world)
        assert harmless(before * 2, after, data / "journal.db")


def damage_window(file: Path, random: Random) -> None:
    size = min(random.choice((64, 512, 4_096, 8_192)), file.stat().st_size)
    at = random.randrange(file.stat().st_size - size + 1)
    write_in_place(file, random.choice((bytes(size), random.randbytes(size))), at)


@pytest.mark.system
@pytest.mark.attack(31)
def test_no_damaged_window_of_a_source_gives_no_record(target: NewTarget) -> None:
    attacked, random = target(), Random(31)
    for number in range(WINDOWS):
        file = attacked.file(FILES[number % len(FILES)])
        with undone(file):
            damage_window(file, random)
            after = attacked.client.ask()
        assert wrong_sources(attacked.before, after) == set()
        assert are_right(attacked.before, after)
    assert attacked.is_whole()


@pytest.mark.attack(31)
@pytest.mark.parametrize("name", FILES)
async def test_a_source_that_is_damaged_is_down_until_it_is_restored(data: Path, name: str) -> None:
    random = Random(32)
    async with running_app(data, source_circuit_failures=0) as world:
        before = await ask(world)
        for _ in range(3):
            with undone(data / name):
                damage_window(data / name, random)
                after = await ask(world)
            assert wrong_sources(before, after) == set()
            assert are_right(before, after)
            assert sources_of(after[0])[name.removesuffix(".db")] == "DOWN"
        restored = await ask(world)
    assert [answer and answer["data"] for answer in restored] == [answer and answer["data"] for answer in before]
