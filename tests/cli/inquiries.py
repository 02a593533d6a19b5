"""Operations that the tests of `needtoknow audit` put into a journal, and the entries it prints."""

from __future__ import annotations

import json

PERSON = b'{ person(id: "P0000001") { id } }'
STOP = b'query Stop @inquiry(purpose: C, reason: TRAFFIC_STOP, attention: "Lee 4417") ' + PERSON


def entries(jsonl: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in jsonl.splitlines()]
