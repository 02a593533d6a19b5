"""HTML page renderer: Jinja2 templates that share one base page, and SVG figures for them.

A page is one file: it has no script and loads nothing, and its content security policy forbids both. Every text is
escaped by the template; a chart builds its SVG with `Markup.format`, which escapes its arguments. Control characters
are escaped in the whole page, because it may be printed on a terminal.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.control_characters import escape_lines
from reports.palette import PALETTE


class Figure(NamedTuple):
    """SVG drawing of a page. `caption` is also its text alternative.

    Sizes are pixels. If `width` is None, the drawing is as wide as the page: its x positions are percentages, and its
    texts keep their size on a phone.
    """

    width: int | None
    height: int
    caption: str
    svg: Markup


def render(package: str, template: str, **values: object) -> str:
    """HTML page from a file in the `templates` folder of a package.

    A template begins with `{% extends "base.html" %}` and `{% from "macros.html" import table, cell, figure %}`.
    Raises: jinja2.UndefinedError if it uses a value that is not given.
    """
    return escape_lines(_environment(package).get_template(template).render(values))


@cache
def _environment(package: str) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("reports"), PackageLoader(package)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["palette"] = {name: colour._asdict() for name, colour in PALETTE.items()}
    return environment
