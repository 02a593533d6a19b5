"""The field app when something fails: it says so in a sentence, keeps what came, and loses no step."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Route, expect

from tests.system.breaking_network import DEADLINES, UNANSWERED, network_to
from tests.system.field_visit import FieldVisit, phone, visit_of
from tests.system.server import demo_server

ON = {"NEEDTOKNOW_FIELD": "yes"}
PLATE = "1N00001"
GRAVEST = "ARMED AND DANGEROUS"
NOT_NONE = "NOT “no record”"


async def ask_victor(visit: FieldVisit) -> None:
    await visit.ask("Plate", Plate=PLATE)


async def test_without_a_network_it_says_so_and_keeps_the_answer(visit: FieldVisit) -> None:
    await visit.sign_in()
    await ask_victor(visit)
    await visit.answered()

    await visit.page.context.set_offline(True)
    await expect(visit.page.get_by_text("No network.")).to_be_visible()
    await expect(visit.banner).to_contain_text(GRAVEST)
    await visit.ask("Plate", Plate="1NTK002")
    await expect(visit.failure).to_contain_text("No connection: nothing was checked.")

    await visit.page.context.set_offline(False)
    await expect(visit.page.get_by_text("No network.")).to_have_count(0)
    await visit.failure.get_by_role("button").click()
    await visit.answered()
    await expect(visit.banner).to_contain_text("PROTECTIVE ORDER")


async def test_a_question_asked_again_is_not_answered_by_the_past(visit: FieldVisit) -> None:
    await visit.sign_in()
    await ask_victor(visit)
    await visit.answered()

    await visit.page.context.set_offline(True)
    await ask_victor(visit)
    await expect(visit.failure).to_contain_text("No connection: nothing was checked.")
    await expect(visit.banner).to_have_count(0)


async def test_a_server_that_leaves_in_the_middle_takes_nothing_away(
    tool: Callable[[str], str], few_people: Path, tmp_path: Path
) -> None:
    profile = tmp_path / "unanswered.toml"
    profile.write_text(UNANSWERED)
    with demo_server(few_people, {**ON, **DEADLINES, "NEEDTOKNOW_PROFILE": str(profile)}) as server:
        async with network_to(server) as (url, break_off), phone(tool) as context:
            visit = await visit_of(context, url)
            await visit.sign_in("records")
            await ask_victor(visit)
            await expect(visit.fact("Warrants")).to_contain_text("ROBBERY")
            await expect(visit.fact("Criminal history")).to_contain_text("still asked")
            break_off()

            await expect(visit.failure).to_contain_text("The connection broke in the middle.")
            await expect(visit.fact("Warrants")).to_contain_text("ROBBERY")
            await expect(visit.banner).to_contain_text(GRAVEST)
            await expect(visit.fact("Criminal history")).to_contain_text(NOT_NONE)
            await expect(visit.sources.get_by_role("listitem").first).to_contain_text("Criminal history")
            await expect(visit.sources.get_by_role("listitem").first).to_contain_text(NOT_NONE)


async def test_after_the_token_has_ended_the_same_question_is_asked_again(visit: FieldVisit) -> None:
    async def end_token(route: Route) -> None:
        await route.continue_(headers={**route.request.headers, "authorization": "Bearer ended"})

    await visit.sign_in()
    await visit.page.get_by_label("Case number").fill("26-1")
    await visit.page.route("**/graphql", end_token)
    await ask_victor(visit)
    await expect(visit.failure).to_contain_text("Your sign-in has ended: nothing was checked.")
    await visit.page.unroute("**/graphql")

    await visit.failure.get_by_role("button", name="Sign in again").click()
    await visit.answered()
    await expect(visit.banner).to_contain_text(GRAVEST)
    await visit.page.get_by_role("button", name="New check").click()
    await expect(visit.page.get_by_label("Case number").first).to_have_value("26-1")


@pytest.mark.parametrize("seconds", [3_600, -3_600], ids=["ahead", "behind"])
async def test_a_clock_that_is_an_hour_off_changes_no_answer(visit: FieldVisit, seconds: int) -> None:
    await visit.page.add_init_script(f"const now = Date.now; Date.now = () => now() + {seconds * 1_000};")
    await visit.sign_in()
    await ask_victor(visit)

    await visit.answered()
    await expect(visit.banner).to_contain_text(GRAVEST)
    await expect(visit.failure).to_have_count(0)


def without_part(reply: str, label: str) -> str:
    """A reply without the deferred fragments of a label, as if nobody had sent them."""
    lines = reply.split("\r\n")
    for number, line in enumerate(lines):
        if line.startswith("{"):
            payload = json.loads(line)
            sent = [each for each in payload.get("incremental", []) if each.get("label") != label]
            if "incremental" in payload:
                lines[number] = json.dumps({**payload, "incremental": sent})
    return "\r\n".join(lines)


@pytest.mark.parametrize(("label", "title"), [("warrants", "Warrants"), ("orders", "Protective orders")])
async def test_a_part_that_is_missing_is_never_none(visit: FieldVisit, label: str, title: str) -> None:
    async def lose_part(route: Route) -> None:
        response = await route.fetch()
        whole = await response.text()
        lost = without_part(whole, label)
        assert lost != whole
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        await route.fulfill(status=response.status, headers=headers, body=lost)

    await visit.sign_in()
    await visit.page.route("**/graphql", lose_part)
    await ask_victor(visit)

    await expect(visit.fact(title)).to_contain_text(NOT_NONE)
    await expect(visit.banner).to_contain_text(GRAVEST)


async def test_a_source_that_is_down_is_never_none(
    tool: Callable[[str], str], tmp_path: Path, few_people: Path
) -> None:
    profile = tmp_path / "down.toml"
    profile.write_text("seed = 1\n[warrants]\n[[warrants.outages]]\nfrom_s = 0\n")
    with demo_server(few_people, {**ON, "NEEDTOKNOW_PROFILE": str(profile)}) as server:
        async with phone(tool) as context:
            visit = await visit_of(context, server.url)
            await visit.sign_in()
            await visit.ask("Licence", Licence_number="Z0000003")
            await visit.answered()

            first = visit.banner.get_by_role("listitem").first
            await expect(first).to_contain_text("WANTED PERSONS DID NOT ANSWER")
            await expect(first).to_contain_text(NOT_NONE)
            await expect(visit.fact("Warrants")).to_contain_text(f"Warrants did not answer: {NOT_NONE}")
            await expect(visit.banner).not_to_contain_text("NOTHING KNOWN")
            await expect(visit.sources.get_by_role("listitem").first).to_contain_text("Warrants")


async def test_a_server_that_is_gone_says_that_nothing_was_checked(visit: FieldVisit) -> None:
    await visit.sign_in()
    await visit.page.route("**/graphql", lambda route: route.abort("connectionrefused"))
    await ask_victor(visit)

    await expect(visit.failure).to_contain_text("nothing was checked")
    await expect(visit.answer).not_to_contain_text("none")
    assert urlsplit(visit.page.url).path == "/field"
