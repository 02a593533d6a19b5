"""Columns to ask for, as a ruling lists them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.ruling import Seen


def seen(names: Iterable[str], *, is_masked: bool = False) -> tuple[Seen, ...]:
    return tuple(Seen(name, is_masked) for name in sorted(names))
