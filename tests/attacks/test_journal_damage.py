"""Damage to the files of the journal: no data leaves without an entry that is found again. Attacks 31 and 37.

`tests/attacks/test_file_damage.py` damages every file of a data folder under a server of its own.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from tests.attacks.responses import is_refused_by_the_journal
from tests.file_damage import Damage, emptied, found_by_a_new_process, overwritten, overwritten_in_the_middle
from tests.harness import PERSON_QUERY, Response, World, running_app

pytestmark = pytest.mark.files


def lacks_its_entry(world: World, response: Response) -> bool:
    """Whether the response has data, and a new process would not find its release."""
    entries = [orjson.loads(body) for body in found_by_a_new_process(world.folder / "journal.db").values()]
    released = {entry["id"] for entry in entries if entry["kind"] == "RELEASE"}
    return response.status == 200 and response.body["extensions"]["inquiry"]["id"] not in released


async def readiness(world: World) -> tuple[int, str]:
    response = await world.client.get("/readyz")
    return response.status_code, response.json()["journal"]


@pytest.mark.attack(31)
@pytest.mark.parametrize("damage", [emptied, overwritten, overwritten_in_the_middle], ids=lambda each: each.__name__)
async def test_a_damaged_log_gives_no_data(world: World, damage: Damage) -> None:
    before = [await world.execute(PERSON_QUERY) for _ in range(5)]
    assert not any(lacks_its_entry(world, response) for response in before)
    assert await readiness(world) == (200, "OK")

    damage(world.folder / "journal.db-wal")
    after = [await world.execute(PERSON_QUERY) for _ in range(3)]

    assert all(is_refused_by_the_journal(response) for response in after)
    assert await readiness(world) == (503, "DOWN")
    assert is_refused_by_the_journal(await world.execute(PERSON_QUERY))


@pytest.mark.attack(31)
@pytest.mark.parametrize("damage", [emptied, overwritten, overwritten_in_the_middle], ids=lambda each: each.__name__)
async def test_after_damage_to_the_database_no_answer_lacks_its_entry(data: Path, damage: Damage) -> None:
    async with running_app(data) as world:
        for _ in range(5):
            await world.execute(PERSON_QUERY)
    async with running_app(data) as world:
        await world.execute(PERSON_QUERY)

        damage(data / "journal.db")
        first = await world.execute(PERSON_QUERY)
        after = [await world.execute(PERSON_QUERY) for _ in range(5)]

        assert is_refused_by_the_journal(first)
        assert not any(lacks_its_entry(world, response) for response in after)


@contextmanager
def no_descriptors() -> Iterator[None]:
    """No file can be opened in this context."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.attack(37)
async def test_a_checkpoint_without_descriptors_refuses_nobody(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running_app(data, checkpoint_entries=1, checkpoint_s=3_600) as world:
        assert (await world.execute(PERSON_QUERY)).status == 200  # and so the source's file is open
        with no_descriptors():
            during = [await world.execute(PERSON_QUERY)]
            while not any(record.name == "audit.checkpointer" for record in caplog.records):
                await asyncio.sleep(0.001)
            during.append(await world.execute(PERSON_QUERY))
        after = await world.execute(PERSON_QUERY)

        assert [response.status for response in during] == [200, 200]
        assert after.data == {"person": {"id": "P0000001"}}
        assert await readiness(world) == (200, "OK")
        assert not any(lacks_its_entry(world, response) for response in (*during, after))
