"""Expensive documents: each is refused before anything is executed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import InvalidDocument, Refused, TooComplex
from tests.engine.engine_harness import Harness

MAX_CALLS = 1_500_000
"""Calls and returns, of Python and of C: half of them are 70 ms. Without the limits the worst document took 4 s."""


def chain(link: str, length: int) -> str:
    """Fragments f0 … on Person; each is `link` with a spread of the next."""
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
def test_an_expensive_document_is_refused_with_little_work(
    harness_with: Callable[..., Harness], text: str, refusal: type[Refused]
) -> None:
    harness = harness_with()
    calls = 0

    def count(*_: Any) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        with pytest.raises(refusal):
            harness.prepare(text)
    finally:
        sys.setprofile(None)

    assert calls < MAX_CALLS


def test_a_large_but_reasonable_document_is_accepted(harness: Harness) -> None:
    parts = " ".join(
        f"fragment f{each} on Person{{id name born home{{street}} friends{{id name}}}}" for each in range(30)
    )
    spreads = " ".join(f"...f{each}" for each in range(30))

    assert len(list(harness.prepare(f"{{person(id:1){{{spreads}}}}} {parts}").plan.all_fields)) == 9
