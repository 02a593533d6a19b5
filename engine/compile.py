"""Compiling: each selection becomes one Python function, from a row to its part of the answer.

The functions handle what a source normally gives: rows that are dicts, lists, and leaves that need no coercion or the
coercion of their type. On anything else they raise, and `exact.py` does it again, slowly and with the exact error. The
text that is compiled holds no word of the document but response keys, and those only as quoted strings.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLEnumType,
    GraphQLOutputType,
    GraphQLSchema,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from engine.declarations import Column, Computed, Edge, Embedded, Key, Layout, Read
from engine.leaves import completer, enum_names, pass_through
from engine.program import Field, Program, ProgramBuilder, Selection
from engine.rows import as_mapping

if TYPE_CHECKING:
    from engine.plan import Plan, Within


class SlowPathNeeded(Exception):
    """A value that the compiled function leaves to the exact way."""


def compiled(plan: Plan, schema: GraphQLSchema, hidden: Set[str], followed: Set[Within]) -> Program:
    """A plan as functions, for one way of being ruled on."""
    program = ProgramBuilder(schema, hidden, followed).draw(plan)
    writer = _CodeGenerator()
    for selection in program.selections:
        writer.write(selection)
    program.source = "\n".join(writer.lines)
    # Every name in it is made here, and every key is a quoted GraphQL name.
    exec(compile(program.source, "<program>", "exec"), writer.names)  # noqa: S102
    for selection in program.selections:
        selection.make = writer.names[f"selection_{selection.number}"]
        for hop in selection.hops:
            hop.make = writer.names[f"hop_{writer.hops[hop]}"]
            hop.keys = writer.names.get(f"keys_{writer.hops[hop]}")
    return program


class _CodeGenerator:
    """Writes the functions, and collects what they refer to."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"only_null": _only_null, "refuse": _refuse, "named": as_mapping}
        self.hops: dict[Field, int] = {}

    def write(self, selection: Selection) -> None:
        """The function of a selection, and those that complete what its hops bring."""
        for hop in selection.hops:
            number = self.hops[hop] = len(self.hops)
            declared = hop.place.site.declared
            if isinstance(declared, Edge) and isinstance(declared.ask, Key):
                keys = _key([_cell(hop.layout, name) for name in declared.ask.columns])
                self.lines += [f"def keys_{number}(held):", f"    return [{keys} for _, row in held]"]
            value = self._value(hop, hop.of.type, "value", "value")
            self.lines += [f"def hop_{number}(value, level):", f"    return {value}"]
        self.lines += [f"def selection_{selection.number}(row, level):", "    made = {"]
        self.lines += [f"        {key!r}: {self._field(selection, each)}," for key, each in selection.fields.items()]
        self.lines += ["    }"]
        if selection.hops:
            self.lines += [f"    level.waiting[{selection.number}].append((made, row))"]
        self.lines += ["    return made"]

    def _field(self, selection: Selection, field: Field | None) -> str:
        if field is None:
            return repr(selection.kind.name)
        declared = field.place.site.declared
        if field.is_null or not isinstance(declared, Read):
            return "None"
        read, layout = declared.read, selection.layout
        if isinstance(read, Embedded):
            whole = self._value(field, field.of.type, "row", "row")
            is_there = read.there_if is None or f"{_cell(layout, read.there_if)} is not None"
            return whole if is_there is True else f"({whole}) if {is_there} else None"
        if isinstance(read, Column):
            value = _cell(layout, read.name)
        elif isinstance(read, Computed):
            value = f"{self._name('made', read.make)}({', '.join(_cell(layout, name) for name in read.columns)})"
        else:
            row = "row" if layout is None else f"named(row, {self._name('layout', layout)})"
            value = f"{self._name('read', read)}({row})"
        return self._value(field, field.of.type, value, "v")

    def _value(self, field: Field, kind: GraphQLOutputType, value: str, name: str, depth: int = 0) -> str:
        """An expression that completes a value, which has a name from its first use on."""
        first = name if value == name else f"({name} := {value})"
        is_nullable = not is_non_null_type(kind)
        kind = kind.of_type if is_non_null_type(kind) else kind
        otherwise = f"{'only_null' if is_nullable else 'refuse'}({name})"
        if is_list_type(kind):
            each = f"each_{depth}"
            items = self._value(field, kind.of_type, each, each, depth + 1)
            return f"[{items} for {each} in {name}] if {first}.__class__ is list else {otherwise}"
        if isinstance(kind, GraphQLEnumType):
            return f"{self._name('words', enum_names(kind, is_nullable=is_nullable))}[{value}]"
        if is_leaf_type(kind):
            complete = self._name("leaf", completer(kind, is_nullable=is_nullable))
            condition = pass_through(kind)
            if condition is None:
                return f"{complete}({value})"
            if is_nullable:
                condition += " or {name} is None"
            return f"{name} if {condition.format(value=first, name=name)} else {complete}({name})"
        if is_object_type(kind) and kind.is_type_of is None:
            inside = f"selection_{field.child_layout[kind.name].number}"
            if value == "row" and field.above:  # it was looked at when its own function was called; an event was not
                return f"{inside}(row, level)"
            row = "dict" if field.child_layout[kind.name].layout is None else "list"
            return f"{inside}({name}, level) if {first}.__class__ is {row} else {otherwise}"
        selected = f"{{{', '.join(_pairs(field.child_layout.values()))}}}"
        kind_of = f"level.type_of({self._name('field', field)}, {self._name('kind', kind)}, {name})"
        return f"{otherwise} if {first} is None else {selected}[{kind_of}]({name}, level)"

    def _name(self, word: str, value: Any) -> str:
        name = f"{word}_{len(self.names)}"
        self.names[name] = value
        return name


def _cell(layout: Layout | None, name: str) -> str:
    return f"row.get({name!r})" if layout is None else f"row[{layout[name]}]"


def _key(cells: list[str]) -> str:
    if len(cells) == 1:
        return cells[0]
    missing = " or ".join(f"(k{place} := {cell}) is None" for place, cell in enumerate(cells))
    return f"None if {missing} else ({', '.join(f'k{place}' for place, _ in enumerate(cells))})"


def _pairs(selections: Iterable[Selection]) -> Iterable[str]:
    return (f"{each.kind.name!r}: selection_{each.number}" for each in selections)


def _only_null(value: Any) -> None:
    if value is not None:
        raise SlowPathNeeded


def _refuse(_value: Any) -> None:
    raise SlowPathNeeded
