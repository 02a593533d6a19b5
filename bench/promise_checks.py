"""Checks that contenders keep the same promises: they refuse and deny alike, and their journals say the same.

They run before anything is timed. After it, each journal is verified whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import orjson
from joserfc.jwk import ECKey

from api.auth.demo_issuer import DemoIssuer
from api.config.data_folder import JOURNAL as JOURNAL_FILE
from audit.sqlite.verification import verify
from bench.contenders import JOURNAL, NEED_TO_KNOW
from bench.results import Measurement
from bench.rounds import RunningContender
from bench.workloads import Workload
from policy.roles import Role

DENIED = """\
query Denied($ids: [ID!]!) @inquiry(purpose: C, reason: INVESTIGATION, attention: "Reyes 2210") {
  persons(ids: $ids) { id ssn warrants { number } protectiveOrders { number protectedParties { phone } } }
}
"""
"""Without a case number and with one factor an investigator is denied a field of the person, and one of each order."""

DENIED_PEOPLE = 200

EQUAL = (
    *("kind", "user", "role", "agency", "assurance", "address", "certified_until", "cleared_on", "employed_on"),
    *("fingerprinted_on", "trained_on", "purpose", "reason", "case_number", "attention", "operation_name"),
    *("document_sha256", "policy_version", "searched", "search_key", "outcome"),
)
"""Fields of an entry that are equal in all journals."""
LISTS = ("record_ids", "released", "denied", "sources")
"""Those that are equal in any order. Exclusions and flags are of decisions about rows, which no peer makes."""


class PromiseBroken(Exception):
    """A contender does not keep a promise; the message has its title."""


def check_promises(running: Sequence[RunningContender], workloads: Sequence[Workload], compared: int) -> int:
    """Check contenders that have answered the same questions, and nothing else yet.

    Returns the number of inquiries that their journals say alike; 0 if there is only one journal to compare.
    Raises: PromiseBroken.
    """
    running = _journaled(running)
    if len(running) < 2:
        return 0
    for contender in running:
        refuse_strangers(contender)
    compare_journals(running, compared)
    deciding = [each for each in running if NEED_TO_KNOW in each.config.promises]
    compare_denials(deciding, _people(workloads))
    compare_journals(deciding, compared + 1)
    return compared + 1


def require_whole_journals(running: Sequence[RunningContender], measurements: Sequence[Measurement]) -> None:
    """Check the journals after a measurement, two entries for each request. Raises: PromiseBroken."""
    for contender in _journaled(running):
        requests = sum(each.requests for each in measurements if each.contender == contender.config.key)
        count = require_whole(contender)
        if count < 2 * requests:
            raise PromiseBroken(f"The journal of {contender.config.title} has {count} entries of {requests} requests.")


def _journaled(running: Sequence[RunningContender]) -> list[RunningContender]:
    return [each for each in running if JOURNAL in each.config.promises]


def _people(workloads: Sequence[Workload]) -> list[str]:
    """People of the largest question, of whom some have protective orders."""
    largest = max(workloads, key=lambda each: each.people)
    return list(largest.variables[0]["ids"])[:DENIED_PEOPLE]


def refuse_strangers(contender: RunningContender) -> None:
    """Raises: PromiseBroken if it answers without a token, or with one that another issuer signed."""
    token = DemoIssuer(ECKey.generate_key("P-256")).token(Role.INVESTIGATOR, aal=2)
    for title, headers in (("without a token", {}), ("with a forged token", {"Authorization": f"Bearer {token}"})):
        status, body = _post(contender, {"query": DENIED, "variables": {"ids": []}}, headers)
        if status != 401 or body.get("data"):
            raise PromiseBroken(f"{contender.config.title} answers {title}: {status}, {body}.")


def compare_denials(running: Sequence[RunningContender], ids: Sequence[str]) -> None:
    """Raises: PromiseBroken if two deny an investigator other fields, or give another place an error."""
    first, expected = None, None
    for contender in running:
        token = DemoIssuer.open(contender.folder).token(Role.INVESTIGATOR)
        asked = {"query": DENIED, "variables": {"ids": list(ids)}}
        status, body = _post(contender, asked, {"Authorization": f"Bearer {token}"})
        # A position of a list is a text in errors of Mercurius with its JIT.
        found = body.get("data"), sorted("/".join(map(str, each["path"])) for each in body.get("errors", ()))
        if first is None:
            first, expected = contender, found
            denied = {path.rpartition("/")[2] for path in found[1]}
            if not found[0] or denied != {"ssn", "protectedParties"}:
                raise PromiseBroken(f"{contender.config.title} denies other fields than it should: {denied}.")
        elif found != expected:
            raise PromiseBroken(f"{contender.config.title} and {first.config.title} deny other fields: {status}.")


def compare_journals(running: Sequence[RunningContender], inquiries: int) -> None:
    """Raises: PromiseBroken if a journal is not whole, or does not say of each inquiry what the first one says."""
    expected: list[dict[str, Any]] = []
    for contender in running:
        require_whole(contender)
        entries = [_comparable(each) for each in read_inquiries(contender.folder)]
        title = contender.config.title
        if len(entries) != 2 * inquiries:
            raise PromiseBroken(f"The journal of {title} has {len(entries)} entries of {inquiries} inquiries.")
        expected = expected or entries
        for number, (entry, wanted) in enumerate(zip(entries, expected, strict=True)):
            names = [name for name in wanted if entry[name] != wanted[name]]
            if names:
                raise PromiseBroken(
                    f"The journals of {title} and {running[0].config.title} differ at entry {number + 1},"
                    f" {wanted['kind']}, {names[0]}: {entry[names[0]]!r} and {wanted[names[0]]!r}."
                )


def require_whole(contender: RunningContender) -> int:
    """The number of entries. Raises: PromiseBroken if the journal has a fault."""
    verification = verify(contender.folder / JOURNAL_FILE)
    if not verification.is_whole:
        raise PromiseBroken(f"The journal of {contender.config.title} is not whole: {verification.faults[0]}.")
    return verification.count


def read_inquiries(folder: Path) -> list[dict[str, Any]]:
    """The intents and releases of a journal, in their order. Raises: PromiseBroken if an inquiry lacks one."""
    with closing(sqlite3.connect(f"{(folder / JOURNAL_FILE).absolute().as_uri()}?mode=ro", uri=True)) as journal:
        bodies = journal.execute("SELECT body FROM entry WHERE kind IN ('INTENT', 'RELEASE') ORDER BY sequence")
        return [orjson.loads(body) for (body,) in bodies]


def _comparable(entry: Mapping[str, Any]) -> dict[str, Any]:
    lists = {name: sorted(map(_item, entry.get(name, ()))) for name in LISTS}
    # The root of the operation is not a field of a record.
    lists["released"] = [name for name in lists["released"] if not name.startswith("Query.")]
    return {name: entry.get(name) for name in EQUAL} | lists


def _item(item: Any) -> str:
    """A text that is equal for items whose parts are equal in any order."""
    if isinstance(item, str):
        return item
    parts = {name: sorted(value) if isinstance(value, list) else value for name, value in item.items()}
    return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS).decode()


def _post(contender: RunningContender, body: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[int, Any]:
    with closing(HTTPConnection("127.0.0.1", contender.server.port, timeout=60)) as connection:
        try:
            connection.request(
                "POST",
                "/graphql",
                orjson.dumps(body),
                {"Content-Type": "application/json", "Accept": "application/json", **headers},
            )
            response = connection.getresponse()
            return response.status, orjson.loads(response.read())
        except (OSError, HTTPException, orjson.JSONDecodeError) as error:
            raise PromiseBroken(f"{contender.config.title} does not answer: {error!r}.") from error
