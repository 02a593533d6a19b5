"""Writes docs/need-to-know.md: the demonstration people as five callers see them, side by side.

    python docs/need_to_know.py            # prints the page
    make docs                              # rewrites it

The page contains responses of the application, executed in this process over a world of its own; a test compares it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from api.auth.demo_issuer import DemoIssuer
from api.config.settings import Settings
from api.http.app import create_app
from policy.roles import Role
from seed.demo import PEOPLE
from seed.world import write

ROLES = (Role.PATROL, Role.INVESTIGATOR, Role.RECORDS, Role.AUDITOR, Role.OUTSIDER)
CASE = "26-01187"
NO_RECORDS = "P0000007"

QUERY = (Path(__file__).parent / "everything.graphql").read_text("utf-8")

HEAD = f"""# Access by caller, side by side

This page shows each demonstration person as five callers see them. All callers send the same operation, with purpose
`C` and reason `INVESTIGATION`. Only the token differs, and in the second table the case number. `docs/need_to_know.py`
writes the page from the application's own responses, and a test compares the two.

| cell | meaning |
|---|---|
| a value | it was released |
| **denied** | `NEED_TO_KNOW`: the field is null and nothing was read |
| **step up** | `STEP_UP_REQUIRED`: the same, but a case number or a second factor would release it |
| *none* | there is nothing that this caller may know of |
| *no such person* | no such id, or a person whose existence is hidden from the caller; both look the same |

This command prints a complete response:

```console
$ needtoknow ask --as patrol --variables '{{"id": "P0000001"}}' docs/everything.graphql
```

`{NO_RECORDS}` has no records at all. For all others a row is left out if it is the same as in that table: these
callers get the answer that they get about a person without records.

The first table of each person is for a caller at the roadside: one factor, no case number. The second is for the same
caller with two factors and the case number `{CASE}`.
"""

Fact = tuple[str, str, Callable[[Any], Iterator[str]]]


def facts() -> list[Fact]:
    """The rows of a table: label, path of the field whose error explains a null, and formatter."""
    return [
        ("name", "person.name", lambda person: one(person["name"], "full")),
        ("birth date", "person.birthDate", lambda person: some(person["birthDate"])),
        ("cautions", "person.cautions", lambda person: some(*(person["cautions"] or ()))),
        ("social security number", "person.ssn", lambda person: ssn(person["ssn"])),
        ("residence", "person.residence", lambda person: one(person["residence"], "street", "city")),
        (
            "vehicles",
            "person.vehicles",
            lambda person: (
                f"{each['plate']}, {each['residence']['street']}{', STOLEN' if each['stolen'] else ''}"
                for each in person["vehicles"] or ()
            ),
        ),
        (
            "reports on vehicles",
            "person.vehicles.@.reports",
            lambda person: (
                f"{report['number']} of {report['agencyOri']}, {words(report['status'], report['state'])}"
                for each in person["vehicles"] or ()
                for report in each["reports"] or ()
            ),
        ),
        (
            "warrants",
            "person.warrants",
            lambda person: (
                f"{each['offense'].lower()}, {each['status'].lower()}" for each in person["warrants"] or ()
            ),
        ),
        (
            "violent person file",
            "person.violentPerson",
            lambda person: numbered([person["violentPerson"]] if person["violentPerson"] else (), "criterion"),
        ),
        (
            "gang file",
            "person.gangMemberships",
            lambda person: (f"{each['number']}, {each['group']}" for each in person["gangMemberships"] or ()),
        ),
        (
            "armed and prohibited",
            "person.armedAndProhibited",
            lambda person: some("yes" if person["armedAndProhibited"] else None),
        ),
        (
            "firearms",
            "person.firearms",
            lambda person: (
                f"{each['make'].replace('_', ' ').title()} {each['serial']}" for each in person["firearms"] or ()
            ),
        ),
        (
            "orders against",
            "person.protectiveOrders",
            lambda person: (
                f"{each['number']}{', no firearms' if each['firearmsProhibited'] else ''}"
                for each in person["protectiveOrders"] or ()
            ),
        ),
        (
            "why no firearms",
            "person.protectiveOrders.@.prohibitionBasis",
            lambda person: some(*(each["prohibitionBasis"] for each in person["protectiveOrders"] or ())),
        ),
        (
            "whom they protect",
            "person.protectiveOrders.@.protectedParties",
            lambda person: (
                f"{party['name']['full']}, {party['residence']['street']}"
                for each in person["protectiveOrders"] or ()
                for party in each["protectedParties"] or ()
            ),
        ),
        (
            "reported missing",
            "person.missingReports",
            lambda person: (
                f"{each['number']}{', at risk' if each['isAtRisk'] else ''}{', found' if each['found'] else ''}"
                for each in person["missingReports"] or ()
            ),
        ),
        ("accidents", "person.accidents", lambda person: numbered(person["accidents"], "severity")),
        (
            "their parties",
            "person.accidents.@.parties.@.name",
            lambda person: (
                f"{party['name']['full']}{', ' + words(party['fault']) if party['fault'] else ''}"
                for each in person["accidents"] or ()
                for party in each["parties"] or ()
            ),
        ),
        (
            "supervised releases",
            "person.supervisedReleases",
            lambda person: (
                f"{each['number']}, {words(each['kind'], each['status'])}"
                f"{', search terms' if each['searchTerms'] else ''}"
                for each in person["supervisedReleases"] or ()
            ),
        ),
        (
            "fingerprints and photographs",
            "person.biometrics",
            lambda person: (
                f"{each['id']}, {words(each['kind'])}, {each['takenOn']}" for each in person["biometrics"] or ()
            ),
        ),
        ("arrests and charges", "person.criminalHistory.cycles.@.charges", charges),
        (
            "supervision in the history",
            "person.criminalHistory",
            lambda person: (
                f"{cycle['supervision']['kind'].lower()}, {cycle['supervision']['status'].lower()}"
                for cycle in cycles(person)
                if cycle["supervision"]
            ),
        ),
    ]


def words(*codes: str) -> str:
    return ", ".join(code.replace("_", " ").lower() for code in codes)


def numbered(records: Any, code: str) -> Iterator[str]:
    return (f"{each['number']}, {words(each[code])}" for each in records or ())


def cycles(person: Any) -> list[Any]:
    return list((person["criminalHistory"] or {}).get("cycles") or ())


def charges(person: Any) -> Iterator[str]:
    for cycle in cycles(person):
        for charge in cycle["charges"] or ():
            yield f"{cycle['arrestedOn']} {charge['offense'].lower()} ({charge['standing']})"


def some(*values: str | None) -> Iterator[str]:
    return (value for value in values if value)


def one(part: Any, *names: str) -> Iterator[str]:
    return some(", ".join(part[name] for name in names if part[name])) if part else some()


def ssn(value: str | None) -> Iterator[str]:
    # No social security number in a document, not even a synthetic one.
    return some() if value is None else some("masked" if value.startswith("***") else "whole")


def cell(body: Any, path: str, read: Callable[[Any], Iterator[str]]) -> str:
    """The cell of one fact for one caller."""
    for place in body["extensions"]["inquiry"]["withheld"]:
        withheld_path = ".".join(place["path"])
        if path == withheld_path or path.startswith(f"{withheld_path}."):
            return "**denied**" if place["code"] == "NEED_TO_KNOW" else "**step up**"
    if body["data"]["person"] is None:
        return "*no such person*"
    return "<br>".join(read(body["data"]["person"])) or "*none*"


def table(bodies: list[Any]) -> Iterator[str]:
    yield f"| | {' | '.join(role.value for role in ROLES)} |"
    yield f"|---|{'---|' * len(ROLES)}"
    for name, path, read in facts():
        yield f"| {name} | {' | '.join(cell(body, path, read) for body in bodies)} |"


async def page() -> str:
    """The page as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        write(data, len(PEOPLE), 1)
        issuer = DemoIssuer.open(data)
        app = create_app(Settings(data=data, demo=True))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client,
        ):

            async def execute(number: str, role: Role, *, steps_up: bool) -> Any:
                token = issuer.token(role, aal=2 if steps_up else 1)
                variables = {"id": number, "case": CASE if steps_up else None}
                response = await client.post(
                    "/graphql",
                    json={"query": QUERY, "variables": variables},
                    headers={"Authorization": f"Bearer {token}"},
                )
                return response.json()

            async def rows(number: str, *, steps_up: bool) -> list[str]:
                return list(table([await execute(number, role, steps_up=steps_up) for role in ROLES]))

            without = {steps_up: await rows(NO_RECORDS, steps_up=steps_up) for steps_up in (False, True)}
            lines = [HEAD]
            for demonstration in PEOPLE:
                number = demonstration.person["id"]
                lines.append(f"## `{number}`: {demonstration.shows}\n")
                for steps_up in (False, True):
                    lines.append("With two factors and a case number:\n" if steps_up else "At the roadside:\n")
                    seen = await rows(number, steps_up=steps_up)
                    left_out = () if number == NO_RECORDS else without[steps_up][2:]
                    lines += (row for row in seen if row not in left_out)
                    lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(page()))
