"""Everything that a caller can compare: responses, the batches that they cause, and the caller's own journal entries.

Some parts differ in any two responses and are omitted: the inquiry's id and time, trace ids, milliseconds, and what
follows from them: the content length, and whether it is long enough to be compressed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.attacks.positions import INQUIRY, OPERATION_HEAD, Position
from tests.attacks.responses import normalized_body
from tests.harness import World

OWN_ENTRIES = (
    OPERATION_HEAD.replace(")", ", $first: Int)")
    + INQUIRY
    + """{ inquiries(first: $first) { edges { node {
  kind asked records released masked outcome flags filters sources { name status }
  denied { field recordClass rule needs } exclusions { field recordClass rule needs }
  replay { outcome lines { field recordClass rule needs journalled decided agrees } }
} } } }"""
)
ALWAYS_DIFFERENT = {"content-length", "content-encoding", "vary", "traceresponse"}

Observation = dict[str, Any]


async def observe(world: World, caller: Position, documents: Mapping[str, str], **variables: Any) -> Observation:
    """For each request: status, headers, body and batches; and the caller's own entries."""
    token, given = caller.token(world), caller.variables | variables
    observed: Observation = {}
    for name, document in documents.items():
        response = await world.execute(document, token=token, variables=given)
        assert not {"BAD_INPUT", "TOO_COMPLEX"} & set(response.codes), response.text
        headers = {header: text for header, text in response.http.headers.items() if header not in ALWAYS_DIFFERENT}
        observed[name] = response.status, headers, normalized_body(response), world.batches
    own = await world.execute(OWN_ENTRIES, token=token, variables=given | {"first": len(documents)})
    entries = [edge["node"] for edge in own.data["inquiries"]["edges"]]
    # Sources respond concurrently, so the order of records in an entry varies.
    return observed | {"own entries": [{**entry, "records": sorted(entry["records"])} for entry in entries]}


def differing_requests(hidden: Observation, absent: Observation) -> list[str]:
    """The requests whose observations differ."""
    return [name for name in hidden if hidden[name] != absent[name]]
