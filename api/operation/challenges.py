"""Which questions must say more of why, drawn at random. Knows nothing of what saying more means.

The draw is by what is asked and not by the request, so asking again, in other words or for more beside it, draws the
same: a keyed hash of the user, the hour, and each record or search that the question begins with.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterable

from engine.declarations import Lookup

HOUR_S = 3_600


class Challenges:
    """Draws about one in so many of what each user asks for, anew each hour; with 0, none."""

    def __init__(self, one_in: int, key: bytes, *, clock: Callable[[], float] = time.time) -> None:
        self._one_in = one_in
        self._key = key
        self._clock = clock

    def draws(self, user: str, asks: Iterable[Lookup]) -> bool:
        """Whether any of what a question begins with is drawn: to ask for more beside it frees nothing."""
        if not self._one_in:
            return False
        hour = int(self._clock() // HOUR_S)
        return any(self._number((user, hour, *subject(ask))) % self._one_in == 0 for ask in asks)

    def _number(self, drawn: tuple[object, ...]) -> int:
        return int.from_bytes(hmac.digest(self._key, repr(drawn).encode(), "sha256"))


NO_CHALLENGES = Challenges(0, b"")


def subject(ask: Lookup) -> tuple[object, ...]:
    """What is asked for; of a search what is searched for, and not which page of it."""
    page = getattr(ask.key, "page", None)
    return ask.fetch.name, ask.key if page is None else page.about
