"""Which fields of a plan belong to which deferred part, and what a fragment's data is made of."""

from __future__ import annotations

from typing import Any

import pytest

from engine.deferral import DeferredPart, Shape, project
from engine.plan import PreparedOperation
from tests.engine.deferred_schema import prepare


def parts(selection: str, **variables: Any) -> tuple[DeferredPart, ...]:
    """The parts of a selection on items, in order."""
    declared = "($yes:Boolean!)" if variables else ""
    return prepare(f"query{declared}{{items(ids:[1]){{{selection}}}}}", variables).plan.parts


def labels(found: tuple[DeferredPart, ...]) -> list[str | None]:
    return [part.label for part in found]


def waits_for(found: tuple[DeferredPart, ...]) -> dict[str | None, tuple[str | None, list[str | None]]]:
    """The labels of the parent and of the required parts of each part, by its own."""
    return {
        part.label: (part.parent.label if part.parent else None, labels(tuple(sorted(part.requires, key=number_of))))
        for part in found
    }


def number_of(part: DeferredPart) -> int:
    return part.number


def owners(prepared: PreparedOperation) -> dict[str, str | None]:
    """The label of each field's part, by the field's path."""
    return {".".join(each.path): each.part.label if each.part else None for each in prepared.plan.all_fields}


def test_a_fragment_that_is_only_read_is_no_part() -> None:
    assert parts("id ...@defer{id tags}") == ()


@pytest.mark.parametrize("field", ["name", "digest", "other{id}"], ids=["resolved", "derived", "fetched"])
def test_a_fragment_with_any_other_field_is_a_part(field: str) -> None:
    (part,) = parts(f'id ...@defer(label:"a"){{tags {field}}}')

    assert (part.number, part.label, part.path, part.parent) == (1, "a", ("items", "@"), None)


def test_what_is_read_stays_with_its_object() -> None:
    found = owners(prepare('{items(ids:[1]){...@defer(label:"a"){tags other{id}}}}'))

    assert found == {"items": None, "items.@.tags": None, "items.@.other": "a", "items.@.other.id": "a"}


def test_the_inputs_of_a_derived_field_are_in_its_part() -> None:
    found = owners(prepare('{items(ids:[1]){id ...@defer(label:"a"){digest}}}'))

    assert {path: label for path, label in found.items() if "digest" in path} == {
        "items.@.digest": "a",
        "items.@.digest#inputs": "a",
        "items.@.digest#inputs.tags": "a",
    }


@pytest.mark.parametrize(
    "selection",
    [
        "other{id} ...@defer{other{id}}",
        "...@defer{other{id}} other{id}",
        "...@defer(if:false){other{id}}",
        "...@defer(if:$yes){other{id}} id @include(if:$yes)",
    ],
)
def test_what_is_also_selected_outside_or_never_deferred_is_in_no_part(selection: str) -> None:
    variables = {"yes": False} if "$yes" in selection else {}

    assert parts(selection, **variables) == ()


def test_a_variable_decides_if_a_fragment_is_deferred() -> None:
    assert [len(parts("...@defer(if:$yes){other{id}}", yes=yes)) for yes in (True, False)] == [1, 0]


def test_a_field_of_two_fragments_belongs_to_the_first() -> None:
    found = parts('...@defer(label:"a"){other{id}} ...@defer(label:"b"){other{id tags} slow{id}}')

    assert waits_for(found) == {"a": (None, []), "b": (None, ["a"])}


def test_a_fragment_whose_fields_all_arrive_with_another_comes_with_it() -> None:
    found = parts('...@defer(label:"a"){other{id}} ...@defer(label:"b"){other{id tags}}')

    assert waits_for(found) == {"a": (None, []), "b": (None, ["a"])}


def test_a_field_inside_a_shared_one_belongs_to_its_own_fragment() -> None:
    text = '{items(ids:[1]){...@defer(label:"a"){other{id}} ...@defer(label:"b"){other{slow{id}}}}}'

    assert owners(prepare(text))["items.@.other.slow"] == "b"
    assert waits_for(prepare(text).plan.parts) == {"a": (None, []), "b": (None, ["a"])}


def test_a_fragment_inside_another_waits_for_it() -> None:
    found = parts('...@defer(label:"a"){slow{id} ...@defer(label:"b"){other{id}}}')

    assert waits_for(found) == {"a": (None, []), "b": ("a", [])}


def test_a_fragment_inside_one_that_is_no_part_waits_for_what_is_around_it() -> None:
    found = parts('...@defer(label:"a"){id ...@defer(label:"b"){other{id}}}')

    assert waits_for(found) == {"b": (None, [])}


def test_a_fragment_whose_objects_are_in_another_part_waits_for_that() -> None:
    found = parts('...@defer(label:"a"){other{id}} ...@defer{other{...@defer(label:"b"){slow{id}}}}')

    assert waits_for(found) == {"a": (None, []), None: (None, ["a"]), "b": (None, ["a"])}


def test_a_fragment_in_the_objects_of_a_part_waits_for_that_part() -> None:
    found = parts('...@defer(label:"a"){other{id ...@defer(label:"b"){slow{id}}}}')

    assert waits_for(found) == {"a": (None, []), "b": ("a", [])}
    assert found[1].path == ("items", "@", "other")


def test_a_fragment_that_is_spread_in_two_places_is_two_parts() -> None:
    text = "{a:items(ids:[1]){...F@defer} b:items(ids:[2]){...F@defer}} fragment F on Item{other{id}}"

    assert [part.path for part in prepare(text).plan.parts] == [("a", "@"), ("b", "@")]


def test_a_part_that_tells_of_all_others_is_the_last() -> None:
    text = '{...@defer(label:"last"){sources} items(ids:[1]){...@defer(label:"a"){other{id}}}}'
    found = prepare(text).plan.parts

    assert labels(found) == ["a", "last"]
    assert waits_for(found)["last"] == (None, ["a"])


def test_without_parts_nothing_is_deferred() -> None:
    whole = prepare("{items(ids:[1]){...@defer{other{id}}}}", in_parts=False)

    assert whole.plan.parts == ()
    assert set(owners(whole).values()) == {None}


def test_a_shape_has_the_keys_of_a_fragment_without_those_deferred_in_it() -> None:
    outer, inner = parts('id ...@defer(label:"a"){n:id other{tags ...@defer(label:"b"){slow{id}} id}}')

    assert outer.shape == {"n": None, "other": {"tags": None, "id": None}}
    assert inner.shape == {"slow": {"id": None}}


def test_what_is_only_read_in_a_part_is_in_its_shape() -> None:
    part, inner = parts("...@defer{other{...@defer{__typename ...@defer{id}}} ...@defer{other{tags}}}")

    assert (inner.parent, inner.shape) == (part, {"other": {"tags": None}})
    assert part.shape == {"other": {"__typename": None, "id": None, "tags": None}}


def test_the_shapes_of_overlapping_fragments_share_their_field() -> None:
    # What the second only reads arrives with the first.
    first, second = parts("...@defer{other{id}} ...@defer{other{tags slow{id}}}")

    assert (first.shape, second.shape) == (
        {"other": {"id": None, "tags": None}},
        {"other": {"tags": None, "slow": {"id": None}}},
    )


def test_a_projection_has_the_fields_of_the_shape_from_all_parts() -> None:
    inner = {"id": 2, "tags": []}
    data: dict[str, Any] = {"id": 1, "other": [inner, None]}
    added: dict[int, Any] = {id(data): [{"slow": None}, {"name": "one"}], id(inner): [{"name": "two"}]}
    shape: Shape = {"name": None, "other": {"name": None, "id": None}, "absent": None}

    assert project(data, shape, added) == {"name": "one", "other": [{"name": "two", "id": 2}, None]}
    assert data == {"id": 1, "other": [{"id": 2, "tags": []}, None]}


def test_a_projection_of_an_object_without_keys_is_empty_and_a_leaf_is_whole() -> None:
    data = {"other": {"id": 2}, "json": {"any": 1}}

    assert project(data, {"other": {}, "json": None}, {}) == {"other": {}, "json": {"any": 1}}
