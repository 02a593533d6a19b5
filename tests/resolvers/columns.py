"""Granted columns, as an authorized plan lists them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.authorization import Visible


def granted(names: Iterable[str], *, is_masked: bool = False) -> tuple[Visible, ...]:
    return tuple(Visible(name, is_masked) for name in sorted(names))
