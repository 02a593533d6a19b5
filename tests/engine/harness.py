"""Asking the archive as the application would: fake grants, and a fake source that gives no column too many."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.authorization import AuthorizedPlan, authorize
from engine.declarations import Fetch
from engine.document import DocumentCache
from engine.errors import FetchFailed
from engine.execution import execute
from engine.execution_state import ExecutionState
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from engine.plan import PreparedOperation
from engine.planner import Planner
from tests.engine.small_schema import BY_ID, FRIENDS, GUARDS, OWNED, PEOPLE, THING, THINGS


@dataclass(frozen=True)
class Leave:
    """A grant."""

    guard: str
    is_masked: bool = False


@dataclass(frozen=True)
class Refusal:
    """A denial."""

    guard: str
    needs: tuple[str, ...] = ()


def refusal(leave: Leave) -> Refusal:
    """For a mask, where a mask is not enough."""
    return Refusal(leave.guard)


@dataclass
class Archive:
    """Gives what the ruling grants and not a column more; remembers what it was asked."""

    ruling: AuthorizedPlan[Refusal]
    silent: frozenset[str]
    asked: list[tuple[str, Hashable]] = field(default_factory=list)

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> dict[Any, Any]:
        assert fetch in self.ruling.fetch_guards, f"{fetch.name} was called without a grant"
        self.asked += [(fetch.name, key) for key in keys]
        if fetch.source in self.silent:
            raise FetchFailed(fetch.source)
        return {key: self._find(fetch, str(key)) for key in keys}

    def _find(self, fetch: Fetch, key: str) -> Any:
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
        columns = self.ruling.columns.get(fetch, ())
        shown = {
            name: _mask(record[name]) if is_masked else record[name] for name, is_masked in columns if name in record
        }
        return {**shown, "kind": record.get("kind")}


def _mask(value: Any) -> str | None:
    return "***" if isinstance(value, str) else None


@dataclass(frozen=True)
class Answer:
    """What came of one operation."""

    prepared: PreparedOperation
    ruling: AuthorizedPlan[Refusal]
    data: Any
    broken: list[str]
    asked: list[tuple[str, Hashable]]
    unanswered: dict[str, str]

    @property
    def withheld(self) -> dict[str, str]:
        """The guard that was refused, by the path of each null that it leaves."""
        return {".".join(null): denial.guard for place, denial in self.ruling.withheld for null in place.null_paths}

    @property
    def columns(self) -> dict[str, list[str]]:
        """What each fetch that may be called may read."""
        return {
            fetch.name: [name for name, _ in self.ruling.columns.get(fetch, ())]
            for fetch in sorted(self.ruling.fetch_guards, key=lambda fetch: fetch.name)
        }


class Desk:
    """Asks the archive as the application would: document, plan, ruling, run."""

    def __init__(self, blueprint: GuardedSchema, limits: Limits) -> None:
        self.documents = DocumentCache(blueprint.graphql, limits)
        self.planner = Planner(blueprint, limits)

    def prepare(
        self, text: str, variables: Mapping[str, Any] | None = None, operation: str | None = None
    ) -> PreparedOperation:
        document = self.documents.get(text)
        return self.planner.prepare(document, document.operation(operation), variables or {})

    async def ask(
        self,
        text: str,
        *,
        variables: Mapping[str, Any] | None = None,
        operation: str | None = None,
        without: Iterable[str] = (),
        step_up: Iterable[str] = (),
        masked: Iterable[str] = (),
        silent: Iterable[str] = (),
    ) -> Answer:
        """Ask with every guard granted, but for those named."""
        prepared = self.prepare(text, variables, operation)
        denied = {guard: Refusal(guard) for guard in without} | {guard: Refusal(guard, ("MORE",)) for guard in step_up}
        granted = {guard: Leave(guard, guard in set(masked)) for guard in GUARDS - denied.keys()}
        assert GUARDS.issuperset(prepared.guards)
        ruling = authorize(prepared, granted, denied, refusal)
        archive = Archive(ruling, frozenset(silent))
        run = ExecutionState(prepared, ruling, archive, "Grace")
        result = await execute(run)
        unanswered = {
            ".".join(null): source for place, source in run.failed_fetches.values() for null in place.null_paths
        }
        broken = [error.message for error in result.errors or ()]
        return Answer(prepared, ruling, result.data, broken, archive.asked, unanswered)
