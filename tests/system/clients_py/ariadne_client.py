"""What the client that ariadne-codegen generates gives while a source is down, and the types of its scalars."""

from __future__ import annotations

import json
import sys
from datetime import datetime

from docs.ariadne_client import needtoknow, read
from needtoknow_client import AnswerStatus, Wanted, WantedPersonWarrants

url, token = sys.argv[1:]
with needtoknow(url, token) as client:
    reply, errors = read(Wanted, lambda: client.wanted("P0000001"))


def bail(warrants: list[WantedPersonWarrants]) -> list[int | None]:
    """mypy reads this: whole cents are an int."""
    return [warrant.bail_cents for warrant in warrants]


born: str | None = reply.person.birth_date if reply.person else None
answers: list[datetime | None] = [source.last_answer for source in reply.sources]
json.dump(
    {
        "born": born,
        "bail": None if reply.person is None or reply.person.warrants is None else bail(reply.person.warrants),
        "errors": [{"path": error.path, "code": (error.extensions or {}).get("code")} for error in errors],
        "down": [each.name for each in reply.inquiry_status.sources if each.status is AnswerStatus.DOWN],
    },
    sys.stdout,
)
