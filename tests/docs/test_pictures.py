"""The pictures of the pages: each is current, small, of the size of its scene, and shown with a text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from docs.pictures.scene import Scene
from docs.pictures.scenes import SCENES
from tests.docs.blocks import CHECKOUT, PAGES

FOLDER = CHECKOUT / "docs" / "pictures"
PICTURES = [(scene, scene.picture(theme)) for scene in SCENES for theme in scene.themes]
MOST_BYTES = 150_000


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_picture_is_made_from_the_files_of_today(scene: Scene) -> None:
    recorded = json.loads((FOLDER / "made-from.json").read_text("utf-8"))

    assert recorded[scene.name] == scene.digest(), f'take it again: make pictures ARGS="{scene.name}"'


@pytest.mark.parametrize(("scene", "name"), PICTURES, ids=lambda each: each if isinstance(each, str) else "")
def test_a_picture_is_small_and_has_the_size_of_its_scene(scene: Scene, name: str) -> None:
    data = (FOLDER / name).read_bytes()

    assert len(data) <= MOST_BYTES
    assert size_of(data) == (scene.width * scene.scale, scene.height * scene.scale)


def test_the_folder_has_no_picture_without_a_scene() -> None:
    assert {path.name for path in FOLDER.glob("*.webp")} == {name for _, name in PICTURES}


@pytest.mark.parametrize("name", [name for _, name in PICTURES])
def test_every_picture_is_on_a_page(name: str) -> None:
    assert [page.name for page in PAGES if f"pictures/{name}" in page.read_text("utf-8")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_picture_of_a_page_exists_and_has_a_text(page: Path) -> None:
    text = page.read_text("utf-8")
    shown = [(file, alt) for alt, file in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)]
    for tag in re.findall(r"<img [^>]+>", text):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        shown.append((attributes["src"], attributes.get("alt", "")))
    files = [file for file, _ in shown] + re.findall(r'srcset="([^"]+)"', text)

    assert [file for file in files if not (page.parent / file).is_file()] == []
    assert [file for file, alt in shown if len(alt.split()) < 4] == []


def test_a_changed_source_or_visit_makes_a_picture_old(tmp_path: Path) -> None:
    source = tmp_path / "a" / "page.html"
    source.parent.mkdir()
    source.write_text("one")
    scene = replace(SCENES[0], made_from=("a/*",))
    before = scene.digest(tmp_path)
    source.write_text("two")
    after = scene.digest(tmp_path)
    source.rename(source.with_name("other.html"))

    assert len({before, after, scene.digest(tmp_path)}) == 3
    assert replace(scene, visit=SCENES[1].visit).digest(tmp_path) != scene.digest(tmp_path)
    assert replace(scene, width=scene.width + 1).digest(tmp_path) != scene.digest(tmp_path)


def test_a_scene_without_its_files_says_which(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"field is made from a/\*, and there is no such file"):
        replace(SCENES[0], made_from=("a/*",)).digest(tmp_path)


def size_of(webp: bytes) -> tuple[int, int]:
    """Width and height of a WebP file without animation, lossy (VP8) or extended (VP8X)."""
    assert webp[:4] + webp[8:12] == b"RIFFWEBP"
    if webp[12:16] == b"VP8X":
        return int.from_bytes(webp[24:27], "little") + 1, int.from_bytes(webp[27:30], "little") + 1
    assert webp[12:16] == b"VP8 "
    return int.from_bytes(webp[26:28], "little") & 0x3FFF, int.from_bytes(webp[28:30], "little") & 0x3FFF
