"""Least recently used cache, bounded in number and in bytes."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """At most `max_size` values and `max_bytes` bytes by key; the least recently used is evicted first.

    size_of:   estimates the bytes of a value. The newest value stays even if it alone has too many.
    on_resize: called when `bytes` has changed: a value that holds a cache grows with it.
    bytes:     estimated bytes of all values.
    """

    def __init__(
        self,
        max_size: int,
        max_bytes: int = sys.maxsize,
        size_of: Callable[[V], int] = lambda _: 0,
        on_resize: Callable[[], Any] = lambda: None,
    ) -> None:
        self._max_size = max_size
        self._max_bytes = max_bytes
        self._size_of = size_of
        self._on_resize = on_resize
        self._values: OrderedDict[K, V] = OrderedDict()
        self._sizes: dict[K, int] = {}
        self.bytes = 0

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def get(self, key: K) -> V | None:
        """The cached value of a key."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def get_or_create(self, key: K, create: Callable[[], V]) -> V:
        """The cached value of a key, else a new one. Errors that `create` raises are not cached."""
        cached = self.get(key)
        if cached is not None:
            return cached
        value = self._values[key] = create()
        self.resize(key)
        return value

    def resize(self, key: K) -> None:
        """Estimate a value again, and evict others while there are too many or too large. An evicted key is ignored."""
        if key not in self._values:
            return
        size = self._size_of(self._values[key])
        self.bytes += size - self._sizes.get(key, 0)
        self._sizes[key] = size
        while len(self._values) > self._max_size or (self.bytes > self._max_bytes and len(self._values) > 1):
            evicted, _ = self._values.popitem(last=False)
            self.bytes -= self._sizes.pop(evicted)
        self._on_resize()
