"""What traces are found by is what a server says of them: the words of the reader, held against those of the writer."""

from __future__ import annotations

from pathlib import Path

from resolvers.catalogue import NAMES
from telemetry.allow_list import ATTRIBUTES, ERROR_TYPE, AllowList
from traces import attributes
from traces.file import Files

FOUND_BY = {value for name, value in vars(attributes).items() if name.isupper()}
RECORDED = list(Files(Path(__file__).parent).spans())


def test_every_word_that_traces_are_found_by_is_an_attribute_of_spans() -> None:
    assert len(FOUND_BY) == 9
    assert {attribute.key for attribute in ATTRIBUTES.values()} >= FOUND_BY


def test_the_recorded_traces_say_every_one_of_them_and_nothing_that_is_not_on_the_lists() -> None:
    vocabulary = AllowList(sources=NAMES)
    said = {key for span in RECORDED for key in span.attributes}

    assert said >= FOUND_BY
    assert said <= {ERROR_TYPE, *(attribute.key for attribute in ATTRIBUTES.values())}
    assert {span.name for span in RECORDED} <= vocabulary.spans.keys()


def test_a_batch_of_the_recorded_traces_hangs_under_execute_and_is_linked_to_the_level_above() -> None:
    by_id = {span.id: span for span in RECORDED}
    batches = [span for span in RECORDED if attributes.SOURCE in span.attributes]

    assert {by_id[span.parent_id or ""].name for span in batches} == {"execute"}
    assert all(by_id[link].end_ns <= span.start_ns for span in batches for link in span.links)
    assert any(span.links for span in batches)
