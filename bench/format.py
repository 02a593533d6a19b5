"""What the terminal and the page both say of a record: its cells in words, the ratios that count and their aims."""

from __future__ import annotations

from dataclasses import dataclass

from bench.results import Record, Spread

MANY, ONE = 8, 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """`one` divided by `other`, in CPU for each request. `aims` are by number of people; at least or at most that."""

    title: str
    one: str
    other: str
    is_at_least: bool
    aims: dict[int, float]


COMPARISONS = (
    Comparison("Strawberry as usual / engine alone", "strawberry", "alone", True, {1: 5, 20: 8, 200: 12}),
    Comparison("Strawberry, cached / engine alone", "strawberry-cached", "alone", True, {}),
    Comparison("engine alone / Mercurius with JIT", "alone", "mercurius", False, {1: 1.0, 20: 0.75, 200: 0.7}),
    Comparison("engine alone / baseline", "alone", "baseline", False, {1: 1.6, 20: 1.3, 200: 1.3}),
    Comparison("whole / whole at the base", "whole", "whole-base", False, {1: 1.05, 20: 1.05, 200: 1.05}),
    Comparison("engine alone / engine alone at the base", "alone", "alone-base", False, {1: 1.05, 20: 1.05, 200: 1.05}),
    Comparison("whole / engine alone", "whole", "alone", False, {1: 1.5, 20: 1.15, 200: 1.1}),
)


def format_number(value: float) -> str:
    """Three digits that count, or all before the point: 0.482, 5.51, 44.1, 1,203."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def spread_text(found: Spread | None) -> str:
    """The median, and in brackets the least and the most of any round."""
    return f"{found.median:.2f} ({found.least:.2f} to {found.most:.2f})" if found else ""


def connections(record: Record, workload: str) -> int:
    """At how many connections a question's CPU is told: many, where it was asked so."""
    return MANY if record.cell(record.contenders[0][0], workload, MANY) else ONE


def ratio_text(record: Record, comparison: Comparison, workload: str, people: int) -> str:
    """A ratio, with its aim where it has one."""
    found = record.ratio(comparison.one, comparison.other, workload, connections(record, workload))
    aim = comparison.aims.get(people)
    if found is None or aim is None:
        return spread_text(found)
    is_met = found.median >= aim if comparison.is_at_least else found.median <= aim
    return (
        f"{spread_text(found)}; aim {'≥' if comparison.is_at_least else '≤'} {aim:g}: {'met' if is_met else 'missed'}"
    )


def per_person(record: Record) -> float | None:
    """What a person costs the engine among 1,000, against one among 200. The aim is 1.15 at most."""
    many, few = record.cell("alone", "1,000 people", ONE), record.cell("alone", "200 people", ONE)
    return many.cpu_ms.median / 1_000 / (few.cpu_ms.median / 200) if many and few else None


def comparisons(record: Record) -> list[Comparison]:
    """The comparisons whose two contenders both took part."""
    present = {key for key, _, _ in record.contenders}
    return [each for each in COMPARISONS if {each.one, each.other} <= present]
