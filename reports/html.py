"""An HTML page with charts that needs nothing from anywhere: no script, no font, no address. Knows no report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

STYLE = """\
:root { color-scheme: light dark; --ink: #1f2328; --paper: #fff; --quiet: #59636e; --line: #d1d9e0; --found: #bc4c00;
  --usual: #57606a }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f0f6fc; --paper: #0d1117; --quiet: #9198a1; --line: #3d444d; --found: #f0883e; --usual: #9198a1 } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line) }
.number { text-align: right; font-variant-numeric: tabular-nums }
figure { margin: 1rem 0 } svg { width: 100%; height: auto } figcaption, .quiet { color: var(--quiet) }
text { font: 13px system-ui, sans-serif; fill: var(--ink) } text.end { text-anchor: end }
.found { fill: var(--found) } .usual { fill: var(--usual) } rect.mark { fill: var(--ink) }
code { font-size: .85em; overflow-wrap: anywhere } .failed { color: var(--found); font-weight: 600 }"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(title: str, body: Iterable[str]) -> str:
    return "\n".join(
        [
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>',
            f"<h1>{escape(title)}</h1>",
            *body,
            "</main></body></html>\n",
        ]
    )


def table(heads: Iterable[str], rows: Iterable[str]) -> Iterator[str]:
    """Heads are words of ours; a row is a whole `tr`."""
    yield "<table><thead><tr>"
    yield from (f'<th scope="col">{head}</th>' for head in heads)
    yield "</tr></thead><tbody>"
    yield from rows
    yield "</tbody></table>"


def figure(width: int, height: int, said: str, drawn: str) -> str:
    """A drawing in SVG, and under it the sentence that whoever cannot see it is told."""
    return (
        f'<figure><svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(said)}">{drawn}</svg>'
        f"<figcaption>{escape(said)}</figcaption></figure>"
    )
