"""Lists inside a column and long texts, multiplied by aliases: they count in cost, rows and bytes. Attack 32."""

from __future__ import annotations

import asyncio

import pytest

from resolvers import journal
from tests.attacks.responses import last_release, sources_queried
from tests.harness import RecordingSource, World

INQUIRY = "@inquiry(purpose: C, reason: INVESTIGATION)"
OWN_INQUIRIES = "query %s { inquiries(first: %d) { total edges { node { id %s } } } }"


async def plant(world: World, *, entries: int, ids: int) -> None:
    """Write entries whose list of records an officer has made long: of people who need not exist."""
    people = {"ids": [f"P9{number:06}" for number in range(ids)]}
    for _ in range(entries):
        response = await world.execute(
            f"query($ids: [ID!]!) {INQUIRY} {{ persons(ids: $ids) {{ id }} }}", variables=people
        )
        assert response.data == {"persons": [None] * ids}


def aliases(field: str, number: int) -> str:
    return " ".join(f"a{each}: {field}" for each in range(number))


@pytest.mark.attack(32)
@pytest.mark.parametrize(
    ("field", "number"),
    [("asked", 480), ("records", 480), ("denied { field }", 240), ("replay { lines { field rule } }", 120)],
)
async def test_aliases_of_a_list_column_are_refused_by_their_cost(world: World, field: str, number: int) -> None:
    response = await world.execute(OWN_INQUIRIES % (INQUIRY, 100, aliases(field, number)))

    assert (response.data, response.codes) == (None, ["TOO_COMPLEX"])
    assert sources_queried(world) == set()


@pytest.mark.attack(32)
async def test_items_of_a_list_column_end_at_the_row_limit(world: World) -> None:
    await plant(world, entries=2, ids=1_000)
    response = await world.execute(OWN_INQUIRIES % (INQUIRY, 10, aliases("asked", 30)))
    page = response.data["inquiries"]
    asked = [
        [len(node.get(f"a{each}") or ()) for each in range(30)] for node in (edge["node"] for edge in page["edges"])
    ]

    assert len({edge["node"]["id"] for edge in page["edges"]}) == page["total"] == 3
    assert sum(map(sum, asked)) <= 20_000
    assert set(response.codes) == {"TOO_COMPLEX"}
    null = [each for each in range(30) if not sum(row[each] for row in asked)]
    assert set(response.codes_by_path) == {f"inquiries.edges.{edge}.node.a{each}" for edge in range(3) for each in null}
    assert last_release(world).outcome == "PARTIAL"


@pytest.mark.attack(32)
async def test_a_list_column_over_the_row_limit_leaves_the_rest(world: World) -> None:
    await plant(world, entries=2, ids=50)
    world.reconfigure(row_limit=90)
    response = await world.execute(OWN_INQUIRIES % (INQUIRY, 3, "asked released"))

    assert response.data["inquiries"]["total"] == 3
    assert [edge["node"]["asked"] for edge in response.data["inquiries"]["edges"]] == [None] * 3
    assert [edge["node"]["released"] for edge in response.data["inquiries"]["edges"]] == [[]] * 3
    assert response.codes_by_path == {f"inquiries.edges.{each}.node.asked": "TOO_COMPLEX" for each in range(3)}


@pytest.mark.attack(32)
async def test_a_reply_ends_at_its_limit_in_bytes(world: World) -> None:
    await plant(world, entries=3, ids=1)
    world.reconfigure(reply_limit=50_000)
    response = await world.execute(OWN_INQUIRIES % (INQUIRY, 100, aliases("documentSha256", 400)))
    fewer = await world.execute(OWN_INQUIRIES % (INQUIRY, 100, aliases("documentSha256", 50)))

    assert response.data == {"inquiries": {"total": None, "edges": None}}
    assert response.codes_by_path == {"inquiries.total": "TOO_COMPLEX", "inquiries.edges": "TOO_COMPLEX"}
    assert (len(fewer.data["inquiries"]["edges"]), fewer.codes) == (5, [])
    assert 5 * 50 * 64 < len(fewer.http.content) < 50_000


@pytest.mark.attack(32)
async def test_rows_that_are_too_many_bytes_to_read_leave_the_rest(world: World) -> None:
    await plant(world, entries=5, ids=1_000)
    world.reconfigure(reply_limit=50_000)
    document = f"""query {INQUIRY} {{
      person(id: "P0000001") {{ id }}
      inquiries {{ total edges {{ node {{ asked }} }} }}
      few: inquiries {{ total edges {{ node {{ id }} }} }}
    }}"""
    response = await world.execute(document)

    assert response.data["person"] == {"id": "P0000001"}
    assert response.data["inquiries"] == {"total": None, "edges": None}
    assert set(response.codes) == {"TOO_COMPLEX"}
    assert response.sources["journal"] == "OK"
    assert last_release(world).outcome == "PARTIAL"
    again = await world.execute(OWN_INQUIRIES % (INQUIRY, 10, ""))
    assert again.data["inquiries"]["total"] == 7


@pytest.mark.attack(32)
async def test_a_field_over_the_size_limit_is_not_journalled_as_released(world: World) -> None:
    world.reconfigure(reply_limit=20_000)
    wanted = " ".join(f"offense_of_this_warrant_{each}: offense" for each in range(400))
    response = await world.execute(f'query {INQUIRY} {{ person(id: "P0000001") {{ id warrants {{ {wanted} }} }} }}')

    assert response.data == {"person": {"id": "P0000001", "warrants": None}}
    assert response.codes_by_path == {"person.warrants": "TOO_COMPLEX"}
    assert response.errors[0]["message"] == (
        "Size limit exceeded; this is not a 'no record' result. Request fewer records or fields."
    )
    assert "Warrant.offense" not in last_release(world).released
    assert "Person.id" in last_release(world).released


@pytest.mark.attack(32)
@pytest.mark.parametrize(("number", "codes"), [(4, []), (5, ["TOO_COMPLEX"])])
async def test_searches_of_the_journal_are_few_in_one_operation(world: World, number: int, codes: list[str]) -> None:
    """A search without an index reads all entries of its caller."""
    searches = " ".join(f'a{each}: inquiries(by: {{outcome: "NO{"X" * each}"}}) {{ total }}' for each in range(number))
    response = await world.execute(f"query {INQUIRY} {{ {searches} }}")

    assert response.codes == codes


@pytest.mark.attack(32)
async def test_searches_of_own_entries_have_a_deadline_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "OWN_SEARCH_DEADLINE_S", 0.02)
    source = world.resources.journal_source
    assert isinstance(source, RecordingSource)
    source.during = lambda _: asyncio.Event().wait()
    response = await world.execute(f'query {INQUIRY} {{ person(id: "P0000001") {{ id }} inquiries {{ total }} }}')

    assert response.data == {"person": {"id": "P0000001"}, "inquiries": {"total": None}}
    assert response.codes_by_path == {"inquiries.total": "SOURCE_UNAVAILABLE"}
    assert response.sources["journal"] == "TIMEOUT"
