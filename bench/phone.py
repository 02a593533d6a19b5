"""A field stop on a phone: `python -m bench.phone`.

The field app in Chromium, in the size of a phone, over a network like 3G. Each plate is asked twice, as one reply and
in parts, of a server whose sources are as slow as a profile says. Times are from the tap to two frames after the
page has changed.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from playwright.async_api import CDPSession, Page, Playwright, async_playwright
from rich.console import Console
from rich.table import Table

from bench.contenders import serve
from bench.data_folder import BUILD, fresh_data_folder, world_folder
from bench.machine import CpuMonitor
from bench.parts import JSON, PEOPLE, PROFILES, STOPS
from bench.processes import ReportProgress, Server, serving
from bench.results import percentile
from bench.workloads import DEMO_PEOPLE

SIZE: Final = {"width": 390, "height": 844}
NETWORK: Final = {"offline": False, "latency": 300, "downloadThroughput": 700_000 / 8, "uploadThroughput": 250_000 / 8}
LONGEST_S = 30
ROLE: Final = "investigator"
WHOLE, IN_PARTS = "one reply", "in parts"
KNOWN = "SELECT license_number FROM person WHERE cii_number IS NOT NULL AND license_state = 'CA' AND id > ?"
OWNED = """SELECT plate, owner_license FROM vehicle
  WHERE plate_state = 'CA' AND owner_license_state = 'CA' AND plate IS NOT NULL AND subject_user IS NULL ORDER BY vin"""

# Each fact is on the screen when its section no longer says that it is still asked.
SECTION = """[...document.querySelectorAll('.fact')]
  .some((each) => each.querySelector('h4')?.textContent === '%s' && each.dataset.is !== 'asked')"""
FACTS: Final = {"warrants": SECTION % "Warrants", "history": SECTION % "Criminal history"}

# Notes when each chunk of a response arrives, and when each fact is on the screen, since the tap.
WATCH = """
window.arrivals = [];
const original = window.fetch;
window.fetch = async (...request) => {
  const response = await original(...request);
  const note = new TransformStream({
    transform(chunk, passed) {
      arrivals.push(performance.now());
      passed.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(note), response);
};
window.watch = (facts) =>
  new Promise((resolve) => {
    const waiting = new Map(Object.entries(facts));
    const shown = {};
    let tapped;
    addEventListener('click', () => (tapped = performance.now()), { capture: true, once: true });
    const observer = new MutationObserver(() => {
      for (const [name, test] of waiting) {
        if (tapped === undefined || !test()) continue;
        waiting.delete(name);
        const arrived = arrivals.at(-1);
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            const now = performance.now();
            shown[name] = [now - tapped, now - arrived];
            if (Object.keys(shown).length === Object.keys(facts).length) {
              observer.disconnect();
              resolve(shown);
            }
          }),
        );
      }
    });
    observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
  });
"""
TESTS = ", ".join(f"{name}: () => {test}" for name, test in FACTS.items())
BEGIN = f"() => {{ window.watched = window.watch({{ {TESTS} }}); }}"


@dataclass(frozen=True, slots=True)
class Shown:
    """Milliseconds until facts are on the screen: since the tap, and since the arrival of their part."""

    since_tap: dict[str, float]
    since_arrival: dict[str, float]


Stops = dict[str, list[Shown]]


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench.phone", description=__doc__)
    arguments.add_argument("--stops", type=int, default=STOPS, help="stops of each profile")
    options = arguments.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not on this machine: install it, for example with apt.")
    console = Console()
    monitor = CpuMonitor()
    with console.status("") as status:
        data = world_folder(BUILD, PEOPLE, status.update)
        found = {each: asyncio.run(measure(data, each, options.stops, chromium, status.update)) for each in PROFILES}
    for profile, stops in found.items():
        console.print(table(profile, stops))
    console.print(f"Other work used {monitor.other_cpu_percent()}% of the machine's CPU.")


def plates(data: Path, count: int) -> list[str]:
    """Plates of cars whose owner has a criminal history number."""
    with closing(_opened(data / "vehicles.db")) as vehicles, closing(_opened(data / "persons.db")) as persons:
        known = {licence for (licence,) in persons.execute(KNOWN, [f"P{DEMO_PEOPLE:07}"])}
        return random.Random(1).sample([plate for plate, owner in vehicles.execute(OWNED) if owner in known], count)


async def measure(data: Path, profile: str, count: int, chromium: str, report_progress: ReportProgress) -> Stops:
    """Stops one after another, each as one reply and in parts, in turns."""
    folder = fresh_data_folder(data, data.with_name(f"{data.name}-phone"))
    stops: Stops = {WHOLE: [], IN_PARTS: []}
    with serving([*serve(folder), "--profile", profile], settings={"NEEDTOKNOW_FIELD": "yes"}) as server:
        async with async_playwright() as playwright:
            page, network = await phone(playwright, chromium, server)
            for number, plate in enumerate(plates(data, count + 1)):
                report_progress(f"{profile}: stop {number} of {count}")
                for way in (WHOLE, IN_PARTS)[:: (-1) ** number]:
                    shown = await stop(page, network, way, plate)
                    if number > 0:  # the first request plans the operation
                        stops[way].append(shown)
    return stops


async def phone(playwright: Playwright, chromium: str, server: Server) -> tuple[Page, CDPSession]:
    """The field app on a phone with a slow network, signed in."""
    browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
    context = await browser.new_context(viewport=SIZE, is_mobile=True, has_touch=True)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.add_init_script(WATCH)
    await page.goto(f"http://127.0.0.1:{server.port}/field")
    await page.get_by_role("button", name=ROLE).click()
    network = await context.new_cdp_session(page)
    await network.send("Network.enable")
    await network.send("Network.emulateNetworkConditions", NETWORK)
    return page, network


async def stop(page: Page, network: CDPSession, way: str, plate: str) -> Shown:
    """One stop: the plate is asked, both facts come, and the stop is ended."""
    # A server that is asked for JSON alone ignores @defer.
    await network.send("Network.setExtraHTTPHeaders", {"headers": {"Accept": JSON} if way == WHOLE else {}})
    await page.get_by_role("textbox", name="Plate", exact=True).fill(plate)
    await page.evaluate(BEGIN)
    await page.get_by_role("button", name="Check plate").tap()
    async with asyncio.timeout(LONGEST_S):
        shown: dict[str, tuple[float, float]] = await page.evaluate("window.watched")
    await page.get_by_role("button", name="End stop").tap()
    return Shown(
        {name: since_tap for name, (since_tap, _) in shown.items()},
        {name: since_arrival for name, (_, since_arrival) in shown.items()},
    )


def table(profile: str, stops: Stops) -> Table:
    """Median and p90 of each fact and way."""
    shown = Table(
        "", "warrants median ms", "p90", "history median ms", "p90", title=f"{profile}: {len(stops[WHOLE])} stops"
    )
    for way, found in stops.items():
        shown.add_row(way, *_figures([each.since_tap for each in found]))
    arrivals = [each.since_arrival for each in stops[IN_PARTS]]
    shown.add_row("in parts, since the part arrived", *_figures(arrivals))
    return shown


def _figures(times: Sequence[dict[str, float]]) -> list[str]:
    figures = []
    for fact in FACTS:
        values = sorted(each[fact] for each in times)
        figures += [f"{median(values):,.0f}", f"{percentile(values, 90):,.0f}"]
    return figures


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


if __name__ == "__main__":
    main()
