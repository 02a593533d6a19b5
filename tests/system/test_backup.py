"""docs/backup.md and docs/upgrade.md, followed word by word while clients ask."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit.sqlite.search import search
from audit.sqlite.verification import verify
from bench.cluster.processes import answers, wait_for
from tests.system.asking_clients import Clients
from tests.system.deployment import Deployment, deployment
from tests.system.page_commands import Operator
from tests.system.server import START_S, needtoknow


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Deployment]:
    with deployment(tmp_path, NEEDTOKNOW_CHECKPOINT_ENTRIES="2", NEEDTOKNOW_WORKERS="1") as deployed:
        yield deployed


async def asking(deployed: Deployment, clients: Clients, work: Callable[[], object] = int) -> None:
    """Ask before, during and after the work, which begins when there is a checkpoint."""
    checkpoints = Path(deployed.settings["NEEDTOKNOW_CHECKPOINTS"])

    async def end() -> None:
        await clients.answered(20)
        await asyncio.to_thread(wait_for, checkpoints.exists, "a checkpoint", START_S)
        await asyncio.to_thread(work)
        await clients.answered(20)
        clients.end()

    await asyncio.gather(end(), *(clients.run(f"127.0.1.{number}") for number in (1, 2)))


async def test_a_backup_under_load_is_restored_verified_and_served(deployed: Deployment) -> None:
    key = needtoknow("audit", "key", "--data", str(deployed.data)).strip()
    clients = Clients(deployed.direct)
    nightly = Operator("backup.md", deployed, {"KEY": key})
    await asking(deployed, clients, lambda: nightly.systemctl("start", "needtoknow-backup"))
    (backup,) = nightly.backups
    operator = Operator("backup.md", deployed, {"KEY": key, "BACKUP": str(backup)})

    verified = operator.follow()
    shutil.rmtree(deployed.data)
    deployed.data.mkdir(0o700)
    operator.follow()
    lost = operator.run(operator.next_line())
    after = Clients(deployed.direct)
    await asking(deployed, after)

    kept = int(re.findall(r"Entries: (\d+)", verified)[0])
    assert re.findall(r"Signed checkpoints cover entries 1 to \d+ of", verified) != []
    assert (lost[0], re.findall(r"Entry (\d+): it is missing", lost[1])) == (1, [str(kept + 1)])
    assert clients.failures == after.failures == []
    restored = [found.entry.id for found in search(deployed.data / "journal.db")]
    assert set(after.inquiries) < set(restored)
    assert 0 < len(set(clients.inquiries) & set(restored)) < len(clients.inquiries)
    assert verify(deployed.data / "journal.db").is_whole
    assert {oct(file.stat().st_mode & 0o777) for file in backup.rglob("*") if file.is_file()} == {"0o600"}
    assert not (backup / "checkpoint.key").exists()


async def test_an_upgrade_and_the_way_back_leave_a_whole_journal(deployed: Deployment) -> None:
    opt = Path(deployed.paths["/opt"])
    (opt / "needtoknow-0.2.0").symlink_to("needtoknow-0.1.0")
    operator = Operator("upgrade.md", deployed, {})
    anchor = re.findall(r"--anchor: (\d+:\w+)", operator.follow())[0]
    operator.variables["ANCHOR"] = anchor

    verified = operator.follow()
    upgraded = (opt / "needtoknow").readlink()
    operator.follow()

    assert "The journal is whole" in verified
    assert (str(upgraded), str((opt / "needtoknow").readlink())) == ("needtoknow-0.2.0", "needtoknow-0.1.0")
    assert len(operator.backups) == 1
    assert [answers(f"http://{each.address}/readyz") for each in deployed.instances] == [True, True]
