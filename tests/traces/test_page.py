"""The HTML page of traces: headings, tables and escaping."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.traces.otlp_files import span, write
from traces.file import TraceFiles
from traces.page import page

STATUS = {"http__response__status_code": 200}
ROLE = {"needtoknow__role": "patrol"}
NAMED = {"graphql__operation__type": "query", "graphql__operation__name": "FieldStop"}
FAILED = {"needtoknow__error__code": "SOURCE_UNAVAILABLE"}


@pytest.mark.parametrize(
    ("attributes", "heading"),
    [
        ({**STATUS, **ROLE, **NAMED}, "query FieldStop, patrol, HTTP 200, 10.00 ms"),
        ({**STATUS, **ROLE, **NAMED, **FAILED}, "query FieldStop, patrol, HTTP 200, SOURCE_UNAVAILABLE, 10.00 ms"),
        ({"graphql__operation__type": "query"}, "query, 10.00 ms"),
        ({}, "POST /graphql, 10.00 ms"),
    ],
    ids=str,
)
def test_a_heading_has_operation_role_and_status_if_known(
    tmp_path: Path, attributes: dict[str, object], heading: str
) -> None:
    write(tmp_path, [span(1, "POST /graphql", 0, 10, **attributes)])

    assert f">{heading}</h2>" in html(tmp_path)


def test_headings_over_numbers_are_aligned_as_they_are(tmp_path: Path) -> None:
    write(tmp_path, [span(1, "SELECT warrants", 0, 10, db__namespace="warrants", needtoknow__keys=3)])
    text = html(tmp_path)

    for heading in ("From (ms)", "For (ms)", "Share (%)", "Keys", "Rows"):
        assert f'<th scope="col" class="number">{heading}</th>' in text
        assert f'<th scope="col">{heading}</th>' not in text
    assert '<td class="number">3</td>' in text


def test_every_text_of_a_span_is_escaped(tmp_path: Path) -> None:
    write(tmp_path, [span(1, "<script>", 0, 10, db__namespace="<script>", needtoknow__source__status="<script>")])

    assert "<script" not in html(tmp_path)


def test_a_summary_names_the_slowest_source_and_each_fault(tmp_path: Path) -> None:
    slow = {"db__namespace": "warrants", "needtoknow__source__status": "OK"}
    late = {"db__namespace": "vehicles", "needtoknow__source__status": "TIMEOUT"}
    write(
        tmp_path,
        [
            span(1, "POST /graphql", 0, 10),
            span(2, "SELECT warrants", 1, 9, parent=1, **slow),
            span(3, "SELECT vehicles", 1, 3, parent=1, **late),
        ],
    )
    tiles = re.findall(r'<dt>([^<]+)</dt><dd class="value">([^<]+)', html(tmp_path))

    assert [(name, value.strip()) for name, value in tiles] == [
        ("Total", "10.00"),
        ("Waited longest for", "SELECT warrants"),
        ("Slowest batch", "warrants"),
        ("Sources", "2"),
        ("Source faults", "vehicles TIMEOUT"),
    ]


def test_a_waterfall_has_a_time_axis_and_marks_the_critical_path(tmp_path: Path) -> None:
    write(
        tmp_path, [span(1, "POST /graphql", 0, 10), span(2, "parse", 5, 9, parent=1), span(3, "plan", 5, 6, parent=1)]
    )
    text = html(tmp_path)

    assert re.findall(r"<text[^>]*>([^<%]+)</text>", text)[:6] == ["0", "2", "4", "6", "8", "10 ms"]
    assert text.count('<rect class="usual" x="') == 3
    assert re.findall(r'<rect class="found" x="([^"]+)" y="\d+" width="([^"]+)"', text) == [
        ("0.000%", "50.000%"),
        ("90.000%", "10.000%"),
        ("50.000%", "40.000%"),
    ]
    assert re.findall(r' class="critical">(\S+)', text) == ["POST", "parse</th>"]


def test_a_trace_without_time_or_sources_still_has_a_page(tmp_path: Path) -> None:
    write(tmp_path, [span(1, "POST /graphql", 0, 0)])
    text = html(tmp_path)

    assert "Slowest batch" not in text
    assert '<dd class="value">0.00' in text


def html(folder: Path) -> str:
    return page(list(TraceFiles(folder).traces(lambda _id: True).values()))
