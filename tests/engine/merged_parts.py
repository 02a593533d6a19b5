"""An execution in parts as its reader sees it: the parts in order, and the data that they make together."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from graphql import ExecutionResult, GraphQLError

from engine.execution_state import ExecutionState
from engine.incremental import Part, execute_in_parts
from engine.response import Path, Root
from tests.engine.engine_harness import explained_nulls_of


@dataclass
class MergedParts:
    """All parts of one operation.

    data:    of all parts together.
    errors:  of all parts, without those in objects that are not in the data.
    nulls:   the reason of each null that the engine reports, by its path.
    failed:  the paths of objects whose fields in one part an error has removed.
    removed: how often there were such fields of an object that is not in the data.
    batches: the numbers of the parts that arrived together, in order.
    """

    data: Any = None
    errors: list[GraphQLError] = field(default_factory=list)
    nulls: dict[str, str] = field(default_factory=dict)
    failed: list[Path] = field(default_factory=list)
    removed: int = 0
    batches: list[list[int]] = field(default_factory=list)
    _arrived: list[tuple[Root, Any]] = field(default_factory=list)

    @property
    def result(self) -> ExecutionResult:
        """The data and errors of all parts, as one result."""
        return ExecutionResult(self.data, self.errors or None)

    @property
    def order(self) -> list[int]:
        """The numbers of the parts, in the order in which they arrived."""
        return [number for batch in self.batches for number in batch]

    async def add(self, batch: list[Part], state: ExecutionState) -> None:
        """Add the parts that arrived together."""
        self.batches.append([part.number for part in batch])
        # Introspection does not count: it is no larger than the schema.
        assert state.prepared.plan.introspection or state.reply_size.bytes >= state.measured_size()
        for part in batch:
            for root in part.response.roots.values():
                self._arrived.append((root, deepcopy(root.data)))
                self._add_root(root)
            present = [root for root in part.response.roots.values() if not root.is_removed]
            nulls = await explained_nulls_of(present, state, part.declared)
            assert not self.nulls.keys() & nulls.keys()
            self.nulls |= nulls
            gone = [path for path, root in part.response.roots.items() if root.is_removed]
            self.errors += [each for each in part.response.errors if not _is_below(tuple(each.path or ()), gone)]

    def assert_unchanged(self) -> None:
        """Assert that no part has changed since it arrived."""
        for root, data in self._arrived:
            assert root.data == data

    def _add_root(self, root: Root) -> None:
        data = deepcopy(root.data)
        if root.owner is None:
            self.data = data
            return
        is_there, found = value_at(self.data, root.path)
        # An object that is not in the data is gone, and nothing else is.
        assert root.is_removed is not is_there
        if root.is_removed:
            self.removed += 1
            return
        if data is None:
            self.failed.append(root.path)
            return
        assert not found.keys() & data.keys()
        found |= data


async def merged_parts(state: ExecutionState) -> MergedParts:
    """Execute an operation in parts, and merge them."""
    merged = MergedParts()
    async for batch in execute_in_parts(state):
        await merged.add(batch, state)
    merged.assert_unchanged()
    return merged


def value_at(data: Any, path: Path) -> tuple[bool, Any]:
    """Whether there is an object at a path of the data, and that object."""
    for step in path:
        if isinstance(data, dict):
            data = data.get(str(step))
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
        else:
            return False, None
    return isinstance(data, dict), data


def _is_below(path: Path, others: list[Path]) -> bool:
    return any(path[: len(each)] == each for each in others)
