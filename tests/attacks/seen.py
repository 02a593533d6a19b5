"""All that a caller could compare of two answers: replies, what they cost, and the caller's own entries. Knows no rule.

Alike in any two, and so left out: an inquiry's id and time, trace ids, milliseconds, and with them the reply's length.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.attacks.positions import ASKED, INQUIRY, Position
from tests.attacks.shapes import same_for_all
from tests.harness import World

OWN_ENTRIES = (
    ASKED.replace(")", ", $first: Int)")
    + INQUIRY
    + """{ inquiries(first: $first) { edges { node {
  kind asked records released masked outcome flags filters sources { name status }
  denied { field recordClass rule needs } exclusions { field recordClass rule needs }
  replay { outcome lines { field recordClass rule needs journalled decided agrees } }
} } } }"""
)
EACH_TIME_ANOTHER = {"content-length", "traceresponse"}

Seen = dict[str, Any]


async def seen(world: World, caller: Position, questions: Mapping[str, str], **variables: Any) -> Seen:
    """By question: status, headers, body, how many keys went to whom; and then what the journal tells the caller."""
    token, given = caller.token(world), caller.variables | variables
    told: Seen = {}
    for name, document in questions.items():
        reply = await world.execute(document, token=token, variables=given)
        assert "BAD_INPUT" not in reply.codes, reply.text
        headers = {header: text for header, text in reply.http.headers.items() if header not in EACH_TIME_ANOTHER}
        told[name] = reply.status, headers, same_for_all(reply), world.batches
    own = await world.execute(OWN_ENTRIES, token=token, variables=given | {"first": len(questions)})
    entries = [edge["node"] for edge in own.data["inquiries"]["edges"]]
    # Sources answer side by side, and an entry has their records as they came.
    return told | {"own entries": [{**entry, "records": sorted(entry["records"])} for entry in entries]}


def told_apart(hidden: Seen, absent: Seen) -> list[str]:
    """By which questions what is hidden is known from what is not there."""
    return [question for question in hidden if hidden[question] != absent[question]]
