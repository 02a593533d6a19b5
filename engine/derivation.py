"""Derivation: the values of derived fields, made from their inputs when all levels are complete.

Until then the inputs are in the response, under a key that no document can use. Their errors go to the function that
derives the value, and not into the response. If an input exceeds a limit, the derived field is what is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.completion import ValueCompleter
from engine.declarations import Derived, Inputs
from engine.deferral import DeferredPart
from engine.errors import FetchFailed, InvalidValue
from engine.execution_state import ExecutionState, MissingValues
from engine.plan import INPUTS_SUFFIX, TypePath
from engine.program import CompiledField, Program
from engine.reply_size import size_of
from engine.response import Path, ResponseBuilder, TooManyErrors, objects_at


async def derive(
    program: Program,
    state: ExecutionState,
    response: ResponseBuilder,
    completer: ValueCompleter,
    part: DeferredPart | None = None,
) -> None:
    """Replace the inputs of each derived field of a part by its value."""
    for field in program.derived_fields:
        if field.planned.part is part:
            await _FieldDerivation(field, state, response, completer).derive()


class _FieldDerivation:
    """One derived field, for all its parents."""

    def __init__(
        self, field: CompiledField, state: ExecutionState, response: ResponseBuilder, completer: ValueCompleter
    ) -> None:
        self._field = field
        self._state = state
        self._response = response
        self._completer = completer
        self._inputs_key = field.key + INPUTS_SUFFIX
        parent = field.planned.type_path
        self._inputs_path: TypePath = (*parent[:-1], (parent[-1][0], self._inputs_key))
        self._invalid: dict[Path, CompiledField] = {}

    async def derive(self) -> None:
        """Derive the values. A field over a limit is null for every parent."""
        state, planned = self._state, self._field.planned
        faulty, failed = self._take_faulty(), self._take_failed()
        withheld = state.authorized_plan.denied_inputs
        denied = tuple(denial for each, denial in withheld if self._is_inside(each.type_path))
        is_over_rows, is_over_size = self._take_over_limits()
        parents = list(self._response.objects(planned.type_path[:-1]))
        self._completer.items.start()
        for parent, parent_path in parents:
            if state.time_slice.is_over:
                await state.time_slice.pause()
            values = parent.pop(self._inputs_key, None)
            if values is None or is_over_rows or is_over_size:
                continue
            path = (*parent_path, self._field.key)
            try:
                self._complete(parent, path, Inputs(values, _missing(failed, values), faulty.get(path, {}), denied))
            except TooManyErrors:
                is_over_size = True
            is_over_rows = bool(self._completer.items.over_limit)
            is_over_size = is_over_size or self._add_size(parent[self._field.key])
        if is_over_rows:
            state.over_row_limit(planned).is_everywhere = True
        elif is_over_size:
            state.over_size_limit(planned).is_everywhere = True
        if is_over_rows or is_over_size:
            for parent, _ in parents:
                parent[self._field.key] = None

    def _add_size(self, value: Any) -> bool:
        """Add the size of a value to that of the reply. Returns whether the reply exceeds its limit."""
        size = self._state.reply_size
        size.bytes += size_of(value)
        if size.bytes > size.limit:
            size.is_exact, size.bytes = True, self._state.measured_size()
        return size.bytes > size.limit

    def _complete(self, parent: dict[str, Any], path: Path, inputs: Inputs) -> None:
        field, declaration = self._field, self._field.planned.spec.declaration
        assert isinstance(declaration, Derived)
        assert field.complete is not None
        value: Any
        try:
            value = declaration.derive(inputs)
        except FetchFailed as failure:
            self._state.failed(field.planned, failure.source).add(parent)
            return
        except Exception as error:  # noqa: BLE001 - any error is the field's error
            value = error
        try:
            parent[field.key] = field.complete(value, self._completer)
        except Exception:  # noqa: BLE001 - any error: the slow path attributes it to the right field
            if self._completer.items.over_limit:
                return
            self._state.slow_paths += 1
            try:
                parent[field.key] = self._completer.complete_value(field, field.definition.type, value, path)
            except TooManyErrors:
                raise
            except Exception as error:  # noqa: BLE001 - any error is the field's error
                self._response.null_field(field, path, error)
                invalid = self._invalid.get(path)
                if isinstance(error, InvalidValue) and invalid is not None:
                    self._state.invalid_values[path] = invalid
                    self._state.invalid_inputs.remove(invalid)

    def _is_inside(self, path: TypePath) -> bool:
        return path[: len(self._inputs_path)] == self._inputs_path

    def _path_inside(self, path: TypePath) -> tuple[str, ...]:
        return tuple(key for _, key in path[len(self._inputs_path) :])

    def _take_failed(self) -> dict[tuple[str, ...], MissingValues]:
        """The inputs that did not arrive, by their path inside. The response has no error for them."""
        failed = self._state.failed_fields
        inside = [key for key in failed if self._is_inside(key[0])]
        self._state.missing_inputs += [failed[key].planned for key in inside]
        return {self._path_inside(key[0]): failed.pop(key) for key in inside}

    def _take_faulty(self) -> dict[Path, dict[Path, BaseException]]:
        """The errors inside the inputs, by the path of the derived field and then by their own path inside it."""
        faulty: dict[Path, dict[Path, BaseException]] = {}
        others = []
        keys = [key for _, key in self._inputs_path]
        for error in self._response.errors:
            path = tuple(error.path or ())
            if [step for step in path if isinstance(step, str)][: len(keys)] != keys:
                others.append(error)
                continue
            end = path.index(self._inputs_key)
            errors = faulty.setdefault((*path[:end], self._field.key), {})
            errors[path[end + 1 :]] = error.original_error or error
            invalid = self._state.invalid_values.pop(path, None)
            if invalid is None:
                self._state.input_errors.append(error)
            else:
                self._state.invalid_inputs.append(invalid)
                self._invalid.setdefault((*path[:end], self._field.key), invalid)
        self._response.error_counter.number -= len(self._response.errors) - len(others)
        self._response.errors = others
        return faulty

    def _take_over_limits(self) -> tuple[bool, bool]:
        """Whether a limit on rows, or on the size of the reply, left an input out."""
        found = []
        for over in (self._state.fields_over_row_limit, self._state.fields_over_size_limit):
            inside = [path for path in over if self._is_inside(path)]
            for path in inside:
                del over[path]
            found.append(bool(inside))
        return found[0], found[1]


def _missing(failed: Mapping[tuple[str, ...], MissingValues], values: Mapping[str, Any]) -> dict[tuple[str, ...], str]:
    """The sources of the fields that did not arrive in these inputs."""
    return {
        path: str(missing.source)
        for path, missing in failed.items()
        if any(id(each) in missing.parents for each, _ in objects_at(values, path[:-1], ()))
    }
