"""Strawberry with caches of parsed and validated documents: https://strawberry.rocks/docs/extensions/parser-cache.

Mercurius and Yoga cache by default; in Strawberry it is an extension.
"""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from strawberry.extensions import ParserCache, ValidationCache

from bench.peers import strawberry_peer


def create(data: Path) -> Starlette:
    return strawberry_peer.create(data, ParserCache, ValidationCache)
