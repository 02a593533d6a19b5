"""The planner: makes the plan of an operation and caches it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from itertools import chain
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, OperationType

from engine.arguments import coerced_arguments
from engine.declarations import Edge
from engine.document import Document, StepTimer
from engine.entities import OVER_COST, represented
from engine.errors import Fault, InvalidVariables, TooComplex
from engine.field_cost import cost_of
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from engine.lru import LruCache
from engine.plan import Plan, PreparedOperation
from engine.plan_builder import PlanBuilder
from engine.redaction import redact_values


class Planner:
    """Makes plans for a schema and caches them; shared by all callers."""

    def __init__(self, schema: GuardedSchema, limits: Limits, timer: StepTimer = nullcontext) -> None:
        self._schema = schema
        self._limits = limits
        self._timer = timer
        self._cache: LruCache[tuple[Any, ...], Plan] = LruCache(
            limits.cached, limits.cached_bytes // 2, lambda plan: plan.size
        )

    def prepare(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        raw_variables: Mapping[str, Any],
        *,
        in_parts: bool = False,
    ) -> PreparedOperation:
        """The plan of an operation, with these variables; `in_parts` says whether `@defer` counts.

        Raises: InvalidVariables if they do not fit; TooComplex if the plan is larger than the limits or costs more.
        """
        name = operation.name.value if operation.name else None
        variables = document.variables[name].coerce(raw_variables)

        def build() -> Plan:
            with self._timer("plan"):
                builder = PlanBuilder(self._schema, self._limits, document, operation, variables, in_parts)
                return builder.build(lambda: self._cache.resize(key))

        # Another operation of the document may use the name of a condition for a variable of any type.
        in_parts = in_parts and document.has_defer and operation.operation is OperationType.QUERY
        conditions = (variables.coerced.get(each) for each in document.condition_variables)
        key = (document.digest, name, in_parts, *(value if isinstance(value, bool) else None for value in conditions))
        plan = self._cache.get_or_create(key, build)
        # A variable with a default may be null at a position where null does not fit.
        for node in plan.non_null_variables:
            if variables.coerced.get(node.name.value, node) is None:
                raise InvalidVariables([Fault.at(GraphQLError("", node), redact_values(""))])
        arguments, invalid = coerced_arguments(plan, variables)
        representations, of_entities = represented(plan, variables, self._limits.cost)
        arguments |= of_entities
        argument_guards = {
            planned: tuple(planned.spec.declaration.argument_guards(values))
            for planned, values in arguments.items()
            if isinstance(planned.spec.declaration, Edge) and planned.spec.declaration.argument_guards is not None
        }
        guards = plan.guards
        if argument_guards:
            guards = tuple(dict.fromkeys([*guards, *chain(*argument_guards.values())]))
        prepared = PreparedOperation(
            plan,
            variables,
            raw_variables,
            self._schema.graphql,
            guards,
            argument_guards,
            arguments,
            invalid,
            representations,
        )
        if prepared.cost > self._limits.cost:
            dearest = max(plan.fields, key=lambda each: cost_of([each]).evaluate(prepared.estimated_rows))
            raise TooComplex([Fault(OVER_COST, dearest.locations)])
        return prepared
