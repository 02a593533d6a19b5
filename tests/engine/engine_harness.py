"""The engine's test harness: executes operations over the small schema with fake grants and a fake loader."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.authorization import AuthorizedPlan, authorize
from engine.declarations import Fetch
from engine.deferral import DeferredPart
from engine.document import DocumentCache
from engine.errors import FetchFailed
from engine.execution import execute
from engine.execution_state import ExecutionState
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from engine.missing_nulls import Place, Reason, report_nulls
from engine.plan import PreparedOperation
from engine.planner import Planner
from engine.response import Path, Root
from tests.engine.small_schema import BY_ID, FRIENDS, GUARDS, OWNED, PEOPLE, THING, THINGS


@dataclass(frozen=True)
class FakeGrant:
    guard: str
    is_masked: bool = False


@dataclass(frozen=True)
class FakeDenial:
    guard: str
    needs: tuple[str, ...] = ()


def deny_mask(grant: FakeGrant) -> FakeDenial:
    """The denial of a mask where a mask is not enough."""
    return FakeDenial(grant.guard)


@dataclass
class FakeLoader:
    """Gives the columns that the authorized plan allows and no others; records the lookups."""

    authorized: AuthorizedPlan[FakeDenial]
    unavailable: frozenset[str]
    lookups: list[tuple[str, Hashable]] = field(default_factory=list)

    @property
    def has_invalid_values(self) -> bool:
        return False

    def bytes_read(self, fetch: Fetch) -> int:
        return 1_000

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> dict[Any, Any]:
        assert fetch in self.authorized.fetch_guards, f"{fetch.name} was called without a grant"
        self.lookups += [(fetch.name, key) for key in keys]
        if fetch.source in self.unavailable:
            raise FetchFailed(fetch.source)
        return {key: self._result(fetch, str(key)) for key in keys}

    async def prefetch(self, fetch: Fetch, keys: Sequence[Hashable]) -> None:
        raise AssertionError("no fetch of this schema decides visibility")

    def _result(self, fetch: Fetch, key: str) -> Any:
        if fetch == BY_ID:
            return self._row(fetch, PEOPLE.get(key))
        if fetch == THING:
            return self._row(fetch, THINGS.get(key))
        if fetch == OWNED:
            return [self._row(fetch, THINGS[each]) for each in ("b", "l")] if key == "1" else []
        people = [self._row(fetch, each) for each in PEOPLE.values() if fetch != FRIENDS or each["id"] != key]
        return (
            people if fetch == FRIENDS else {**(self._row(fetch, {"total": 2}) or {}), "people": people, "more": False}
        )

    def _row(self, fetch: Fetch, record: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if record is None:
            return None
        columns = self.authorized.columns.get(fetch, ())
        visible = {
            name: _mask(record[name]) if is_masked else record[name] for name, is_masked in columns if name in record
        }
        return {**visible, "kind": record.get("kind")}


def _mask(value: Any) -> str | None:
    return "***" if isinstance(value, str) else None


@dataclass(frozen=True)
class Outcome:
    """The result of one operation, and how it was obtained.

    errors:  messages of the errors of fields.
    lookups: (fetch, key) in the order that the loader got them.
    failed:  the source of each failed fetch, by the place of the null that it leaves.
    nulls:   the denied guard or the failed source, by the path of each null that it leaves in the data.
    over_row_limit: the places of the nulls that the row limit leaves.
    """

    prepared: PreparedOperation
    authorized: AuthorizedPlan[FakeDenial]
    data: Any
    errors: list[str]
    lookups: list[tuple[str, Hashable]]
    failed: dict[str, str]
    nulls: dict[str, str]
    over_row_limit: set[str]
    slow_paths: int

    @property
    def withheld(self) -> dict[str, str]:
        """The denied guard, by the place of each null that it leaves."""
        return {
            ".".join(null): denial.guard for planned, denial in self.authorized.withheld for null in planned.null_paths
        }

    @property
    def columns(self) -> dict[str, list[str]]:
        """The columns that each allowed fetch may read."""
        return {
            fetch.name: [name for name, _ in self.authorized.columns.get(fetch, ())]
            for fetch in sorted(self.authorized.fetch_guards, key=lambda fetch: fetch.name)
        }


class Harness:
    """Executes operations as the application does: document, plan, authorized plan, execution."""

    def __init__(self, schema: GuardedSchema, limits: Limits) -> None:
        self.documents = DocumentCache(schema.graphql, limits)
        self.planner = Planner(schema, limits)

    def prepare(
        self, text: str, variables: Mapping[str, Any] | None = None, operation: str | None = None
    ) -> PreparedOperation:
        document = self.documents.get(text)
        return self.planner.prepare(document, document.operation(operation), variables or {})

    async def execute(
        self,
        text: str,
        *,
        variables: Mapping[str, Any] | None = None,
        operation: str | None = None,
        denied: Iterable[str] = (),
        step_up: Iterable[str] = (),
        masked: Iterable[str] = (),
        unavailable: Iterable[str] = (),
        row_limit: int = Limits().rows,
    ) -> Outcome:
        """Execute with every guard granted except these."""
        prepared = self.prepare(text, variables, operation)
        denials: dict[Hashable, FakeDenial] = {guard: FakeDenial(guard) for guard in denied}
        denials |= {guard: FakeDenial(guard, ("MORE",)) for guard in step_up}
        grants: dict[Hashable, FakeGrant] = {
            guard: FakeGrant(guard, guard in set(masked)) for guard in GUARDS - denials.keys()
        }
        assert GUARDS.issuperset(prepared.guards)
        authorized = authorize(prepared, grants, denials, deny_mask)
        loader = FakeLoader(authorized, frozenset(unavailable))
        state = ExecutionState(prepared, authorized, loader, "Grace", row_limit)
        result = await execute(state)
        failed = {
            ".".join(null): str(each.source)
            for each in state.failed_fields.values()
            for null in each.planned.null_paths
        }
        errors = [error.message for error in result.errors or ()]
        nulls = await explained_nulls(state, result.data)
        over = {".".join(null) for each in state.fields_over_row_limit.values() for null in each.planned.null_paths}
        return Outcome(prepared, authorized, result.data, errors, loader.lookups, failed, nulls, over, state.slow_paths)


async def explained_nulls(state: ExecutionState, data: Any) -> dict[str, str]:
    """The reason of each null that the engine reports, by its path."""
    return await explained_nulls_of([Root(data)], state)


async def explained_nulls_of(
    roots: Iterable[Root], state: ExecutionState, part: DeferredPart | None = None
) -> dict[str, str]:
    """The reason of each null that the engine reports in a part, by its path; none is reported twice."""
    found: list[tuple[str, str]] = []

    def report(place: Place, paths: list[Path]) -> None:
        detail = place.detail.guard if place.reason is Reason.DENIED else place.detail or place.reason.value
        found.extend((".".join(map(str, path)), detail) for path in paths)

    await report_nulls(state, roots, report, part, with_denied=True)
    assert len(found) == len(dict(found))
    return dict(found)
