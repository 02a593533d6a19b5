"""Strawberry as usual, and each document parsed and validated once: https://strawberry.rocks/docs/extensions/parser-cache.

Mercurius and Yoga do so by themselves; in Strawberry one has to ask for it.
"""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from strawberry.extensions import ParserCache, ValidationCache

from bench.peers import strawberry_peer


def create(data: Path) -> Starlette:
    return strawberry_peer.create(data, ParserCache, ValidationCache)
