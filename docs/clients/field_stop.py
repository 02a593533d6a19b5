"""A field stop, from a token to the screen, with Python's standard library alone.

    needtoknow token --as patrol | python field_stop.py http://127.0.0.1:8000/graphql 1N00001 [CASE]

Each line that it prints is a value, "none on file", a reason why it is not shown, or NOT CHECKED. Nothing is stored.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

STOP = """
query Stop($plate: String!, $case: String) @inquiry(purpose: C, reason: TRAFFIC_STOP, caseNumber: $case) {
  vehicle(by: { plate: { number: $plate } }) {
    safety { complete lines { words number act } more }
    make model color stolen
    owner {
      name { full }
      warrants { number offense extradition }
      protectiveOrders { number kind enforcement }
      criminalHistory { cycles { arrestedOn charges { offense standing } } }
    }
  }
}
"""
TRIES, TIMEOUT_S = 3, 15
NOT_CHECKED = "NOT CHECKED: ask dispatch"


class NotAnswered(Exception):
    """No answer to this inquiry. Show the sentence, and never "no record"."""


@dataclass(frozen=True)
class Answer:
    """A reply with data. `data` alone is not enough to show it."""

    data: dict[str, Any]
    errors: list[dict[str, Any]]
    inquiry: dict[str, Any]

    def nothing(self, path: tuple[str, ...], source: str) -> str:
        """Why there is nothing at a path: what to show where a value would stand."""
        for error in self.errors:
            at = tuple(error.get("path") or ())
            if at == path[: len(at)]:
                return said_of(error["extensions"])
        status = {each["name"]: each["status"] for each in self.inquiry["sources"]}[source]
        if status in {"EMPTY", "NO_NUMBER"}:
            return "none on file"
        if status not in {"OK", "WITHHELD"}:
            return NOT_CHECKED
        for place in self.inquiry["withheld"]:
            if all(withheld == here for withheld, here in zip(place["path"], path, strict=False)):
                return said_of(place)
        return "none on file" if status == "OK" else "not shown to you"


def said_of(reason: dict[str, Any]) -> str:
    """The words for an error's extensions, or for a withheld place."""
    if reason["code"] == "STEP_UP_REQUIRED":
        return f"not shown without: {', '.join(reason['needs'])}"
    return "not shown to you" if reason["code"] == "NEED_TO_KNOW" else NOT_CHECKED


def ask(url: str, token: str, document: str, variables: dict[str, Any]) -> Answer:
    """Send one inquiry, and again after a 503: nothing was returned then.

    Raises: NotAnswered with a sentence for the officer, and the trace id for support.
    """
    body = json.dumps({"query": document, "variables": variables}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    for attempt in range(1, TRIES + 1):
        try:
            with urlopen(Request(url, body, headers), timeout=TIMEOUT_S) as response:  # noqa: S310 - the reader's server
                reply = json.load(response)
        except HTTPError as error:
            if error.code == 503 and attempt < TRIES:
                time.sleep(float(error.headers.get("Retry-After", 1)))
                continue
            reply = json.load(error) if "json" in error.headers.get("Content-Type", "") else {}
        except (URLError, TimeoutError):
            raise NotAnswered("No connection. Nothing was checked.") from None
        if reply.get("data"):
            return Answer(reply["data"], reply.get("errors", []), reply["extensions"]["inquiry"])
        break
    first = (reply.get("errors") or [{"message": "No answer.", "extensions": {}}])[0]
    raise NotAnswered(f"{first['message']} Nothing was checked. Trace {first['extensions'].get('traceId', 'none')}.")


def screen(answer: Answer) -> list[str]:
    """The lines to show: first what to know before approaching."""
    vehicle = answer.data["vehicle"]
    if vehicle is None:
        return [f"VEHICLE  {answer.nothing(('vehicle',), 'vehicles')}"]
    stolen = {True: "STOLEN", False: "not stolen"}.get(vehicle["stolen"], f"stolen? {NOT_CHECKED}")
    lines = banner(vehicle["safety"])
    lines.append(f"VEHICLE  {vehicle['color']} {vehicle['make']} {vehicle['model']}, {stolen}")
    owner = vehicle["owner"]
    if owner is None:
        return [*lines, f"OWNER  {answer.nothing(('vehicle', 'owner'), 'persons')}"]
    lines.append(f"OWNER  {owner['name']['full'] if owner['name'] else NOT_CHECKED}")
    cycles = (owner["criminalHistory"] or {}).get("cycles") or []
    arrests = [f"{each['arrestedOn']} {charge['offense']}" for each in cycles for charge in each["charges"] or []]
    for heading, field, source, found in (
        ("WARRANT", "warrants", "warrants", [words(each) for each in owner["warrants"] or []]),
        ("ORDER", "protectiveOrders", "protective_orders", [words(each) for each in owner["protectiveOrders"] or []]),
        ("ARREST", "criminalHistory", "criminal_history", arrests),
    ):
        lines += [f"{heading}  {each}" for each in found or [answer.nothing(("vehicle", "owner", field), source)]]
    return lines


def banner(safety: dict[str, Any] | None) -> list[str]:
    """The safety lines. Only a complete banner without a line says that nothing is known."""
    safety = safety or {"complete": False, "lines": [], "more": 0}
    lines = [f"SAFETY  {words(each)}".removesuffix(" KNOW") for each in safety["lines"]]
    if safety["more"]:
        lines.append(f"SAFETY  and {safety['more']} more")
    return lines if safety["complete"] else [*lines, "SAFETY  NOT COMPLETE"]


def words(record: dict[str, Any]) -> str:
    return " ".join(str(value) for value in record.values() if value is not None)


def main(url: str, plate: str, case: str | None = None) -> None:
    answer = ask(url, sys.stdin.read().strip(), STOP, {"plate": plate, "case": case})
    print(*screen(answer), sep="\n")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except NotAnswered as reason:
        sys.exit(str(reason))
