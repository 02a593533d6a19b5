"""Catalogue of the source seeds, in the order in which a world draws their rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from resolvers.catalogue import SPECS
from resolvers.errors import InvalidSource
from seed.source_seed import SourceSeed


def _seeds() -> Iterator[tuple[str, SourceSeed]]:
    for spec in SPECS:
        if spec.seed:
            seed = getattr(spec.load(spec.seed), "SEED", None)
            if not isinstance(seed, SourceSeed):
                raise InvalidSource(f"The source {spec.name}: {spec.seed} has no SEED.")
            yield spec.name, seed


SEEDS: Final = dict(_seeds())
"""By the name of the source; one that no world has rows of is not in it."""
