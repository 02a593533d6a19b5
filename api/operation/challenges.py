"""Random challenges: some lookups must give a fuller reason.

The draw depends on the lookup, not on the request, so a repeated or reworded request gets the same result. It is a
keyed hash of the user, the hour, and the record or index key at each root of the operation.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from engine.declarations import Lookup
from resolvers.hits import Search

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
        subjects = (subject for lookup in lookups for subject in subjects_of(lookup))
        drawn = (repr((user, hour, *subject)).encode() for subject in subjects)
        return any(int.from_bytes(hmac.digest(self.key, each, "sha256")) % self.one_in == 0 for each in drawn)


NO_CHALLENGES = Challenges(0, b"")


def subjects_of(lookup: Lookup) -> list[tuple[str, Hashable]]:
    """The subjects of a lookup, each with a draw of its own: its key or, for a search, each of its index keys."""
    key = lookup.key
    return [(lookup.fetch.name, each) for each in (key.index_keys if isinstance(key, Search) else (key,))]
