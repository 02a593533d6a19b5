"""VINs as people type them: found, or refused with what is wrong; parts of one and old ones are searched."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import InvalidSearch
from resolvers.numbers import vin
from resolvers.numbers.vin import check_digit, vin_number
from tests.harness import INVESTIGATION, World, running_app

BY_VIN = f"query($vin: ID!) {INVESTIGATION} {{ vehicle(by: {{vin: $vin}}) {{ vin }} }}"
FIND = (
    f"query($by: VehicleSearch!) {INVESTIGATION} {{ searchVehicles(by: $by) {{ total edges {{ node {{ vin }} }} }} }}"
)

VIN = "1HGCR2F88KZ000002"
TYPED = ["1HGCR 2F88KZ 000002", "1HG-CR2F88-KZ000002", "1hgcr2f88kz000002", "\uff11HGCR2F88KZ000002", f" {VIN}\n"]
REFUSED = {
    "1HGCR2F88KZ00002": vin.INVALID_VIN,
    "1HGCR2F88KZ0000022": vin.INVALID_VIN,
    "": vin.INVALID_VIN,
    "1HGCR2F88KZ*00002": vin.INVALID_VIN,
    "1HGCR2F88KZ00000\u0412": vin.INVALID_VIN,
    "IHGCR2F88KZ000002": vin.LOOKALIKES,
    "1HGCR2F88KZ0O0002": vin.LOOKALIKES,
    "1HGCR2F88KZQ00002": vin.LOOKALIKES,
    "0" * 17: vin.ALL_ZEROS,
    "1HGCR2F87KZ000002": vin.WRONG_CHECK_DIGIT,
    "1HGCR2F88KZ000020": vin.WRONG_CHECK_DIGIT,
}
BEFORE_1981 = ["1F66U9N1000", "194676S1001", "1Z37L4S400001", "WP0ZZ91179S1234", "113.042-10-001234"]


@pytest.mark.parametrize("typed", TYPED, ids=ascii)
async def test_a_vin_is_found_in_any_spelling(world: World, typed: str) -> None:
    response = await world.execute(BY_VIN, variables={"vin": typed})

    assert response.data == {"vehicle": {"vin": VIN}}


@pytest.mark.parametrize(("typed", "message"), REFUSED.items(), ids=map(ascii, REFUSED))
async def test_what_is_no_vin_is_refused_with_what_is_wrong(world: World, typed: str, message: str) -> None:
    response = await world.execute(BY_VIN, variables={"vin": typed})

    assert [each["message"] for each in response.errors] == [message]
    assert response.codes == ["BAD_INPUT"]
    assert world.batches == []


@pytest.mark.parametrize("length", [8, 11, 16, 17])
async def test_a_part_of_a_vin_is_searched(world: World, length: int) -> None:
    response = await world.execute(FIND, variables={"by": {"vinStart": VIN[:length].lower()}})
    found = [edge["node"]["vin"] for edge in response.data["searchVehicles"]["edges"]]

    assert VIN in found
    assert {each[:length] for each in found} == {VIN[:length]}


@pytest.mark.parametrize("typed", ["1HGCR2F", "1HGCR2F88KZ0000022", "", "1HGCR2F8%", "~~~~~~~~"])
async def test_a_part_that_is_too_short_or_no_vin_is_refused(world: World, typed: str) -> None:
    response = await world.execute(FIND, variables={"by": {"vinStart": typed, "make": "HOND"}})

    assert [each["message"] for each in response.errors] == [vin.INVALID_START]
    assert world.batches == []


@pytest.mark.parametrize("length", [6, 8, 17])
async def test_the_end_of_a_vin_is_searched(world: World, length: int) -> None:
    by = {"vinEnd": f" {VIN[-length:].lower()}"}
    alone = await world.execute(FIND, variables={"by": by})
    with_start = await world.execute(FIND, variables={"by": by | {"vinStart": VIN[:8]}})

    assert {"node": {"vin": VIN}} in alone.data["searchVehicles"]["edges"]
    assert {each["node"]["vin"][-length:] for each in alone.data["searchVehicles"]["edges"]} == {VIN[-length:]}
    assert with_start.data == {"searchVehicles": {"total": 1, "edges": [{"node": {"vin": VIN}}]}}


@pytest.mark.parametrize("typed", ["00002", f"{VIN}2", "", "%00002", "00000\u0412"], ids=ascii)
async def test_an_end_that_is_too_short_or_no_vin_is_refused(world: World, typed: str) -> None:
    response = await world.execute(FIND, variables={"by": {"vinEnd": typed}})

    assert [each["message"] for each in response.errors] == [vin.INVALID_END]
    assert world.batches == []


@pytest.mark.parametrize("typed", BEFORE_1981)
async def test_a_vin_from_before_1981_is_searched_and_journalled(data: Path, typed: str) -> None:
    stored = typed.replace(".", "").replace("-", "")
    with closing(sqlite3.connect(data / "vehicles.db")) as file, file:
        file.execute("UPDATE vehicle SET vin = ? WHERE vin = ?", [stored, VIN])
    async with running_app(data) as world:
        response = await world.execute(FIND, variables={"by": {"vinStart": typed}})
        by_end = await world.execute(FIND, variables={"by": {"vinEnd": typed[-7:]}})

        assert response.data == {"searchVehicles": {"total": 1, "edges": [{"node": {"vin": stored}}]}}
        assert by_end.data == response.data
        assert f"vehicles/{stored}" in world.journal_entries()[-1].record_ids


@given(st.sampled_from(range(17)), st.sampled_from("0123456789ABCDEFGHJKLMNPRSTUVWXYZ"))
def test_no_vin_with_one_wrong_character_is_taken_for_another(place: int, character: str) -> None:
    changed = f"{VIN[:place]}{character}{VIN[place + 1 :]}"
    if check_digit(changed) == changed[8]:
        assert vin_number(changed) == changed
    else:
        with pytest.raises(InvalidSearch, match="check digit"):
            vin_number(changed)


def test_the_sources_store_vins_in_the_form_that_is_asked(seeded: Path) -> None:
    with closing(sqlite3.connect(seeded / "vehicles.db")) as file:
        numbers = [each for (each,) in file.execute("SELECT vin FROM vehicle")]

    assert len(numbers) > 100
    assert [each for each in numbers if vin_number(each.lower()) != each] == []
