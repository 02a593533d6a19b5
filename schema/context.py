"""Request context: what root fields need beside their arguments. One for each operation."""

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
    """The context of one operation.

    today:    the date that training certificates are compared with.
    replayer: replays decisions of the journal; None if there is no journal.
    """

    caller: Caller
    policy: Policy
    sources: Mapping[str, Source]
    cursors: Cursors
    today: date
    replayer: DecisionReplayer | None = None
