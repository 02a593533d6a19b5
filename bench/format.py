"""Texts about a benchmark that the terminal and the page share: numbers, ratios and aims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.results import Machine, QuestionCounts, Record, Spread

MANY, ONE = 8, 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """A ratio of CPU for each request, contender to reference. `aims` are limits by number of people."""

    title: str
    contender: str
    reference: str
    is_at_least: bool
    aims: dict[int, float]


COMPARISONS = (
    Comparison("Strawberry as usual / engine alone", "strawberry", "alone", True, {1: 5, 20: 8, 200: 12}),
    Comparison("Strawberry, cached / engine alone", "strawberry-cached", "alone", True, {}),
    Comparison("engine alone / Mercurius with JIT", "alone", "mercurius", False, {1: 1.0, 20: 0.75, 200: 0.7}),
    Comparison("engine alone / baseline", "alone", "baseline", False, {1: 1.6, 20: 1.3, 200: 1.3}),
    Comparison("whole / whole at the base", "whole", "whole-base", False, {1: 1.05, 20: 1.05, 200: 1.05}),
    Comparison("engine alone / engine alone at the base", "alone", "alone-base", False, {1: 1.05, 20: 1.05, 200: 1.05}),
    Comparison("journal in PostgreSQL / whole", "whole-journal", "whole", False, {}),
    Comparison("all in PostgreSQL / whole", "whole-postgres", "whole", False, {1: 1.5, 200: 1.1}),
    Comparison("whole / engine alone", "whole", "alone", False, {1: 1.5, 20: 1.15, 200: 1.1}),
)


def format_number(value: float) -> str:
    """Three significant digits, or all before the point: 0.482, 5.51, 44.1, 1,203."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def spread_text(spread: Spread | None) -> str:
    """The median, and in brackets the lowest and highest round."""
    return f"{spread.median:.2f} ({spread.low:.2f} to {spread.high:.2f})" if spread else ""


def machine_text(machine: Machine, node: str = "") -> str:
    return (
        f"{machine.cores} cores, {machine.memory_gb} GB of memory, Python {machine.python} with SQLite {machine.sqlite}"
        f"{node}. Other work used {machine.other_cpu_percent}% of its CPU."
    )


def connections(record: Record, workload: str) -> int:
    """Number of connections at which a workload's CPU is reported."""
    return MANY if record.cell(record.contenders[0][0], workload, MANY) else ONE


def ratio_text(record: Record, comparison: Comparison, workload: str, people: int) -> str:
    """A ratio, with its aim if it has one."""
    ratio = record.ratio(comparison.contender, comparison.reference, workload, connections(record, workload))
    aim = comparison.aims.get(people)
    if ratio is None or aim is None:
        return spread_text(ratio)
    is_met = ratio.median >= aim if comparison.is_at_least else ratio.median <= aim
    return (
        f"{spread_text(ratio)}; aim {'≥' if comparison.is_at_least else '≤'} {aim:g}: {'met' if is_met else 'missed'}"
    )


def per_person(record: Record) -> float | None:
    """CPU for each person at 1,000 people, divided by that at 200. The aim is at most 1.15."""
    many, few = record.cell("alone", "1,000 people", ONE), record.cell("alone", "200 people", ONE)
    return many.cpu_ms.median / 1_000 / (few.cpu_ms.median / 200) if many and few else None


def comparisons(record: Record) -> list[Comparison]:
    """Comparisons of contenders that both took part."""
    present = {key for key, _, _ in record.contenders}
    return [comparison for comparison in COMPARISONS if {comparison.contender, comparison.reference} <= present]


COUNTS: dict[str, Callable[[QuestionCounts], float | None]] = {
    "Python calls": lambda each: each.python_calls,
    "of these in the event loop's thread": lambda each: each.python_calls_of_loop,
    "C calls from Python": lambda each: each.c_calls,
    "tasks": lambda each: each.tasks,
    "futures": lambda each: each.futures,
    "callbacks of the loop": lambda each: each.callbacks,
    "callbacks from other threads": lambda each: each.calls_to_loop,
    "wake-ups of the loop's thread": lambda each: each.loop_waits,
    "wake-ups of other threads": lambda each: each.other_waits,
    "system calls": lambda each: None if each.system_calls is None else sum(each.system_calls.values()),
}
"""Counts of one question, by their title."""


def counts_rows(counts: Sequence[QuestionCounts]) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of a table of counts: a column for each question."""
    headings = ["", *(f"{each.workload} ({each.connections})" for each in counts)]
    rows = [
        [title, *("" if (value := read(each)) is None else format_number(value) for each in counts)]
        for title, read in COUNTS.items()
    ]
    return headings, rows
