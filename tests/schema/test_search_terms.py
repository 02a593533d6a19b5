"""Every root field of records leaves what it was asked: a record id, or keyed hashes of its search terms."""

from __future__ import annotations

from engine.declarations import Edge
from resolvers import catalogue
from resolvers.fetch import Fetch
from resolvers.hits import Search
from resolvers.journal import SOURCE, InquirySearch
from resolvers.search_terms import EXPANSIONS
from schema.build import guarded_schema

ROOT_FETCHES = {
    fetch
    for (parent, _), field in guarded_schema().fields.items()
    if parent == "Query" and isinstance(field.declaration, Edge)
    for fetch in field.declaration.fetches
    if isinstance(fetch, Fetch) and fetch.source != SOURCE
}
# The journal has the terms of its own searches as filters.
SEARCHES = [each for each in Search.__subclasses__() if each.__name__ != InquirySearch.__name__]


def test_each_key_of_a_root_field_is_a_record_id_or_a_term() -> None:
    by_search = {f"{spec.name}.by_{kind}" for spec in catalogue.SPECS for kind in ("name", "description", "finding")}

    assert len(ROOT_FETCHES) >= 11
    assert {fetch.name for fetch in ROOT_FETCHES if not (fetch.record or fetch.term)} <= by_search


def test_each_search_says_what_it_searches_for() -> None:
    assert len(SEARCHES) >= 2
    assert [each for each in SEARCHES if "search_terms" not in vars(each)] == []


def test_an_auditor_can_ask_for_each_kind_of_term() -> None:
    assert {fetch.term for fetch in catalogue.FETCHES if fetch.term} <= EXPANSIONS.keys()
