"""Compression of the benchmark's replies, at each level."""

from __future__ import annotations

import zlib
from pathlib import Path
from random import Random

from api.http.compression import LEVEL
from bench.compression import LEVELS, REPLIES, answered, measured
from bench.workloads import workloads


async def test_every_workload_is_answered_in_full(data: Path) -> None:
    replies = await answered(data)

    assert list(replies) == [each.name for each in workloads(data)]
    assert {len(each) for each in replies.values()} == {REPLIES}
    assert all(
        b'"data":{' in reply and b"SOURCE_UNAVAILABLE" not in reply for each in replies.values() for reply in each
    )


def test_a_size_is_the_median_of_the_replies_at_each_level() -> None:
    rng = Random(1)
    replies = [rng.randbytes(size).hex().encode() for size in (500, 2_000, 1_000)]
    found = measured("noise", replies)

    assert found.plain == 2_000
    assert found.compressed == tuple(len(zlib.compress(replies[2], level)) for level in LEVELS)
    assert len(found.ms) == len(LEVELS)
    assert LEVEL in LEVELS
