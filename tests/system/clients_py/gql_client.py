"""What gql gives while a source is down."""

from __future__ import annotations

import json
import sys

from docs.gql_client import ask, needtoknow
from gql import GraphQLRequest

PERSON = """
  query ($id: ID!) @inquiry(purpose: C, reason: INVESTIGATION) { person(id: $id) { id ssn warrants { number } } }
"""

url, token = sys.argv[1:]
with needtoknow(url, token) as session:
    reply = ask(session, GraphQLRequest(PERSON, variable_values={"id": "P0000001"}))
json.dump(
    {
        "data": reply.data,
        "errors": [{"path": error["path"], "code": error["extensions"]["code"]} for error in reply.errors],
        "withheld": [place["path"] for place in reply.extensions["inquiry"]["withheld"]],
    },
    sys.stdout,
)
