"""The payloads of a response in parts: what a client makes of them, in each format, is the data of all parts."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from api.operation.parts import CompletedPart, PartFormat, PartPayloads
from engine.incremental import Part, execute_in_parts
from engine.response import Path
from tests.engine.comparison import DOCUMENTS_PER_SCHEMA, SEED, uses_oracle
from tests.engine.deferred_documents import DeferredDocumentGenerator
from tests.engine.merged_parts import MergedParts
from tests.engine.random_requests import RandomRequest
from tests.engine.shuffled_state import shuffled_state

pytestmark = pytest.mark.slow

Payload = dict[str, Any]


async def payloads(request: RandomRequest, part_format: PartFormat) -> tuple[list[Payload], MergedParts]:
    """The payloads of a response as they are sent, and what its parts make together."""
    made, sent, merged = PartPayloads(part_format, 10**9), list[Payload](), MergedParts()
    with shuffled_state(request) as state:
        async for batch in execute_in_parts(state):
            await merged.add(batch, state)
            completed = [CompletedPart(part, errors_of(part)) for part in batch]
            payload = made.next(completed) if sent else made.initial(completed)
            sent.append(orjson.loads(orjson.dumps(payload)))
    return sent, merged


def errors_of(part: Part) -> list[dict[str, Any]]:
    return [{"message": error.message, "path": error.path} for error in part.response.errors]


def read_labelled(sent: list[Payload]) -> tuple[Any, list[Path]]:
    """The data that a client of the older format has, and the paths of the fragments without data."""
    data, failed = sent[0]["data"], list[Path]()
    for entry in (entry for payload in sent[1:] for entry in payload.get("incremental", ())):
        if entry["data"] is None:
            assert entry["errors"]
            failed.append(tuple(entry["path"]))
        else:
            merge(value_at(data, entry["path"]), entry["data"])
    return data, failed


def read_identified(sent: list[Payload]) -> tuple[Any, list[Path]]:
    """The data that a client of the newer format has, and the paths of the fragments without data."""
    data, failed, pending = sent[0]["data"], list[Path](), dict[str, Any]()
    announced = 0
    for payload in sent:
        for each in payload.get("pending", ()):
            announced += 1
            pending[each["id"]] = each["path"]
        for each in payload.get("incremental", ()):
            found = value_at(data, [*pending[each["id"]], *each.get("subPath", ())])
            # Nothing is sent twice.
            assert not found.keys() & each["data"].keys()
            found |= each["data"]
        for each in payload.get("completed", ()):
            path = pending.pop(each["id"])
            if "errors" in each:
                assert each["errors"]
                failed.append(tuple(path))
    assert not pending
    assert len({each["id"] for payload in sent for each in payload.get("pending", ())}) == announced
    return data, failed


def value_at(data: Any, path: list[Any]) -> Any:
    for step in path:
        data = data[step]
    return data


def merge(data: Any, added: Any) -> None:
    """Merge a value into one that is there, object by object."""
    for step, value in added.items() if isinstance(added, dict) else enumerate(added):
        is_there = step in data if isinstance(data, dict) else True
        if is_there and isinstance(value, dict | list) and type(data[step]) is type(value):
            merge(data[step], value)
        else:
            data[step] = value


READERS = {PartFormat.DEFER_20220824: read_labelled, PartFormat.INCREMENTAL_V02: read_identified}


@uses_oracle
@pytest.mark.parametrize("part_format", READERS)
async def test_a_client_gets_the_data_of_all_parts(part_format: PartFormat) -> None:
    with_parts = 0
    for number in range(SEED, SEED + DOCUMENTS_PER_SCHEMA):
        request = RandomRequest.of(number, DeferredDocumentGenerator)
        try:
            sent, merged = await payloads(request, part_format)
            data, failed = READERS[part_format](sent)
            assert bool(failed) is bool(merged.failed)
            # A fragment with an error has no data at all, also where only one of its fields is missing.
            assert failed or data == orjson.loads(orjson.dumps(merged.data))
        except Exception as error:
            error.add_note(f"ORACLE_SEED={number} ORACLE_DOCUMENTS=1: {request}")
            raise
        with_parts += len(sent) > 1
    assert DOCUMENTS_PER_SCHEMA < 100 or with_parts > DOCUMENTS_PER_SCHEMA / 4
