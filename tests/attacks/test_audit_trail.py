"""The journal, read by callers with access to own entries only, and by callers without access."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from audit.entry import Kind
from policy.roles import Role
from resolvers.catalogue import record_id
from tests.attacks.data_files import set_subject
from tests.attacks.planted_inquiry import CASE, INQUIRY_ID, USER, plant_inquiry
from tests.attacks.planted_person import PLANTED_VALUES, plant_person
from tests.attacks.responses import journal_text, last_release, normalized_body
from tests.harness import INVESTIGATION, World, sql_text

CHECKOUT = Path(__file__).parents[2]
PAGE = f"""query($by: InquirySearch, $first: Int, $after: String) {INVESTIGATION} {{
  inquiries(by: $by, first: $first, after: $after) {{
    total edges {{ cursor node {{ id user }} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}"""
ONE = f"query($id: ID!) {INVESTIGATION} {{ inquiry(id: $id) {{ id user released replay {{ outcome }} }} }}"
OWN = [role.value for role in Role if role not in {Role.AUDITOR, Role.ADMIN, Role.OUTSIDER}]

# Each filter with arguments that match the planted inquiry of another user, and with arguments that match none.
FILTERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "user": ({"user": USER}, {"user": "nobody"}),
    "agency": ({"agency": "CA9197777"}, {"agency": "CA9190001"}),
    "record": ({"record": "P0000098"}, {"record": "P9999999"}),
    "record, in vain": ({"record": "persons/P0000099"}, {"record": "P9999999"}),
    "record that was seen": ({"record": "P0000098", "seen": True}, {"record": "P9999999", "seen": True}),
    "case": ({"caseNumber": CASE}, {"caseNumber": "none"}),
    "outcome": ({"outcome": "PARTIAL"}, {"outcome": "BROKEN"}),
    "flag": ({"flag": "PLANTED_FLAG"}, {"flag": "NO_FLAG"}),
    "time": (
        {"since": "2026-03-01T12:00:00Z", "until": "2026-03-01T12:00:01Z"},
        {"since": "2020-03-01T12:00:00Z", "until": "2020-03-01T12:00:01Z"},
    ),
    "all of them": ({"user": USER, "caseNumber": CASE, "record": "P0000098"}, {"user": "nobody", "caseNumber": "0"}),
}


@pytest.mark.parametrize(("finds", "finds_not"), FILTERS.values(), ids=FILTERS)
async def test_no_filter_distinguishes_another_user_s_inquiry_from_none(
    world: World, finds: dict[str, Any], finds_not: dict[str, Any]
) -> None:
    await plant_inquiry(world)
    page = await world.execute(PAGE, role="auditor", variables={"by": finds})
    assert [edge["node"]["id"] for edge in page.data["inquiries"]["edges"]] == [INQUIRY_ID]

    for role in OWN:
        hidden = await world.execute(PAGE, role=role, variables={"by": finds})
        absent = await world.execute(PAGE, role=role, variables={"by": finds_not})

        assert hidden.data["inquiries"]["total"] == 0
        assert normalized_body(hidden) == normalized_body(absent)


async def test_another_user_s_inquiry_looks_absent_by_id(world: World) -> None:
    await plant_inquiry(world)
    assert (await world.execute(ONE, role="auditor", variables={"id": INQUIRY_ID})).data["inquiry"]["user"] == USER

    for role in OWN:
        hidden = await world.execute(ONE, role=role, variables={"id": INQUIRY_ID})
        absent = await world.execute(ONE, role=role, variables={"id": "f" * 32})

        assert hidden.data == {"inquiry": None}
        assert normalized_body(hidden) == normalized_body(absent)


async def test_pages_and_counts_cover_own_inquiries_only(world: World) -> None:
    await plant_inquiry(world)
    for _ in range(3):
        for role in ("jail", "patrol"):
            await world.execute(f'query {INVESTIGATION} {{ person(id: "P0000001") {{ id }} }}', role=role)
    users, after, total = [], None, 0
    while True:
        found = (await world.execute(PAGE, variables={"first": 1, "after": after})).data["inquiries"]
        users += [edge["node"]["user"] for edge in found["edges"]]
        total, after = found["total"], found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break

    # Each read of a page is a new inquiry, newer than the first page.
    assert users == ["demo-patrol"] * 4
    assert total == 3 + 4


async def test_an_auditor_s_cursor_is_invalid_for_others(world: World) -> None:
    await plant_inquiry(world)
    cursor = (await world.execute(PAGE, role="auditor")).data["inquiries"]["edges"][0]["cursor"]
    response = await world.execute(PAGE, variables={"after": cursor})

    assert response.codes == ["BAD_INPUT"]
    assert world.statements == []


async def test_statements_bind_a_caller_limited_to_own_inquiries(world: World) -> None:
    for role in OWN:
        for document, variables in ((PAGE, {"by": {"user": USER, "record": "P0000001"}}), (ONE, {"id": INQUIRY_ID})):
            await world.execute(document, role=role, variables=variables)

            ((source, request),) = world.log
            assert source == "journal"
            assert " inquiry.user = :caller " in sql_text(request)
            assert request.parameters["caller"] == f"demo-{role}"


async def test_a_search_of_own_inquiries_reads_own_entries_only(world: World) -> None:
    """Entries of others for the same record or case then cost no time, so time reveals nothing."""
    for by, _ in FILTERS.values():
        await world.execute(PAGE, variables={"by": by})

        (text,) = world.statements
        assert text.count("INDEXED BY entry_by_user") == text.count("INDEXED BY") == 2
        assert " about " not in text


@pytest.mark.parametrize("role", ["admin", "outsider"])
async def test_a_role_without_journal_access_reads_none_of_it(world: World, role: str) -> None:
    await plant_inquiry(world)
    for document, variables in ((PAGE, {"by": {"user": USER}}), (ONE, {"id": INQUIRY_ID})):
        response = await world.execute(document, role=role, variables=variables)

        assert set(response.codes) == {"NEED_TO_KNOW"}
        assert {error["extensions"]["recordClass"] for error in response.errors} == {"AUDIT_TRAIL"}
        assert world.statements == []
        assert {denied.record_class for denied in last_release(world).denied} == {"AUDIT_TRAIL"}


@pytest.mark.attack(20)
async def test_own_record_flag_is_visible_to_auditors_only(world: World) -> None:
    set_subject(world.folder, "THORNQUIST", user="demo-patrol")
    await world.execute(f'query {INVESTIGATION} {{ person(id: "P0000001") {{ id }} }}')
    assert last_release(world).flags == ("NO_CASE", "OWN_RECORD")

    document = (
        f"query($by: InquirySearch) {INVESTIGATION} {{ inquiries(by: $by) {{ total edges {{ node {{ flags }} }} }} }}"
    )
    own = await world.execute(document, variables={"by": {"record": "P0000001"}})
    by_flag = await world.execute(document, variables={"by": {"flag": "OWN_RECORD"}})
    auditor = await world.execute(document, role="auditor", variables={"by": {"flag": "OWN_RECORD"}})

    assert own.data == {"inquiries": {"total": 1, "edges": [{"node": {"flags": None}}]}}
    assert by_flag.data == {"inquiries": {"total": 0, "edges": []}}
    assert auditor.data == {"inquiries": {"total": 1, "edges": [{"node": {"flags": ["NO_CASE", "OWN_RECORD"]}}]}}


async def test_no_record_value_is_in_the_journal_or_in_its_responses(world: World) -> None:
    plant_person(world.folder)
    everything = (CHECKOUT / "docs" / "everything.graphql").read_text("utf-8")
    for role in ("records", "court"):
        shown = await world.execute(everything, role=role, aal=2, variables={"id": "P0000002", "case": "26-1"})
        assert "2280 Magnolia Ave" in shown.text
    fields = """id traceId at kind user role agency certifiedUntil backgroundClearedOn fingerprintedOn employedOn
      trainedOn recertifiedOn assurance terminal address purpose reason caseNumber attention
      operationName documentSha256 trustedDocument policyVersion asked records released masked filters outcome flags
      denied { field recordClass rule needs } exclusions { field recordClass rule needs } sources { name status }
      replay { outcome lines { field recordClass rule needs journalled decided agrees } }"""
    response = await world.execute(
        f"query {INVESTIGATION} {{ inquiries {{ edges {{ node {{ {fields} }} }} }} }}", role="auditor"
    )
    written = journal_text(world.journal_entries()) + response.text

    of_records = {name: value for name, value in PLANTED_VALUES.items() if not name.startswith(JOURNAL_ROOTS)}
    secrets = {
        word
        for value in of_records.values()
        for word in (value if isinstance(value, list) else [value])
        if isinstance(word, str) and len(word) > 4 and record_id(word) is None
    }
    assert response.errors == []
    assert len(secrets) > 40
    # RELEASED is also the outcome of a field; the custody itself is in no entry.
    assert {secret for secret in secrets if secret in written} == {"RELEASED"}


JOURNAL_ROOTS = ("Inquiry", "Withheld", "SourceAnswer", "Replay")


async def test_a_read_of_the_journal_is_journalled_with_its_filters(world: World) -> None:
    variables = {
        "by": {"record": "p0000001", "user": "demo-patrol", "since": "2026-01-01T00:00:00-08:00", "seen": True}
    }
    await world.execute(PAGE, role="auditor", variables=variables)
    await world.execute(ONE, role="patrol", variables={"id": INQUIRY_ID})
    searched, found, intent, release = world.journal_entries()

    assert (searched.kind, found.kind, intent.kind, release.kind) == (Kind.INTENT, Kind.RELEASE) * 2
    assert {searched.user, found.user} == {"demo-auditor"}
    assert set(searched.filters) == set(found.filters) == {
        "record=persons/P0000001",
        "user=demo-patrol",
        "since=2026-01-01T08:00:00.000000+00:00",
        "seen=True",
    }  # fmt: skip
    assert intent.record_ids == (f"journal/{INQUIRY_ID}",)
    assert release.record_ids == ()


BAD = {
    "a number that is no record's": {"record": "999-12-7002"},
    "a source that there is not": {"record": "guns/G000000001"},
    "a number of another source": {"record": "warrants/P0000001"},
    "a user of many lines": {"user": "demo\npatrol"},
    "a user of too many words": {"user": "x" * 65},
    "no user": {"user": ""},
    "an agency that is none": {"agency": "999-12-7002"},
    "an outcome that is no word": {"outcome": "999-12-7002"},
    "a flag that is no word": {"flag": "own record"},
    "a case that cannot be printed": {"caseNumber": "\x1b[2J"},
    "a moment without a zone": {"since": "2026-01-01T00:00:00"},
    "a moment that is none": {"until": "999-12-7002"},
    "seen without a record": {"seen": True},
}


@pytest.mark.parametrize("by", BAD.values(), ids=BAD)
async def test_the_journal_cannot_be_searched_for_values_it_may_not_hold(world: World, by: dict[str, Any]) -> None:
    response = await world.execute(PAGE, role="auditor", variables={"by": by})

    assert set(response.codes) == {"BAD_INPUT"}
    assert response.data is None
    assert world.statements == []
    (entry,) = world.journal_entries()
    assert (entry.kind, entry.filters) == (Kind.REFUSAL, ())
    assert "999-12-7002" not in response.text + journal_text([entry])
