"""Colours of the HTML pages: their contrast, and that a page uses no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markupsafe import Markup

from reports.html import Figure, render
from reports.palette import DRAWINGS, GROUNDS, PALETTE, TEXTS, contrast

CHECKOUT = Path(__file__).parents[2]
TEMPLATES = sorted(path for path in CHECKOUT.glob("*/**/templates/*") if not {"tests", ".venv"} & {*path.parts})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("colours", "least"), [(TEXTS, 4.5), (DRAWINGS, 3)], ids=["texts", "drawings"])
def test_every_colour_has_the_contrast_of_level_aa(colours: dict[str, str], least: float, theme: str) -> None:
    too_faint = [
        (name, ground)
        for name, colour in colours.items()
        for ground, behind in GROUNDS.items()
        if contrast(getattr(colour, theme), getattr(behind, theme)) < least
    ]

    assert too_faint == []


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_a_page_has_each_colour_in_both_themes_and_light_on_paper() -> None:
    drawing = Figure(1, 1, "", Markup())
    text = render("tests.reports.pages", "page.html", name="", drawing=drawing)
    light, dark, paper = re.findall(r":root \{([^}]*--[^}]*)\}", text)

    for colours, theme in ((light, "light"), (dark, "dark"), (paper, "light")):
        declared = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", colours))
        assert declared == {name: getattr(colour, theme) for name, colour in PALETTE.items()}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_names_no_colour_beside_the_palette(template: Path) -> None:
    text = template.read_text("utf-8")

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;} ])", text) == []
    assert {*re.findall(r"var\(--([\w-]+)\)", text)} <= {*PALETTE, "depth"}
