"""Released fields: what a response, or the parts of it that were sent so far, holds of the records that were read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from api.operation.authorization import Decision
from engine.deferral import DeferredPart
from engine.execution_state import ExecutionState
from resolvers.loaders import Loaders

Parts = Collection[DeferredPart | None]
WHOLE: Parts = (None,)
"""The parts of a response that is not divided."""


@dataclass(frozen=True, slots=True)
class Released:
    """The coordinates of released fields, and whether each is released only as a mask."""

    fields: Mapping[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, decision: Decision, loaders: Loaders, state: ExecutionState, parts: Parts = WHOLE) -> Released:
        """The fields in these parts of a response. A fetch without rows releases none."""
        plan = decision.plan
        fetches = {fetch for part, fetch in state.completed_fetches if part in parts} & loaders.non_empty
        found = {name: is_masked for fetch in fetches for name, is_masked in plan.visible.get(fetch, ())}
        if state.prepared.plan.parts:
            present = {each.spec.coordinate for each in state.prepared.plan.all_fields if each.part in parts}
            found = {name: is_masked for name, is_masked in found.items() if name in present}
        return cls(found)

    @property
    def masked(self) -> tuple[str, ...]:
        """The fields that are released only as a mask, sorted."""
        return tuple(sorted([each for each, is_masked in self.fields.items() if is_masked]))

    @property
    def unmasked(self) -> tuple[str, ...]:
        """The fields that are released as they are, sorted."""
        return tuple(sorted([each for each, is_masked in self.fields.items() if not is_masked]))
