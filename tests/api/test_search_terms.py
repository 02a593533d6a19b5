"""Searches in the journal: what was searched for is found again by who has the key, and stands nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.config.secret_file import SEARCH_KEY
from audit.entry import Kind
from audit.term_hashes import TermHashes
from resolvers.search_terms import EXPANSIONS
from tests.harness import INVESTIGATION, WITH_CASE, World, running_app

NOBODY_BY_NAME = '{name: {surname: "Zzyzx", given: "Quorra", birthDate: "1990-05-17"}}'
SEARCHES = {
    "name": ("Zzyzx, Quorra", f"searchPersons(by: {NOBODY_BY_NAME}) {{ total }}"),
    "license": ("Y7654321", 'searchPersons(by: {driverLicense: {number: "y-765 4321"}}) { total }'),
    "ssn": ("999-88-7654", 'searchPersons(by: {ssn: "999887654"}) { total }'),
    "cii": ("A99887766", 'searchPersons(by: {ciiNumber: "a 99887766"}) { total }'),
    "fbi": ("998877ZZ6", 'searchPersons(by: {fbiNumber: "998877zz6"}) { total }'),
    "plate": ("8ZZZ888", 'vehicle(by: {plate: {number: "8 zzz-888", state: "NV"}}) { vin }'),
    "vin": ("1HGCM82633A004352", 'searchVehicles(by: {vinEnd: "004352"}) { total }'),
}


def found_by(world: World, kind: str, text: str) -> list[str]:
    """The kinds of the entries with searches that an auditor finds by this name or number."""
    hashes = TermHashes(SEARCH_KEY.read(world.folder))
    meant = {hashes.of(*term) for term in EXPANSIONS[kind](text)}
    return [each.kind.value for each in world.journal_entries() if meant & {*each.searched}]


@pytest.mark.parametrize("kind", SEARCHES)
async def test_a_search_without_a_hit_is_found_and_its_value_stands_nowhere(world: World, kind: str) -> None:
    text, selection = SEARCHES[kind]
    response = await world.execute(f"query {WITH_CASE} {{ {selection} }}", role="records", aal=2)
    intent, release = world.journal_entries()

    assert response.codes == []
    assert found_by(world, kind, text) == ["INTENT"]
    assert intent.search_key == TermHashes(SEARCH_KEY.read(world.folder)).key_id
    assert (release.searched, release.search_key, intent.record_ids) == ((), None, ())
    assert world.journal_is_whole()
    written = b" ".join(each.to_bytes() for each in (intent, release)).upper()
    assert not any(part.upper().encode() in written for part in text.replace("-", "").split(", "))


async def test_a_refused_search_is_recorded_too(world: World) -> None:
    response = await world.execute(f'query {INVESTIGATION} {{ searchPersons(by: {{ssn: "999887654"}}) {{ total }} }}')

    assert set(response.codes) == {"NEED_TO_KNOW"}
    assert found_by(world, "ssn", "999-88-7654") == ["INTENT"]


async def test_a_record_that_is_named_and_a_number_that_is_followed_are_no_searches(world: World) -> None:
    document = f'query {INVESTIGATION} {{ persons(ids: ["P0000001", "P0000002"]) {{ vehicles {{ owner {{ id }} }} }} }}'
    await world.execute(document)

    assert [(each.kind, each.searched, each.search_key) for each in world.journal_entries()] == [
        (Kind.INTENT, (), None),
        (Kind.RELEASE, (), None),
    ]


async def test_the_hashes_of_many_numbers_are_smaller_than_their_request(world: World) -> None:
    plates = " ".join(f'a{n}: vehicle(by: {{plate: {{number: "9Z{n}"}}}}) {{ vin }}' for n in range(100))
    query = f"query {INVESTIGATION} {{ {plates} }}"
    await world.execute(query)
    intent, _ = world.journal_entries()

    assert len({*intent.searched}) == 100
    assert len(" ".join(intent.searched)) < len(query) / 2


async def test_as_many_names_as_an_operation_may_search_for_fit_an_entry(world: World) -> None:
    """Names of which each has two spellings, in all their terms."""
    by = [f'{{name: {{surname: "El M{chr(65 + n % 26)}{chr(65 + n // 26)}ü", given: "Jö Ä"}}}}' for n in range(49)]
    searches = " ".join(f"a{n}: searchPersons(by: {each}, first: 1) {{ total }}" for n, each in enumerate(by))
    response = await world.execute(f"query {INVESTIGATION} {{ {searches} }}")
    intent, _ = world.journal_entries()

    assert response.codes == []
    assert len(intent.searched) > 49 * 10
    assert len(intent.to_bytes()) < 32_000


async def test_equal_searches_of_one_operation_are_recorded_once(world: World) -> None:
    first, second = (f'vehicle(by: {{plate: {{number: "{each}"}}}}) {{ vin }}' for each in ("9ZZ9", "9-zz9"))
    await world.execute(f"query {INVESTIGATION} {{ a: {first} b: {second} }}")

    assert len(world.journal_entries()[0].searched) == 1


@pytest.mark.files
async def test_a_server_with_another_key_says_so_when_it_starts(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running_app(data) as world:
        await world.execute(f'query {INVESTIGATION} {{ vehicle(by: {{plate: {{number: "9ZZ9"}}}}) {{ vin }} }}')
        first = world.resources.term_hashes.key_id
    async with running_app(data):
        assert caplog.messages == []
    (data / SEARCH_KEY.name).write_bytes(bytes(32))
    async with running_app(data) as world:
        second = world.resources.term_hashes.key_id

    (message,) = caplog.messages
    assert f"has the id {second}, and the newest searches in the journal were written with {first}" in message
