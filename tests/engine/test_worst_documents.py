"""Documents made to cost: each refused before anything runs, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from engine.errors import InvalidDocument, Refused, TooComplex
from tests.engine.harness import Desk

BUDGET_S = 2
"""Of processor time. Where the limits were chosen they take 70 ms at most, and without the limits took up to 4 s."""


def chain(link: str, length: int) -> str:
    """Fragments f0 … on Person, each of which is `link` with the next one's name in it."""
    links = [f"fragment f{each} on Person{{{link.replace('NEXT', f'...f{each + 1}')}}}" for each in range(length)]
    return "{person(id:1){...f0}} " + " ".join(links) + f" fragment f{length} on Person{{id}}"


WORST: dict[str, tuple[str, type[Refused]]] = {
    "1,000 aliases": ("{me{" + " ".join(f"a{each}:name" for each in range(1000)) + "}}", TooComplex),
    "1,000 roots": ("{" + " ".join(f"a{each}:me{{name}}" for each in range(1000)) + "}", TooComplex),
    "600 aliases of a leaf": ("{me{" + " ".join(f"a{each}:name" for each in range(600)) + "}}", TooComplex),
    "1,000 duplicate fields": ("{me{" + "name " * 1000 + "}}", TooComplex),
    "480 duplicate objects": ("{" + "me{name}" * 480 + "}", TooComplex),
    "100 duplicate nests": ("{person(id:1){" + "friends{friends{friends{friends{id}}}}" * 100 + "}}", TooComplex),
    "500 directives": ("{me{name" + "@skip(if:false)" * 500 + "}}", TooComplex),
    "300 known directives": ("{me{name" + "@skip(if:false)" * 270 + "}}", InvalidDocument),
    "500 unknown directives": ("{me{name" + "@x" * 500 + "}}", InvalidDocument),
    "500 fields that conflict": ("{person(id:1){" + "x:id x:name x:pin " * 160 + "}}", TooComplex),
    "200 spreads of one level": (
        "{person(id:1){"
        + " ".join(f"...f{each}" for each in range(200))
        + "}}"
        + " ".join(f"fragment f{each} on Person{{id}}" for each in range(200)),
        TooComplex,
    ),
    "fragments in a circle": ("{...a ...b} fragment a on Query{...b} fragment b on Query{...a}", InvalidDocument),
    "a fragment within itself": ("{person(id:1){...a}} fragment a on Person{friends{...a}}", InvalidDocument),
    "fragments that double, 2^70": (chain("a:friends{NEXT}b:friends{NEXT}", 70), TooComplex),
    "fragments that double, 2^10": (chain("a:friends{NEXT}b:friends{NEXT}", 10), TooComplex),
    "fragments that grow by twenty": (chain(" ".join(f"a{each}:friends{{NEXT}}" for each in range(20)), 4), TooComplex),
    "selections 900 deep": ("{person(id:1){" + "friends{" * 450 + "id" + "}" * 450 + "}}", TooComplex),
    "selections 15 deep": ("{person(id:1){" + "friends{" * 14 + "id" + "}" * 14 + "}}", TooComplex),
    "fragments 900 deep": ("{" + "...{" * 600 + "me{name}" + "}" * 600 + "}", TooComplex),
    "a list 900 deep": ("{person(id:" + "[" * 900 + "]" * 900 + "){id}}", TooComplex),
    "a list 150 deep": ("{person(id:" + "[" * 150 + "]" * 150 + "){id}}", InvalidDocument),
    "an object 500 deep": ("{person(id:" + "{a:" * 500 + "1" + "}" * 500 + "){id}}", TooComplex),
    "a type 900 deep": ("query($v:" + "[" * 900 + "ID" + "]" * 900 + "){me{name}}", TooComplex),
    "an integer of 30,000 digits": ("{me{name @skip(if:" + "9" * 30_000 + ")}}", InvalidDocument),
    "an integer of 60,000 digits": ("{me{name @skip(if:" + "9" * 60_000 + ")}}", TooComplex),
    "a string of 60,000 characters": ('{person(id:"' + "x" * 60_000 + '"){id}}', TooComplex),
    "30,000 comments": ("#\n" * 15_000 + "{me{name}}", TooComplex),
    "480 variables": ("query(" + "".join(f"$a{each}:ID " for each in range(480)) + "){me{name}}", InvalidDocument),
    "600 names for one field of every field": (
        "{__schema{types{fields{" + " ".join(f"a{each}:name" for each in range(600)) + "}}}}",
        InvalidDocument,
    ),
    "the schema of the schema of the schema": (
        "{__schema{types{" + "fields{type{" * 3 + "name" + "}}" * 3 + "}}}",
        InvalidDocument,
    ),
}


@pytest.mark.parametrize(("text", "refusal"), WORST.values(), ids=WORST)
def test_a_document_made_to_cost_is_refused_soon(
    open_desk: Callable[..., Desk], text: str, refusal: type[Refused]
) -> None:
    desk = open_desk()
    started = time.process_time()

    with pytest.raises(refusal):
        desk.prepare(text)

    assert time.process_time() - started < BUDGET_S


def test_a_large_document_of_an_honest_dashboard_is_taken(desk: Desk) -> None:
    parts = " ".join(
        f"fragment f{each} on Person{{id name born home{{street}} friends{{id name}}}}" for each in range(30)
    )
    spreads = " ".join(f"...f{each}" for each in range(30))

    assert len(list(desk.prepare(f"{{person(id:1){{{spreads}}}}} {parts}").plan.all_fields)) == 9
