"""Floor with token and journal: the baseline by hand, without GraphQL and without need-to-know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import request_response

from bench.peers import baseline
from bench.peers.promised_app import promised_app
from bench.peers.promises import RECORDS, Promises

NUMBERS = {name: 3 if name == "persons_by_name" else 0 for name in RECORDS}
"""The position of a record's number in a row."""


def create(folder: Path) -> Starlette:
    promises, rows = Promises(folder), baseline.open_rows(folder)

    async def graphql(request: Request) -> Response:
        body = orjson.loads(await request.body())
        trail = await promises.begin(request.scope["claims"], body["query"], body["variables"])

        def noted_rows(name: str, **parameters: Any) -> list[Any]:
            if parameters.get("keys") == "[]":
                return []
            found = rows(name, **parameters)
            trail.note(name, [row[NUMBERS[name]] for row in found] if name in RECORDS else (), bool(found))
            return found

        data = baseline.answer(noted_rows, body["variables"])
        await promises.end(trail)
        return Response(orjson.dumps({"data": data}), media_type="application/json")

    return promised_app(request_response(graphql), promises)
