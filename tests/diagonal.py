"""Combinations of parameters: `make test` runs a diagonal of them, and `make test-system` the others.

The diagonal has the nth value of each dimension together, so it contains every value. Shorter dimensions repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest


def combinations(**dimensions: Mapping[str, Any]) -> pytest.MarkDecorator:
    """Parametrize a test with all combinations. Each dimension has its values by label."""
    names = [list(each) for each in dimensions.values()]
    diagonal = {tuple(each[n % len(each)] for each in names) for n in range(max(map(len, names)))}
    return pytest.mark.parametrize(
        list(dimensions),
        [
            pytest.param(
                *(each[name] for each, name in zip(dimensions.values(), labels, strict=True)),
                id="-".join(labels),
                marks=() if labels in diagonal else pytest.mark.system,
            )
            for labels in product(*names)
        ],
    )
