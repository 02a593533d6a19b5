"""Columns to ask for, as a ruling lists them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.authorization import Visible


def seen(names: Iterable[str], *, is_masked: bool = False) -> tuple[Visible, ...]:
    return tuple(Visible(name, is_masked) for name in sorted(names))
