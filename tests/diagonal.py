"""Every combination of some values: `make test` tries a diagonal of them, and `make test-system` the rest.

On the diagonal is every value: the nth of each dimension together, and a shorter one begins again. Knows no test.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest


def combinations(**dimensions: Mapping[str, Any]) -> pytest.MarkDecorator:
    """A test's parameters, by their names: each has values by what they are called."""
    names = [list(each) for each in dimensions.values()]
    diagonal = {tuple(each[n % len(each)] for each in names) for n in range(max(map(len, names)))}
    return pytest.mark.parametrize(
        list(dimensions),
        [
            pytest.param(
                *(each[name] for each, name in zip(dimensions.values(), called, strict=True)),
                id="-".join(called),
                marks=() if called in diagonal else pytest.mark.system,
            )
            for called in product(*names)
        ],
    )
