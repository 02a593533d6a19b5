"""The scenes of the README and of the pages. One more picture is one more scene."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Page, expect

from docs.pictures.scene import CHECKOUT, Scene
from tests.system.graphiql_visit import Visit
from tests.system.server import DemoServer, needtoknow

PLATE = "1N00001"
DESIGN = ("reports/*.py", "reports/templates/*")
PEOPLE = "seed/data/demo_people.toml"


async def field_app(page: Page, server: DemoServer) -> None:
    """The answer about a plate, as a patrol officer sees it on the phone in the car."""
    await page.goto(f"{server.url}/field")
    await page.get_by_role("button", name="Patrol").click()
    await page.get_by_label("For whom").fill("Ashgrove 4417")
    await page.get_by_role("textbox", name="Plate").fill(PLATE)
    await page.get_by_role("button", name="Check plate").click()
    await expect(page.get_by_role("region", name="Sources")).to_be_attached()
    await expect(page.locator("[data-status=unanswered]")).to_have_count(0)
    await expect(page.get_by_text("ARMED AND DANGEROUS").first).to_be_visible()


async def graphiql(page: Page, server: DemoServer) -> None:
    """The response to a traffic stop, with the safety lines and a card of each person and vehicle."""
    visit = Visit(page, server.url)
    await visit.open()
    await visit.run()
    await expect(page.get_by_role("region", name="Safety").get_by_role("listitem").first).to_be_visible()


async def plain_graphiql(page: Page, server: DemoServer) -> None:
    """The same on a phone, where the plain editor opens."""
    visit = Visit(page, server.url)
    await visit.open("")
    await visit.run_plainly()
    # The page scrolled to its response, and a picture begins at the top of the page.
    await page.evaluate("scrollTo(0, 0)")


async def misuse_report(page: Page, server: DemoServer) -> None:
    """The report on a journal of 100 officers, with misuse planted in it."""
    folder, file = server.data / "department", server.data / "report.html"
    if not file.exists():
        await _run("python", "-m", "bench.misuse", "--inquiries", "20000", "--write", str(folder))
        files = ("--ended", f"{folder}/ended.txt", "--sexes", f"{folder}/sexes.txt", "--html", str(file))
        await _run("needtoknow", "audit", "report", "--data", str(folder), "--verify", *files)
    await page.goto(file.as_uri())


async def waterfall(page: Page, _: DemoServer) -> None:
    """The trace of docs/traces.md: one question to all twelve sources, each as slow as on a busy day."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "trace.html"
        file.write_text(needtoknow("trace", "html", "8d1f", "--traces", str(CHECKOUT / "tests" / "traces")), "utf-8")
        await page.goto(file.as_uri())


async def _run(program: str, *arguments: str) -> None:
    """A program of this environment, which must succeed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=CHECKOUT, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    if await process.wait() != 0:
        raise SystemExit(f"{' '.join(command)} failed")


GRAPHIQL_SOURCES = ("api/graphiql/dist/**/*", "api/graphiql/tabs/*", PEOPLE)

SCENES = (
    Scene("field", field_app, 390, 844, 1.5, ("dark",), ("api/field/dist/**/*", PEOPLE)),
    Scene("graphiql", graphiql, 1_280, 844, 1, ("light", "dark"), GRAPHIQL_SOURCES),
    Scene("graphiql-phone", plain_graphiql, 390, 844, 1, ("light",), GRAPHIQL_SOURCES),
    Scene(
        "report",
        misuse_report,
        1_000,
        840,
        1,
        ("light", "dark"),
        (*DESIGN, "audit/misuse/*.py", "audit/misuse/templates/*", "bench/misuse/*.py"),
    ),
    Scene(
        "waterfall",
        waterfall,
        1_000,
        840,
        1,
        ("light", "dark"),
        (*DESIGN, "traces/*.py", "traces/templates/*", "tests/traces/*.jsonl"),
    ),
)
