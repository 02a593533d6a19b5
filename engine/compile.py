"""The compiler: each selection becomes one Python function from a row to its part of the response.

The functions handle what a source normally gives: rows that are dicts or lists, and leaves that need no coercion or
that of their type. On anything else they raise, and `engine.completion` completes the value again on the slow path,
with graphql-core's error. The only words of the document in the generated source are response keys, as quoted strings.
"""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Iterator
from itertools import count, pairwise
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLLeafType,
    GraphQLOutputType,
    Undefined,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from engine.declarations import CheckedText, Column, Computed, Edge, Embedded, KeyColumns, Layout, ListColumn, Read
from engine.errors import SlowPathNeeded
from engine.leaves import enum_names, leaf_completer, pass_through
from engine.plan import Plan, ProgramKey
from engine.program import CompiledField, Program, ProgramBuilder, Selection
from engine.reply_size import bound_of
from engine.rows import as_mapping

_numbers = count(1)
PART_LINES = 100


def program_for(plan: Plan, key: ProgramKey) -> Program:
    """The compiled program of a plan for one way of authorizing it; cached with the plan."""
    *_, program = compile_in_parts(plan, key)
    assert program is not None
    return program


def compile_in_parts(plan: Plan, key: ProgramKey) -> Iterator[Program | None]:
    """The program of `program_for`, after a None for each part that was compiled.

    Python takes 100 ms for the largest, and 5 ms for each part.
    """
    cached: Program | None = plan.programs.get(key)
    if cached is None:
        program = ProgramBuilder(*key).build(plan)
        yield None
        yield from _compile(program)
        cached = plan.programs.get_or_create(key, lambda: program)
    yield cached


def _compile(program: Program) -> Iterator[None]:
    generator = _CodeGenerator()
    starts = [0]
    for selection in program.selections:
        generator.write(selection)
        if len(generator.lines) - starts[-1] >= PART_LINES:
            starts.append(len(generator.lines))
    lines = [f"{line}\n" for line in generator.lines]
    program.file_name = f"<needtoknow program {next(_numbers)}>"
    # Tracebacks print lines from this cache. Without a time of modification it never looks for a file.
    linecache.cache[program.file_name] = (sum(map(len, lines)), None, lines, program.file_name)
    weakref.finalize(program, linecache.cache.pop, program.file_name, None).atexit = False
    for start, end in pairwise([*starts, len(lines)]):
        yield
        part = "\n" * start + "".join(lines[start:end])
        # Every name in the source is made here, and every key is a quoted GraphQL name.
        exec(compile(part, program.file_name, "exec"), generator.names)  # noqa: S102
    for selection in program.selections:
        selection.complete = generator.names[f"complete_selection_{selection.number}"]
        for field in selection.fetched_fields:
            field.complete = generator.names[f"complete_field_{generator.fields[field]}"]
            field.size_bound = bound_of(field)
            field.read_keys = generator.names.get(f"read_keys_{generator.fields[field]}")
        for field in selection.derived_fields:
            field.complete = generator.names[f"complete_field_{generator.fields[field]}"]


class _CodeGenerator:
    """Writes the functions, and collects the objects that they refer to."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {
            "as_mapping": as_mapping,
            "is_object": _is_object,
            "only_null": _only_null,
            "refuse": _refuse,
        }
        self.fields: dict[CompiledField, int] = {}

    def write(self, selection: Selection) -> None:
        """Write the function of a selection, and those that complete its fetched fields."""
        for field in selection.fetched_fields:
            number = self.fields[field] = len(self.fields)
            declaration = field.planned.spec.declaration
            if isinstance(declaration, Edge) and isinstance(declaration.lookup, KeyColumns):
                key = _key([_cell(field.row_layout, name) for name in declaration.lookup.columns])
                self.lines += [f"def read_keys_{number}(parents):", f"    return [{key} for _, row in parents]"]
            self._write_completion(field, number)
        for field in selection.derived_fields:
            number = self.fields[field] = len(self.fields)
            self._write_completion(field, number)
        self.lines += [f"def complete_selection_{selection.number}(row, completer):", "    result = {"]
        self.lines += [f"        {key!r}: {self._field(selection, each)}," for key, each in selection.fields.items()]
        self.lines += ["    }"]
        waiting = [*([selection] if selection.fetched_fields else []), *selection.deferred]
        self.lines += [f"    completer.pending[{each.number}].append((result, row))" for each in waiting]
        self.lines += ["    return result"]

    def _write_completion(self, field: CompiledField, number: int) -> None:
        value = self._value(field, field.definition.type, "value", "value")
        self.lines += [f"def complete_field_{number}(value, completer):", f"    return {value}"]

    def _field(self, selection: Selection, field: CompiledField | None) -> str:
        if field is None:
            return repr(selection.object_type.name)
        declaration = field.planned.spec.declaration
        if field.is_always_null or not isinstance(declaration, Read):
            return "None"
        read, layout = declaration.read, selection.row_layout
        if not field.is_visible:
            # It is non-null, and has a value for an empty row.
            return self._value(field, field.definition.type, f"{self._name('read', read)}({{}})", "v")
        if isinstance(read, Embedded):
            embedded = self._value(field, field.definition.type, "row", "row")
            column = read.required_column
            otherwise = "refuse(None)" if field.planned.spec.is_required else "None"
            return (
                embedded if column is None else f"({embedded}) if {_cell(layout, column)} is not None else {otherwise}"
            )
        if isinstance(read, Column):
            value = _cell(layout, read.name)
        elif isinstance(read, ListColumn):
            value = f"completer.parsed({_cell(layout, read.name)})"
        elif isinstance(read, Computed):
            value = f"{self._name('compute', read.compute)}({', '.join(_cell(layout, name) for name in read.columns)})"
        else:
            row = "row" if layout is None else f"as_mapping(row, {self._name('layout', layout)})"
            value = f"{self._name('read', read)}({row})"
        return self._value(field, field.definition.type, value, "v")

    def _value(self, field: CompiledField, kind: GraphQLOutputType, value: str, name: str, depth: int = 0) -> str:
        """An expression that completes the expression `value`, which gets a name at its first use."""
        first = name if value == name else f"({name} := {value})"
        is_nullable = not is_non_null_type(kind) and not (depth == 0 and field.planned.spec.is_required)
        kind = kind.of_type if is_non_null_type(kind) else kind
        otherwise = f"{'only_null' if is_nullable else 'refuse'}({name})"
        if is_list_type(kind):
            each = f"each_{depth}"
            items = self._value(field, kind.of_type, each, each, depth + 1)
            if depth == 0 and isinstance(field.planned.spec.declaration, Read):
                first = f"({name} := completer.counted({self._name('field', field)}, {value}))"
            return f"[{items} for {each} in {name}] if {first}.__class__ is list else {otherwise}"
        if isinstance(kind, GraphQLEnumType):
            return f"{self._name('enum', enum_names(kind, is_nullable=is_nullable))}[{value}]"
        if is_leaf_type(kind):
            return self._leaf(kind, value, name, is_nullable=is_nullable)
        if is_object_type(kind) and kind.is_type_of is None:
            function = f"complete_selection_{field.selections[kind.name].number}"
            if value == "row":
                # Its own function has checked this row already.
                return f"{function}(row, completer)"
            if field.planned.spec.declaration is None:
                return f"{function}({name}, completer) if is_object({first}) else {otherwise}"
            row_class = "dict" if field.selections[kind.name].row_layout is None else "list"
            return f"{function}({name}, completer) if {first}.__class__ is {row_class} else {otherwise}"
        functions = ", ".join(
            f"{name!r}: complete_selection_{selection.number}" for name, selection in field.selections.items()
        )
        type_name = self._type_name(field, kind, name)
        complete = f"completer.typed(type_name := {type_name}, {{{functions}}}[type_name]({name}, completer))"
        return f"{otherwise} if {first} is None else {complete}"

    def _type_name(self, field: CompiledField, kind: GraphQLOutputType, name: str) -> str:
        """An expression that gives the name of the concrete type of the value with this name."""
        declaration = field.planned.spec.declaration
        if isinstance(declaration, Read) and isinstance(declaration.read, Embedded) and declaration.read.types:
            column = declaration.read.required_column or ""
            return f"{self._name('types', declaration.read.types)}[{_cell(field.row_layout, column)}]"
        return f"completer.resolve_type({self._name('field', field)}, {self._name('type', kind)}, {name})"

    def _leaf(self, kind: GraphQLLeafType, value: str, name: str, *, is_nullable: bool) -> str:
        first = name if value == name else f"({name} := {value})"
        checked = getattr(kind, "coerce_output_value", None)
        if isinstance(checked, CheckedText):
            text = f"{self._name('check', checked.check)}({name})"
            return f"None if {first} is None else {text}" if is_nullable else f"{text} if {first} else refuse({name})"
        complete = self._name("leaf", leaf_completer(kind, is_nullable=is_nullable))
        condition = pass_through(kind)
        if condition is None:
            return f"{complete}({value})"
        if is_nullable:
            condition += " or {name} is None"
        return f"{name} if {condition.format(value=first, name=name)} else {complete}({name})"

    def _name(self, word: str, value: Any) -> str:
        name = f"{word}_{len(self.names)}"
        self.names[name] = value
        return name


def _cell(layout: Layout | None, name: str) -> str:
    return f"row.get({name!r})" if layout is None else f"row[{layout[name]}]"


def _key(cells: list[str]) -> str:
    if len(cells) == 1:
        return cells[0]
    is_null = " or ".join(f"(k{index} := {cell}) is None" for index, cell in enumerate(cells))
    return f"None if {is_null} else ({', '.join(f'k{index}' for index, _ in enumerate(cells))})"


def _is_object(value: Any) -> bool:
    """Whether an ordinary resolver may give this value for an object. It is any Python object."""
    return value is not None and value is not Undefined and not isinstance(value, Exception)


def _only_null(value: Any) -> None:
    if value is not None:
        raise SlowPathNeeded


def _refuse(_value: Any) -> None:
    raise SlowPathNeeded
