"""What the roots need beside their arguments: who asks, under which policy, of which sources. One for one operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from audit.decision_replay import DecisionReplayer
from policy.caller import Caller
from policy.table import Policy
from resolvers.paging import Cursors
from sources.source import Source


@dataclass(frozen=True, slots=True)
class Context:
    """The desk that an operation is asked at.

    today:   the date that certifications are held against.
    replays: makes old decisions again; None where there is no journal.
    """

    caller: Caller
    policy: Policy
    sources: Mapping[str, Source]
    cursors: Cursors
    today: date
    replays: DecisionReplayer | None = None
