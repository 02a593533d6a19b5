"""A machine on which only the folders of the unit's ReadWritePaths can be written, and no process has a privilege."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.system.asking_clients import DATA, QUERY
from tests.system.deployment import deployment
from tests.system.server import COMMAND, own_environment

READ_ONLY = """
    mount --make-rprivate /
    for folder in $WRITABLE; do mount --bind "$folder" "$folder"; done
    mount -o remount,ro,bind /
    exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""


def confined(*writable: Path) -> list[str]:
    """A command that runs another one where only these folders can be written."""
    command = ["unshare", "--mount", "env", f"WRITABLE={' '.join(map(str, writable))}", "sh", "-euc", READ_ONLY, "sh"]
    if os.geteuid() or subprocess.run([*command, "true"], check=False, capture_output=True).returncode:
        pytest.skip("root can make a folder's machine read-only, and this one may not")
    return command


async def test_the_server_writes_only_where_the_unit_lets_it(tmp_path: Path) -> None:
    writable = [tmp_path / name for name in ("var-lib-needtoknow", "mnt-checkpoints")]
    for each in writable:
        each.mkdir()
    command = confined(*writable)
    for each in writable:
        each.rmdir()
    with deployment(tmp_path, confined=command, NEEDTOKNOW_WORKERS="1") as deployed:
        async with deployed.direct("127.0.0.1") as client:
            reply = await client.post("/graphql", json={"query": QUERY})
        for each in deployed.instances:
            await asyncio.to_thread(each.process.stop)

    assert reply.json()["data"] == DATA
    assert Path(deployed.settings["NEEDTOKNOW_CHECKPOINTS"]).read_bytes().count(b"\n") >= 1


@pytest.mark.parametrize("unwritable", ["data", "checkpoints"])
def test_a_folder_that_cannot_be_written_stops_the_start_with_one_line(
    seeded: Path, tmp_path: Path, unwritable: str
) -> None:
    data, checkpoints = shutil.copytree(seeded, tmp_path / "data"), tmp_path / "checkpoints"
    checkpoints.mkdir()
    command = confined(*({data, checkpoints} - {tmp_path / unwritable}))
    settings = {"NEEDTOKNOW_CHECKPOINTS": str(checkpoints / "needtoknow.jsonl")}
    serve = [*command, COMMAND, "serve", "--demo", "--port", "0", "--data", str(data)]
    done = subprocess.run(serve, capture_output=True, text=True, check=False, env=own_environment() | settings)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("needtoknow: ")
    assert str(tmp_path / unwritable) in done.stderr
    assert "Read-only file system" in done.stderr
    assert done.stderr.count("\n") == 1
