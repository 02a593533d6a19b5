"""A report as one HTML page that needs nothing from anywhere: no script, no font, no address. Knows no detector."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from audit.misuse import chart
from audit.misuse.finding import Finding
from audit.misuse.report import Looked, Report, State

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
SAID = {State.NOT_LOOKED: "not looked for", State.FAILED: "failed"}


def page(report: Report) -> str:
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>What looks like misuse</title>',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>',
            "<h1>What looks like misuse</h1>",
            *_summary(report),
            *(line for each in report.detectors for line in _section(each)),
            "</main></body></html>\n",
        ]
    )


def _summary(report: Report) -> Iterator[str]:
    yield f"<p>{escape(span(report))} A finding is a question to ask, not an answer.</p>"
    if report.by_day:
        yield chart.by_day(report.by_day)
    yield from _heads("Looked for", "Findings")
    for each in report.detectors:
        count = SAID.get(each.state) or str(len(each.findings))
        link = f'<a href="#{each.name}">{escape(each.looks_for)}</a>'
        yield f'<tr><th scope="row">{link}</th><td class="number">{count}</td></tr>'
    yield "</tbody></table>"


def span(report: Report) -> str:
    """What the report is of, in a sentence."""
    if report.first is None or report.last is None:
        return "There are no inquiries."
    return f"{report.inquiries:,} inquiries of {report.users:,} users, {report.first[:10]} to {report.last[:10]} (UTC)."


def _section(looked: Looked) -> Iterator[str]:
    yield f'<section aria-labelledby="{looked.name}">'
    yield f'<h2 id="{looked.name}">{escape(looked.looks_for.capitalize())}</h2>'
    if looked.why is not None:
        yield f'<p class="failed">{SAID[looked.state].capitalize()}: {escape(looked.why)}.</p>'
    elif not looked.findings:
        yield '<p class="quiet">Nothing.</p>'
    else:
        yield chart.findings(looked.findings)
        yield from _heads("Who or whom", "What", "Score", "Inquiries, newest first")
        yield from map(_row, looked.findings)
        yield "</tbody></table>"
    yield "</section>"


def _heads(*heads: str) -> Iterator[str]:
    yield "<table><thead><tr>"
    yield from (f'<th scope="col">{head}</th>' for head in heads)
    yield "</tr></thead><tbody>"


def _row(finding: Finding) -> str:
    who = escape(" ".join(filter(None, (finding.user, finding.subject))))
    ids = " ".join(f"<code>{escape(id)}</code>" for id in finding.inquiries)
    return (
        f'<tr><th scope="row">{who}</th><td>{escape(finding.words)}</td><td class="number">{finding.score:.0f}</td>'
        f"<td><details><summary>{len(finding.inquiries)}</summary>{ids}</details></td></tr>"
    )
