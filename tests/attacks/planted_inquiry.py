"""An inquiry of another user, planted in the journal so that each field of it has a value.

It released more than a patrol officer without a case number may see, so a replay of its decision differs.
"""

from __future__ import annotations

from typing import Any

from audit.entry import Denial, Entry, Kind, SourceAnswer
from policy.table import Policy
from tests.harness import World

INQUIRY_ID, PARENT, TRACE = "c0ffee" * 5 + "00", "c0ffee" * 5 + "01", "c0ffee" * 5 + "02"
CASE, USER = "26-7742-PLANTED", "planted-user"

INTENT: dict[str, Any] = {
    "id": INQUIRY_ID,
    "parent_id": PARENT,
    "trace_id": TRACE,
    "at": "2026-03-01T12:00:00.000000+00:00",
    "user": USER,
    "role": "patrol",
    "agency": "CA9197777",
    "certified_until": "2031-07-09",
    "cleared_on": "2021-02-03",
    "fingerprinted_on": "2021-02-04",
    "employed_on": "2021-02-17",
    "trained_on": "2021-03-29",
    "recertified_on": "2025-03-11",
    "assurance": "aal1",
    "terminal": "planted terminal",
    "address": "203.0.113.77",
    "purpose": "C",
    "reason": "WARRANT_SERVICE",
    "case_number": CASE,
    "attention": "Planted 4417",
    "operation_name": "PlantedStop",
    "document_sha256": "ab" * 32,
    "trusted_document": "PlantedDocument",
    "filters": ("user=planted",),
}
RELEASE: dict[str, Any] = {
    "released": ("Cycle.arrestedOn",),
    "masked": ("Person.ssn",),
    "denied": (Denial(field="Cycle.charges", record_class="CONVICTION", rule="criminal-history", needs=("AAL2",)),),
    "exclusions": (Denial(record_class="JUVENILE", rule="juvenile-file"),),
    "sources": (SourceAnswer(name="planted-source", status="TIMEOUT"),),
    "outcome": "PARTIAL",
    "flags": ("PLANTED_FLAG",),
}

# The value of each leaf for an auditor; in a list of objects, that of its first item.
SHOWN_TO_AUDITOR: dict[str, Any] = {
    "InquiryConnection.total": 1,
    "Inquiry.id": INQUIRY_ID,
    "Inquiry.parentId": PARENT,
    "Inquiry.traceId": TRACE,
    "Inquiry.at": "2026-03-01T12:00:00+00:00",
    "Inquiry.kind": "RELEASE",
    "Inquiry.user": USER,
    "Inquiry.role": "patrol",
    "Inquiry.agency": "CA9197777",
    "Inquiry.certifiedUntil": "2031-07-09",
    "Inquiry.backgroundClearedOn": "2021-02-03",
    "Inquiry.fingerprintedOn": "2021-02-04",
    "Inquiry.employedOn": "2021-02-17",
    "Inquiry.trainedOn": "2021-03-29",
    "Inquiry.recertifiedOn": "2025-03-11",
    "Inquiry.assurance": "aal1",
    "Inquiry.terminal": "planted terminal",
    "Inquiry.address": "203.0.113.77",
    "Inquiry.purpose": "C",
    "Inquiry.reason": "WARRANT_SERVICE",
    "Inquiry.caseNumber": CASE,
    "Inquiry.attention": "Planted 4417",
    "Inquiry.operationName": "PlantedStop",
    "Inquiry.documentSha256": "ab" * 32,
    "Inquiry.trustedDocument": "PlantedDocument",
    "Inquiry.policyVersion": Policy.load().version,
    "Inquiry.asked": ["persons/P0000099"],
    "Inquiry.records": ["persons/P0000098"],
    "Inquiry.released": ["Cycle.arrestedOn"],
    "Inquiry.masked": ["Person.ssn"],
    "Inquiry.filters": ["user=planted"],
    "Inquiry.outcome": "PARTIAL",
    "Inquiry.flags": ["PLANTED_FLAG"],
    "Withheld.field": "Cycle.charges",
    "Withheld.recordClass": "CONVICTION",
    "Withheld.rule": "criminal-history",
    "Withheld.needs": ["AAL2"],
    "SourceAnswer.name": "planted-source",
    "SourceAnswer.status": "TIMEOUT",
    "Replay.outcome": "DIFFERS",
    "ReplayLine.field": "Cycle.arrestedOn",
    "ReplayLine.recordClass": "CONVICTION",
    "ReplayLine.rule": "criminal-history",
    "ReplayLine.needs": ["AAL2"],
    "ReplayLine.journalled": "RELEASED",
    "ReplayLine.decided": "WITHHELD",
    "ReplayLine.agrees": False,
}

# The length of lists with more than one object: three fields and five exclusions.
LIST_LENGTHS = {"Replay.lines": 3 + 5}

# Fields whose values also occur in errors or entries of any operation. The other values occur nowhere else.
COMMON_WORDS = {
    *("Inquiry.kind", "Inquiry.role", "Inquiry.assurance", "Inquiry.reason", "Inquiry.policyVersion"),
    *("Inquiry.released", "Inquiry.masked"),
    *("Withheld.field", "Withheld.recordClass", "Withheld.rule", "Withheld.needs"),
    *("ReplayLine.field", "ReplayLine.recordClass", "ReplayLine.rule", "ReplayLine.needs", "ReplayLine.decided"),
}

# The values for callers who may see own entries only.
SHOWN_TO_OTHERS: dict[str, Any] = {
    "InquiryConnection.total": 0,
    "InquiryConnection.edges": [],
    "InquiryConnection.pageInfo": {"__typename": "PageInfo"},
}


async def plant_inquiry(world: World) -> None:
    """Append the planted inquiry to the journal of a running application."""
    version = Policy.load().version
    for entry in (
        Entry(kind=Kind.INTENT, **INTENT, policy_version=version, record_ids=("persons/P0000099",)),
        Entry(kind=Kind.RELEASE, **INTENT, **RELEASE, policy_version=version, record_ids=("persons/P0000098",)),
    ):
        await world.resources.journal.append(entry)
