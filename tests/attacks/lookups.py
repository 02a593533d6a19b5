"""Lookups at a server whose files are damaged, and whether each is answered as before or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson

from tests.file_damage import found_by_a_new_process
from tests.harness import WITH_CASE, World
from tests.person_edges import person_selection

IDS = '["P0000001", "P0000002", "P0000008", "P0000005", "P0000018"]'
PERSON = f"""id name {{ surname given }} birthDate aliases {{ surname }} {person_selection()}
    vehicles {{ plate stolen }} warrants {{ offense }}
    criminalHistory {{ cycles {{ arrestedOn charges {{ offense }} }} }}"""
FOUND = "{ total edges { node { id name { surname } birthDate } } }"
LOOKUPS = [
    f"query {WITH_CASE} {{ {selection} }}"
    for selection in (
        f"persons(ids: {IDS}) {{ {PERSON} }}",
        f'searchPersons(by: {{name: {{surname: "Smith"}}}}, first: 50) {FOUND}',
        "searchVehicles(by: {make: FORD}, first: 50) { total edges { node { vin plate } } }",
    )
]
"""Lookups that read every source by a number or through an index."""

Answer = dict[str, Any] | None
"""The body of a response with status 200; None for a 503, or if the connection ended without one."""


@dataclass(frozen=True)
class Client:
    """An investigator with a second factor, at one server."""

    http: httpx.Client

    def ask(self) -> list[Answer]:
        """The answer to each lookup."""
        return [self._ask(query) for query in LOOKUPS]

    def _ask(self, query: str) -> Answer:
        try:
            response = self.http.post("/graphql", json={"query": query})
        except httpx.TransportError:
            return None
        assert response.status_code in {200, 503}, response.text
        answer: Answer = response.json() if response.status_code == 200 else None
        return answer


async def ask(world: World) -> list[Answer]:
    """The same answers of an application in this process."""
    responses = [await world.execute(query, role="investigator", aal=2) for query in LOOKUPS]
    return [response.body if response.status == 200 else None for response in responses]


def sources_of(answer: Answer) -> dict[str, str]:
    """The status of each source: {"persons": "OK"}; empty without an answer."""
    listed = answer["extensions"]["inquiry"]["sources"] if answer else []
    return {each["name"]: each["status"] for each in listed}


def wrong_sources(before: list[Answer], after: list[Answer]) -> set[str]:
    """Sources with a status that is neither that of before nor says that the source did not answer."""
    return {
        name
        for old, new in zip(before, after, strict=True)
        for name, status in sources_of(new).items()
        if status not in {sources_of(old)[name], "DOWN", "TIMEOUT", "NOT_ASKED"}
    }


def are_right(before: list[Answer], after: list[Answer]) -> bool:
    """Whether each answer is that of before, or lacks only what it names as unavailable, or is none."""
    return not wrong_sources(before, after) and all(
        new is None or (old is not None and _agrees(old["data"], new["data"], _unavailable(new)))
        for old, new in zip(before, after, strict=True)
    )


def lacks_entry(answer: Answer, journal: Path) -> bool:
    """Whether there is an answer, and a new process would not find its release in the journal."""
    if answer is None:
        return False
    entries = [orjson.loads(body) for body in found_by_a_new_process(journal).values()]
    return answer["extensions"]["inquiry"]["id"] not in {each["id"] for each in entries if each["kind"] == "RELEASE"}


def _unavailable(answer: dict[str, Any]) -> set[tuple[str | int, ...]]:
    errors = answer.get("errors", [])
    assert {error["extensions"]["code"] for error in errors} <= {"SOURCE_UNAVAILABLE"}, errors
    return {tuple(error["path"]) for error in errors}


def _agrees(old: Any, new: Any, unavailable: set[tuple[str | int, ...]], path: tuple[str | int, ...] = ()) -> bool:
    if new is None and path in unavailable:
        return True
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_agrees(old[key], new[key], unavailable, (*path, key)) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        pairs = enumerate(zip(old, new, strict=False))
        return len(old) == len(new) and all(_agrees(*pair, unavailable, (*path, index)) for index, pair in pairs)
    return bool(old == new)
