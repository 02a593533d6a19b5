"""The HTML page renderer: escaping, the shared macros, and what a page may load."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from reports.html import Figure, render

HOSTILE = "</title><script>alert('\"')</script>"
ESCAPED = "&lt;/title&gt;&lt;script&gt;alert(&#39;&#34;&#39;)&lt;/script&gt;"
DRAWING = Figure(10, 20, HOSTILE, Markup("<text>{}</text>").format(HOSTILE))


@pytest.fixture
def page() -> str:
    return render("tests.reports.pages", "page.html", name=HOSTILE, drawing=DRAWING)


def test_each_text_is_escaped_once_wherever_it_stands(page: str) -> None:
    assert f"<title>{ESCAPED}</title>" in page
    assert f"<h1>{ESCAPED}</h1>" in page
    assert f'aria-label="{ESCAPED}"' in page
    assert f"<figcaption>{ESCAPED}</figcaption>" in page
    assert f"<text>{ESCAPED}</text>" in page
    assert f"<td>{ESCAPED}</td>" in page
    assert "<script" not in page


def test_a_heading_over_numbers_is_aligned_as_they_are(page: str) -> None:
    assert '<th scope="col">Name</th>' in page
    assert '<th scope="col" class="number">ms</th>' in page
    assert '<td class="number">1,234</td>' in page
    assert '<td class="number">0.50</td>' in page


def test_a_page_has_its_own_style_after_the_shared_one(page: str) -> None:
    assert ".own { color: red }</style>" in page


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="drawing"):
        render("tests.reports.pages", "page.html", name="")
