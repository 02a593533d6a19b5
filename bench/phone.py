"""A field stop on a phone: `python -m bench.phone`.

Chromium in the size of a phone, over a network like 3G. Each stop is asked twice, as a whole and in parts, of a
server whose sources are as slow as a profile says. Times are from the tap to two frames after the page has changed.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from playwright.async_api import CDPSession, Page, Playwright, Route, async_playwright
from rich.console import Console
from rich.table import Table

from api.auth.demo_issuer import DemoIssuer
from bench.builds import CHECKOUT
from bench.contenders import TOKEN_MINUTES, serve
from bench.data_folder import BUILD, fresh_data_folder, world_folder
from bench.machine import CpuMonitor
from bench.parts import JSON, PEOPLE, PROFILES, STOPS, variables
from bench.processes import ReportProgress, Server, serving
from bench.results import percentile
from policy.roles import Role

SIZE: Final = {"width": 390, "height": 844}
NETWORK: Final = {"offline": False, "latency": 300, "downloadThroughput": 700_000 / 8, "uploadThroughput": 250_000 / 8}
LONGEST_S = 30
WHOLE, IN_PARTS = "one reply", "in parts"
PAGE = CHECKOUT / "tests" / "system" / "parts_page" / "index.html"
SCRIPT = CHECKOUT / "docs" / "clients" / "parts.mjs"
FACTS = {
    "warrants": "document.querySelector('li') !== null",
    "history": "[...document.querySelectorAll('li')].some(({ textContent }) => /^HISTORY [n0-9]/.test(textContent))",
}

ASK = """([facts, ...request]) => {
  document.getElementById('shown').replaceChildren();
  return window.watch(facts, () => window.stop(...request));
}"""
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
window.watch = (facts, tap) =>
  new Promise((resolve) => {
    const tests = new Map(Object.entries(facts).map(([name, test]) => [name, new Function(`return ${test}`)]));
    const shown = {};
    const began = performance.now();
    const observer = new MutationObserver(() => {
      for (const [name, test] of tests) {
        if (test()) {
          tests.delete(name);
          const arrived = arrivals.at(-1);
          requestAnimationFrame(() =>
            requestAnimationFrame(() => {
              const now = performance.now();
              shown[name] = [now - began, now - arrived];
              if (Object.keys(shown).length === Object.keys(facts).length) {
                observer.disconnect();
                resolve(shown);
              }
            }),
          );
        }
      }
    });
    observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
    tap();
  });
"""


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


async def measure(data: Path, profile: str, count: int, chromium: str, report_progress: ReportProgress) -> Stops:
    """Stops one after another, each as a whole and in parts, in turns."""
    folder = fresh_data_folder(data, data.with_name(f"{data.name}-phone"))
    token = DemoIssuer.open(folder).token(Role.INVESTIGATOR, aal=2, minutes=TOKEN_MINUTES)
    stops: Stops = {WHOLE: [], IN_PARTS: []}
    with serving([*serve(folder), "--profile", profile]) as server:
        async with async_playwright() as playwright:
            page, network = await phone(playwright, chromium, server)
            for number, each in enumerate(variables(data, count + 1)):
                report_progress(f"{profile}: stop {number} of {count}")
                for way in (WHOLE, IN_PARTS)[:: (-1) ** number]:
                    shown = await stop(page, network, way, token, each["driver"])
                    if number > 0:  # the first request plans the operation
                        stops[way].append(shown)
    return stops


async def phone(playwright: Playwright, chromium: str, server: Server) -> tuple[Page, CDPSession]:
    """A page on a phone with a slow network, loaded."""
    browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
    context = await browser.new_context(viewport=SIZE, is_mobile=True, has_touch=True)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.add_init_script(WATCH)
    origin = f"http://127.0.0.1:{server.port}"
    await page.route(f"{origin}/stop", _file(PAGE, "text/html"))
    await page.route(f"{origin}/parts.mjs", _file(SCRIPT, "text/javascript"))
    await page.goto(f"{origin}/stop")
    network = await context.new_cdp_session(page)
    await network.send("Network.enable")
    await network.send("Network.emulateNetworkConditions", NETWORK)
    return page, network


def _file(path: Path, content_type: str) -> Callable[[Route], Awaitable[None]]:
    async def fulfill(route: Route) -> None:
        await route.fulfill(path=path, content_type=content_type)

    return fulfill


async def stop(page: Page, network: CDPSession, way: str, token: str, driver: str) -> Shown:
    headers = {"Accept": JSON} if way == WHOLE else {}
    await network.send("Network.setExtraHTTPHeaders", {"headers": headers})
    async with asyncio.timeout(LONGEST_S):
        shown: dict[str, tuple[float, float]] = await page.evaluate(ASK, [FACTS, "/graphql", token, driver])
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


if __name__ == "__main__":
    main()
