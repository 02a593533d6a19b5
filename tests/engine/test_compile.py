"""Generated code: tracebacks show its lines, and ordinary operations never need the slow path."""

from __future__ import annotations

import gc
import linecache
import traceback
from collections.abc import Callable

import pytest

from engine.compile import program_for
from engine.plan import PreparedOperation
from engine.program import Program
from tests.engine.engine_harness import Harness

NONE_HIDDEN = (frozenset[str](), frozenset[tuple[tuple[str, str], ...]]())


def compiled(prepared: PreparedOperation) -> Program:
    return program_for(prepared.plan, NONE_HIDDEN)


def test_a_traceback_shows_the_line_of_generated_code(harness: Harness) -> None:
    complete = compiled(harness.prepare("{search{total}}")).selections[0].complete
    assert complete is not None

    with pytest.raises(AttributeError) as raised:
        complete(7, None)

    frames = traceback.extract_tb(raised.tb)
    (line,) = [frame.line for frame in frames if frame.filename.startswith("<needtoknow program ")]
    assert str(line).startswith("'total': ")


def test_the_source_of_an_evicted_program_is_dropped(harness_with: Callable[..., Harness]) -> None:
    harness = harness_with(cached=1)
    file_name = compiled(harness.prepare("{me{name}}")).file_name
    assert file_name in linecache.cache

    harness.prepare("{me{a:name}}")
    gc.collect()

    assert file_name not in linecache.cache


@pytest.mark.parametrize(
    "text",
    [
        "{me{name}}",
        "{person(id:1){id born label home{street tags} friends{name things{title}}}}",
        '{people(ids:[1,7]){name} search(text:"x"){total info{more} people{name}}}',
        "{person(id:1){things{__typename title ...on Book{pages owner{name}}} finds{...on Letter{text}}}}",
    ],
)
@pytest.mark.parametrize("denied", [[], ["PIN", "NOTE"], ["NAME"]], ids=["none", "some", "all"])
async def test_ordinary_operations_never_take_the_slow_path(harness: Harness, text: str, denied: list[str]) -> None:
    assert (await harness.execute(text, denied=denied)).slow_paths == 0


async def test_an_unavailable_source_does_not_need_the_slow_path(harness: Harness) -> None:
    outcome = await harness.execute("{person(id:1){name} search{total}}", unavailable=["people"])

    assert (outcome.data, outcome.slow_paths) == ({"person": None, "search": {"total": None}}, 0)
