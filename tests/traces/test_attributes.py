"""The viewer's attribute keys are those that the server records."""

from __future__ import annotations

from pathlib import Path

from resolvers.catalogue import NAMES
from telemetry.allow_list import ATTRIBUTES, ERROR_TYPE, AllowList
from traces import attributes
from traces.file import TraceFiles

KNOWN_KEYS = {value for name, value in vars(attributes).items() if name.isupper()}
RECORDED = list(TraceFiles(Path(__file__).parent).spans())


def test_every_key_of_the_viewer_is_on_the_allow_list() -> None:
    assert len(KNOWN_KEYS) == 10
    assert {attribute.key for attribute in ATTRIBUTES.values()} >= KNOWN_KEYS


def test_the_recorded_traces_have_every_key_and_only_listed_ones() -> None:
    allow_list = AllowList(sources=NAMES)
    keys = {key for span in RECORDED for key in span.attributes}

    assert keys >= KNOWN_KEYS
    assert keys <= {ERROR_TYPE, *(attribute.key for attribute in ATTRIBUTES.values())}
    assert {span.name for span in RECORDED} <= allow_list.spans.keys()


def test_a_recorded_batch_is_under_execute_and_linked_to_its_level() -> None:
    by_id = {span.id: span for span in RECORDED}
    batches = [span for span in RECORDED if attributes.SOURCE in span.attributes]

    assert {by_id[span.parent_id or ""].name for span in batches} == {"execute"}
    assert all(by_id[link].end_ns <= span.start_ns for span in batches for link in span.links)
    assert any(span.links for span in batches)
