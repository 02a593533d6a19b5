"""Request context: what root fields need beside their arguments. One for each operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from audit.decision_replay import DecisionReplayer
from policy.caller import Caller
from policy.table import Policy
from resolvers.paging import Cursors
from sources.probe import SourceProbe


@dataclass(frozen=True, slots=True)
class Context:
    """The context of one operation.

    sources:  the status of each source, for the field of that name.
    today:    the date that training certificates are compared with.
    replayer: replays decisions of the journal; None if there is no journal.
    inquiry_status: makes `extensions.inquiry` of the state of the execution.
    """

    caller: Caller
    policy: Policy
    sources: SourceProbe
    cursors: Cursors
    today: date
    replayer: DecisionReplayer | None = None
    inquiry_status: Callable[[Any], dict[str, Any]] = lambda _state: {}
