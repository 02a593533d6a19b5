"""Random challenges: some lookups must give a fuller reason.

The draw depends on the lookup, not on the request, so a repeated or reworded request gets the same result. It is a
keyed hash of the user, the hour, and the record or search at each root of the operation.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engine.declarations import Lookup

HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Challenges:
    """Challenges about one in `one_in` lookups of each user, drawn anew each hour; 0 challenges none."""

    one_in: int
    key: bytes = field(repr=False)
    clock: Callable[[], float] = time.time

    def is_drawn(self, user: str, lookups: Iterable[Lookup]) -> bool:
        """Whether any root lookup of an operation is drawn; adding more lookups never lifts a challenge."""
        if not self.one_in:
            return False
        hour = int(self.clock() // HOUR_S)
        drawn = (repr((user, hour, *subject(lookup))).encode() for lookup in lookups)
        return any(int.from_bytes(hmac.digest(self.key, each, "sha256")) % self.one_in == 0 for each in drawn)


NO_CHALLENGES = Challenges(0, b"")


def subject(lookup: Lookup) -> tuple[object, ...]:
    """Identity of a lookup: its fetch and key; for a search, the search terms without the page."""
    page = getattr(lookup.key, "page", None)
    return lookup.fetch.name, lookup.key if page is None else page.about
