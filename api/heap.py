"""The garbage collector, set for a server: what is there at the start stays, and is not looked through again."""

from __future__ import annotations

import gc

YOUNG = 10_000
"""Objects between two collections of the youngest: about as many as an answer about 200 people holds."""


def settle() -> None:
    """Leave everything that there is out of every further collection. Call it once all is loaded and open."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
