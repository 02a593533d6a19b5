"""Numbers of people and records as people type them: found, or refused with what is wrong, and never "none"."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import InvalidSearch
from resolvers.numbers.compact_text import compact
from resolvers.numbers.number_format import CII, FBI, PERSON_ID, PROTECTIVE_ORDER, WARRANT, NumberFormat, ssn_number
from tests.harness import INVESTIGATION, World

FOUND = [
    *('person(id: "P 0000009") { id }', 'person(id: "p-0000009\\n") { id }', 'persons(ids: ["P\u00a00000009"]) { id }'),
    'warrant(number: "W-000000009") { subject { id } }',
    'warrant(number: "w 000 000 009") { subject { id } }',
    'searchPersons(by: {driverLicense: {number: "Z 000 0009", state: " ca"}}) { edges { node { id } } }',
    'searchPersons(by: {driverLicense: {number: "Z-0000009"}}) { edges { node { id } } }',
    'searchPersons(by: {ciiNumber: "A 00000009"}) { edges { node { id } } }',
    'searchPersons(by: {ciiNumber: "\uff2100000\uff1009"}) { edges { node { id } } }',
    'searchPersons(by: {fbiNumber: "000009-dm-0"}) { edges { node { id } } }',
    *(f'searchPersons(by: {{ssn: "{ssn}"}}) {{ edges {{ node {{ id }} }} }}' for ssn in ("999197009", "999 19 7009")),
]
REFUSED = {
    'person(id: "P9")': "id must be P and seven digits, as in P0000001.",
    'person(id: "P00000090")': "id must be P and seven digits, as in P0000001.",
    'person(id: "")': "id must be P and seven digits, as in P0000001.",
    'person(id: "P000000O")': "id must be P and seven digits, as in P0000001.",
    'persons(ids: ["P0000009", "P9"])': "each of ids must be P and seven digits, as in P0000001.",
    'warrant(number: "W9")': "number must be W and nine digits, as in W000000001.",
    'warrant(number: "W00000000\u0669")': "number must be W and nine digits, as in W000000001.",
    'protectiveOrder(number: "000000002")': "number must be H and nine digits, as in H000000002.",
    'criminalHistory(ciiNumber: "A0000009")': "ciiNumber must be A and eight digits, as in A00000001.",
    'searchPersons(by: {ciiNumber: "A0000009"})': "ciiNumber must be A and eight digits, as in A00000001.",
    'searchPersons(by: {fbiNumber: "00009DM0"})': (
        "fbiNumber must be six digits, two letters and a digit, as in 000001DM0."
    ),
    'searchPersons(by: {ssn: "999-19-709"})': "ssn must be written NNN-NN-NNNN.",
    'searchPersons(by: {driverLicense: {number: "Z000009"}})': (
        "number must be a letter and seven digits, as in Z0000001, for California."
    ),
    'searchPersons(by: {driverLicense: {number: "123456"}})': (
        "number must be a letter and seven digits, as in Z0000001, for California."
    ),
    'searchPersons(by: {driverLicense: {number: "", state: "NV"}})': (
        "number must be 1 to 20 letters A to Z and digits."
    ),
    'searchPersons(by: {driverLicense: {number: "Z0000009", state: "Calif"}})': (
        "state must be the two letters of a state, such as CA."
    ),
    'inquiry(id: "1")': "id must be 32 hexadecimal digits, as in extensions.inquiry.id.",
}
PARTS = {"searchPersons": "total", "inquiry": "id", "criminalHistory": "ciiNumber", "person": "id", "persons": "id"}
FORMATS = {"PERSON_ID": PERSON_ID, "CII": CII, "FBI": FBI, "WARRANT": WARRANT, "PROTECTIVE_ORDER": PROTECTIVE_ORDER}
STORED = [
    *(("persons", "person", "id", PERSON_ID), ("persons", "person", "cii_number", CII)),
    *(("persons", "person", "fbi_number", FBI), ("warrants", "warrant", "number", WARRANT)),
    *(("protective_orders", "protective_order", "number", PROTECTIVE_ORDER),),
    *(("criminal_history", "subject", "cii_number", CII),),
]

separators = st.text(st.sampled_from(" -\u2010\u2013\u2212.·\u00a0\u3000\t\r\n\u200b"), max_size=2)


@pytest.mark.parametrize("query", FOUND, ids=ascii)
async def test_a_number_is_found_in_any_spelling(world: World, query: str) -> None:
    response = await world.execute(f"query {INVESTIGATION} {{ {query} }}", role="records")

    assert response.errors == []
    assert '"P0000009"' in response.text


@pytest.mark.parametrize(("field", "message"), REFUSED.items(), ids=map(ascii, REFUSED))
async def test_a_number_of_another_form_is_refused_unread(world: World, field: str, message: str) -> None:
    selected = PARTS.get(re.split(r"\W", field)[0], "number")
    for role in ("records", "patrol", "outsider"):
        response = await world.execute(f"query {INVESTIGATION} {{ {field} {{ {selected} }} }}", role=role)

        assert [each["message"] for each in response.errors] == [message]
        assert response.codes == ["BAD_INPUT"]
        assert world.batches == []


@pytest.mark.parametrize("kind", FORMATS)
@given(data=st.data())
def test_separators_and_small_letters_change_no_number(kind: str, data: st.DataObject) -> None:
    form = FORMATS[kind]
    number = data.draw(st.from_regex(form.pattern, fullmatch=True))
    typed = "".join(data.draw(separators) + each for each in data.draw(st.sampled_from([number, number.lower()])))

    assert form.parse(typed + data.draw(separators), "number") == number


@pytest.mark.parametrize("kind", FORMATS)
@given(text=st.text(max_size=70))
def test_any_text_is_a_number_of_its_form_or_is_refused(kind: str, text: str) -> None:
    form = FORMATS[kind]
    try:
        number = form.parse(text, "number")
    except InvalidSearch:
        assert not form.pattern.fullmatch(text)
        return
    assert form.pattern.fullmatch(number)
    assert form.parse(number, "number") == number


@pytest.mark.parametrize(("source", "table", "column", "form"), STORED, ids=str)
def test_the_sources_store_numbers_in_the_form_that_is_asked(
    seeded: Path, source: str, table: str, column: str, form: NumberFormat
) -> None:
    with closing(sqlite3.connect(seeded / f"{source}.db")) as file:
        numbers = [each for (each,) in file.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")]

    assert len(numbers) > 10
    assert [each for each in numbers if form.parse(each, "number") != each] == []


def test_the_sources_store_social_security_numbers_as_asked(seeded: Path) -> None:
    with closing(sqlite3.connect(seeded / "persons.db")) as file:
        numbers = [each for (each,) in file.execute("SELECT ssn FROM person WHERE ssn IS NOT NULL")]

    assert [each for each in numbers if ssn_number(each.replace("-", "")) != each] == []


async def test_the_journal_is_searched_by_a_number_in_any_spelling(world: World) -> None:
    await world.execute(f'query {INVESTIGATION} {{ person(id: "P0000009") {{ id }} }}')
    document = f"query($record: ID!) {INVESTIGATION} {{ inquiries(by: {{record: $record}}) {{ total }} }}"
    for typed in ("P 0000009", "persons/p-0000009", "\uff300000009"):
        response = await world.execute(document, variables={"record": typed})

        assert response.data == {"inquiries": {"total": 1}}


def test_a_text_longer_than_any_number_is_not_looked_at() -> None:
    assert compact("1" * 64) == "1" * 64
    assert compact("1" * 65) is None
