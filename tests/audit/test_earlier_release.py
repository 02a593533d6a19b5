"""A data folder that revision 8c7fec3 wrote: its journal verifies, is read and is appended to.

`data_of_8c7fec3.tar.gz` was made with that revision, in an environment of its lock:

    needtoknow seed --data data --people 24 --rng 1
    for role in patrol investigator outsider; do needtoknow ask --data data --as $role operation.graphql; done
    needtoknow audit search --data data
    needtoknow audit key --data data > data/key.txt
"""

from __future__ import annotations

import re
import tarfile
from pathlib import Path

import pytest

from seed.world import MIN_PEOPLE
from tests.command_line import Run
from tests.harness import PERSON_QUERY

FIXTURE = Path(__file__).with_name("data_of_8c7fec3.tar.gz")


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    with tarfile.open(FIXTURE) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "data"


def entries(run: Run, data: Path) -> int:
    result = run("audit", "verify", "--data", data, "--key", (data / "key.txt").read_text().strip())
    assert result.status == 0, result.err
    return int(re.findall(r"Entries: (\d+)", result.out)[0])


def test_a_journal_of_an_earlier_release_verifies_under_its_own_checkpoints(run: Run, earlier: Path) -> None:
    result = run("audit", "verify", "--data", earlier, "--key", (earlier / "key.txt").read_text().strip())

    assert (result.status, result.err) == (0, "")
    assert "The journal is whole. Entries: 7\n" in result.out
    assert "Signed checkpoints cover entries 1 to 6 of 7." in result.out


def test_entries_of_an_earlier_release_are_found_shown_and_decided_again(run: Run, earlier: Path) -> None:
    found = run("audit", "search", "--data", earlier, "--kind", "RELEASE", "--json")
    inquiries = re.findall(r'"id":"(\w+)"', found.out)
    shown = [run("audit", "show", "--data", earlier, each) for each in inquiries]

    assert len(inquiries) == 3
    assert [each.status for each in shown] == [0, 0, 0]
    assert all("Decided again under policy" in each.out for each in shown)


def test_this_version_appends_to_a_journal_of_an_earlier_release(run: Run, earlier: Path) -> None:
    before = entries(run, earlier)
    refused = run("ask", "--data", earlier, "--as", "patrol", "-", stdin=PERSON_QUERY.encode())
    renewed = run("seed", "--data", earlier, "--people", MIN_PEOPLE, "--overwrite")
    asked = run("ask", "--data", earlier, "--as", "patrol", "-", stdin=PERSON_QUERY.encode())

    assert (refused.status, refused.out) == (1, "")
    assert refused.err == (
        f"needtoknow: The world in {earlier} was written by another version: "
        f"run `needtoknow seed --data {earlier} --overwrite` to write it anew.\n"
    )
    assert (renewed.status, asked.status) == (0, 0)
    assert entries(run, earlier) == before + 2
