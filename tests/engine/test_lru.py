"""Caches are bounded in number and in bytes, and so is what they hold in memory."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Hashable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.authorization import authorize
from engine.compile import program_for
from engine.limits import Limits
from engine.lru import LruCache
from schema.build import guarded_schema
from tests.engine.engine_harness import FakeDenial, FakeGrant, Harness, deny_mask


@given(st.lists(st.integers(0, 9)), st.integers(1, 5), st.integers(1, 40))
def test_a_cache_holds_the_most_recent_within_both_limits(keys: list[int], max_size: int, max_bytes: int) -> None:
    cache: LruCache[int, int] = LruCache(max_size, max_bytes, lambda value: value)
    recent: list[int] = []
    created: list[int] = []

    def create(key: int) -> int:
        created.append(key)
        return key * 3

    for key in keys:
        assert cache.get_or_create(key, partial(create, key)) == key * 3
        assert created == ([] if key in recent else [key])
        created.clear()
        recent = [*(each for each in recent if each != key), key]
        while len(recent) > max_size or (sum(recent) * 3 > max_bytes and len(recent) > 1):
            recent.pop(0)
        assert cache.bytes == sum(recent) * 3


def test_a_value_that_grows_evicts_others() -> None:
    sizes = {"a": 10, "b": 10, "c": 10}
    changes: list[int] = []
    cache: LruCache[str, str] = LruCache(5, 30, sizes.__getitem__, lambda: changes.append(cache.bytes))
    for key in sizes:
        cache.get_or_create(key, partial(str, key))
    sizes["c"] = 20
    cache.resize("c")
    cache.resize("a")  # evicted

    assert changes == [10, 20, 30, 30]
    assert cache.bytes == 30


def document(number: int) -> str:
    """A document of 161 fields."""
    names = " ".join(f"a{number}_{each}: sex" for each in range(80))
    edges = " ".join(f"b{each}: warrants {{ number subject {{ id }} }}" for each in range(20))
    return f'query @inquiry(purpose: C, reason: INVESTIGATION) {{ person(id: "1") {{ {names} {edges} }} }}'


@pytest.mark.parametrize("programs", [1, 6])
def test_cached_documents_hold_no_more_memory_than_their_limit(programs: int) -> None:
    schema, limits = guarded_schema(), Limits(cost=10**9, cached_bytes=2**20)

    def fill(harness: Harness, number: int) -> None:
        prepared = harness.prepare(document(number))
        assert len(prepared.plan.all_fields) == 161
        guards = list(prepared.guards)
        for denied in range(programs):
            granted: dict[Hashable, Any] = {guard: FakeGrant(str(guard)) for guard in guards}
            denials: dict[Hashable, FakeDenial] = {guard: FakeDenial(str(guard)) for guard in guards[:denied]}
            authorized = authorize(prepared, granted, denials, deny_mask)
            program_for(prepared.plan, authorized.program_key)

    fill(Harness(schema, limits), 0)  # what is made once
    gc.collect()
    tracemalloc.start()
    harness = Harness(schema, limits)
    for number in range(4 if programs == 1 else 2):
        fill(harness, number)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert limits.cached_bytes / 4 < held < limits.cached_bytes
