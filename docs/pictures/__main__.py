"""Take the pictures of the README and of the pages: `make pictures`, or `make pictures ARGS="field report"` for some.

It starts a demo server on loopback with a world of its own, opens each scene in headless Chromium, and writes WebP
files and made-from.json, the digests of what they are made from, beside this file.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, cast

from playwright.async_api import Browser, async_playwright

from docs.pictures.scene import Scene
from docs.pictures.scenes import SCENES
from tests.system.browser import CHROMIUM_FLAGS
from tests.system.server import DemoServer, demo_server, needtoknow

FOLDER = Path(__file__).parent
RECORD = "made-from.json"
PEOPLE = 500
QUALITY = 88
"""Quality of WebP, 0 to 100: text stays sharp, and a picture takes less than 150 kB."""


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m docs.pictures", description=__doc__)
    names = [scene.name for scene in SCENES]
    arguments.add_argument("scenes", nargs="*", metavar="SCENE", help=f"all, if none is named: {', '.join(names)}")
    arguments.add_argument("--chromium", default=shutil.which("chromium"), help="the program (default: chromium)")
    arguments.add_argument(
        "--into", type=Path, default=FOLDER, metavar="FOLDER", help="another folder for the pictures"
    )
    options = arguments.parse_args()
    if unknown := set(options.scenes) - {*names}:
        arguments.error(f"there is no scene {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    if not options.chromium:
        sys.exit("There is no chromium here: on Debian, apt install chromium.")
    chosen = [scene for scene in SCENES if not options.scenes or scene.name in options.scenes]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        needtoknow("seed", "--data", str(data), "--people", str(PEOPLE), "--rng", "1")
        with demo_server(data, {"NEEDTOKNOW_FIELD": "1"}) as server:
            asyncio.run(take(chosen, server, options.chromium, options.into))
    record(chosen, options.into)
    return 0


async def take(scenes: Iterable[Scene], server: DemoServer, chromium: str, folder: Path) -> None:
    """Write the pictures of some scenes."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        for scene in scenes:
            for theme in scene.themes:
                picture = folder / scene.picture(theme)
                picture.write_bytes(await photograph(browser, scene, server, theme))
                print(f"{picture.name}: {picture.stat().st_size / 1_000:.0f} kB")
        await browser.close()


async def photograph(browser: Browser, scene: Scene, server: DemoServer, theme: str) -> bytes:
    """One picture, as WebP."""
    context = await browser.new_context(
        viewport={"width": scene.width, "height": scene.height},
        device_scale_factor=scene.scale,
        color_scheme=cast("Literal['light', 'dark']", theme),
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await scene.visit(page, server)
    await page.mouse.move(0, 0)
    session = await context.new_cdp_session(page)  # Playwright's own screenshots are PNG or JPEG
    clip = {"x": 0, "y": 0, "width": scene.width, "height": scene.height, "scale": scene.scale}
    shot = await session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "clip": clip})
    await context.close()
    return base64.b64decode(shot["data"])


def record(scenes: Iterable[Scene], folder: Path) -> None:
    """Record what these scenes are made from; other scenes keep their record."""
    file = folder / RECORD
    known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    known |= {scene.name: scene.digest() for scene in scenes}
    kept = {scene.name: known[scene.name] for scene in SCENES if scene.name in known}
    file.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
