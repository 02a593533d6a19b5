"""Parts together are the whole reply: the same values, errors and places."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from graphql import GraphQLNonNull, get_named_type, is_leaf_type

from engine.guarded_schema import GuardedSchema
from schema.build import guarded_schema
from tests.engine.deferred_documents import DeferredDocumentGenerator
from tests.harness import INVESTIGATION, World
from tests.part_stream import NEWER, OLDER, comparable, merged, payloads_of

pytestmark = pytest.mark.slow

ROLES = ["patrol", "dispatcher", "investigator", "records", "supervision", "outsider"]
ARGUMENTS = {
    "Query.person": ['(id:"P0000001")', '(id:"P0000004")', '(id:"P0000012")', '(id:"P9999999")'],
    "Query.persons": ['(ids:["P0000001","P0000005","P9999999"])'],
    "Query.vehicle": ['(by:{plate:{number:"1N00001"}})', '(by:{plate:{number:"9Z99999"}})'],
    "Query.warrant": ['(number:"W000000001")'],
    "Query.protectiveOrder": ['(number:"H000000002")'],
    "Query.criminalHistory": ['(ciiNumber:"A00000004")', '(ciiNumber:"A00000015")'],
    "Query.searchPersons": ['(by:{name:{surname:"Thornquist"}} first:2)'],
}
INNER = ("Query", "Person", "Vehicle", "Warrant", "ProtectiveOrder", "CriminalHistory")


class RecordDocuments(DeferredDocumentGenerator):
    """Documents over the real schema: of its root fields those with arguments here."""

    def any_field(self, kind: Any, depth: int) -> str:
        names = [name for name, field in kind.fields.items() if self._is_possible(kind, name, field, depth)]
        edges = [name for name in names if not is_leaf_type(get_named_type(kind.fields[name].type))]
        if not names:
            return "__typename"
        name = self.one_of(edges if edges and depth and self.one_of([True, False]) else names)
        value_type = get_named_type(kind.fields[name].type)
        selection = "" if is_leaf_type(value_type) else f"{{{self.selections(value_type, depth - 1)}}}"
        return self.field(name, self.one_of(self.arguments.get(f"{kind}.{name}", [""])), selection)

    def _is_possible(self, kind: Any, name: str, field: Any, depth: int) -> bool:
        if kind.name == "Query":
            return f"Query.{name}" in self.arguments
        has_arguments = any(isinstance(each.type, GraphQLNonNull) for each in field.args.values())
        return not has_arguments and (depth > 0 or is_leaf_type(get_named_type(field.type)))


def generator(schema: GuardedSchema, seed: int) -> RecordDocuments:
    return RecordDocuments(schema, Random(seed), ARGUMENTS)


@pytest.mark.parametrize("first_seed", range(0, 80, 20))
async def test_parts_of_random_documents_make_the_whole_reply(world: World, first_seed: int) -> None:
    """The same values, errors, places, statuses and fields in the journal, to several roles, in both formats."""
    several = 0
    for seed in range(first_seed, first_seed + 20):
        document = generator(guarded_schema(), seed).generate({"$yes": "Boolean!"}, depth=3)
        document = document.replace("{", INVESTIGATION + "{", 1)
        given: dict[str, Any] = {"role": ROLES[seed % len(ROLES)], "variables": {"yes": seed % 2 == 0}}
        whole = await world.execute(document, **given)
        assert whole.status == 200, (document, whole.text)
        release = world.journal_entries(last=1)[0]
        for accept in (OLDER, NEWER):
            payloads = await payloads_of(world, document, accept=accept, **given)
            if "data" not in payloads[0]:
                # It defers more fragments than are allowed.
                assert [each["extensions"]["code"] for each in payloads[0]["errors"]] == ["TOO_COMPLEX"]
                continue
            several += len(payloads) > 1
            assert [each.get("hasNext") for each in payloads] == [True] * (len(payloads) - 1) + [False], document
            assert comparable(merged(payloads)) == comparable(whole.body), document
            last = world.journal_entries(last=1)[0]
            for name in ("released", "masked", "denied", "exclusions", "sources", "outcome", "flags"):
                assert set(getattr(last, name) or ()) == set(getattr(release, name) or ()), (name, document)
            assert {*last.record_ids} == {*release.record_ids}, document

    assert several >= 6
