"""Workloads of the benchmark: GraphQL documents, each with many sets of variables drawn from a world.

No person is requested twice in a row, so that no response is cached. None asks whether a vehicle is stolen: the server
reads that from the reports of another source, and the peers from the vehicle's own row.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

EVERYTHING = """\
query Everything($ids: [ID!]!)%s {
  persons(ids: $ids) {
    id name { full } birthDate sex race heightInches weightPounds ssn
    driverLicense { number state class status expiresOn }
    residence { street city state postalCode confidential }
    vehicles { vin plate plateState year make model color registration { status expiresOn } }
    warrants { number category status issuedOn offense bailCents court { ori name } }
    protectiveOrders {
      number kind status issuedOn expiresOn firearmsProhibited served
      protectedParties { name { full } residence { street city state postalCode } phone }
    }
    criminalHistory {
      ciiNumber
      cycles {
        arrestedOn agencyOri bookingNumber status
        charges {
          code offense severity standing
          disposition { kind decidedOn court { name } }
          sentence { kind days }
        }
        supervision { kind status startsOn endsOn }
      }
    }
  }
}
"""

NAME = """\
query Name($surname: String!, $given: String!)%s {
  searchPersons(by: { name: { surname: $surname, given: $given } }) {
    total
    edges { score why node { id name { full } birthDate sex race heightInches weightPounds } }
  }
}
"""

PLATE = """\
query Plate($number: String!)%s {
  vehicle(by: { plate: { number: $number } }) {
    vin plate plateState year make model color registration { status expiresOn }
    owner {
      id name { full } birthDate sex race residence { street city state postalCode confidential }
      warrants { number category status issuedOn offense bailCents court { name } }
    }
  }
}
"""

# With a case number and two factors an investigator is permitted every field, as from servers without authorization.
INQUIRY = ' @inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "24-01187", attention: "Reyes 2210")'
DEMO_PEOPLE = 100
PLATES = (
    "SELECT plate FROM vehicle WHERE plate_state = 'CA' AND plate IS NOT NULL AND subject_user IS NULL ORDER BY vin"
)


@dataclass(frozen=True, slots=True)
class Workload:
    """One document and the sets of variables that are sent with it, in rotation."""

    name: str
    people: int
    connections: tuple[int, ...]
    document: str
    variables: tuple[Mapping[str, Any], ...]

    def bodies(self, *, sends_inquiry: bool) -> list[bytes]:
        """Request bodies. Only needtoknow has the @inquiry directive."""
        query = self.document % (INQUIRY if sends_inquiry else "")
        return [orjson.dumps({"query": query, "variables": variables}) for variables in self.variables]


def workloads(folder: Path, *, seed: int = 1) -> list[Workload]:
    """All workloads of a world, without the people of the demonstration, for whom other rules apply."""
    rng = random.Random(seed)
    persons, vehicles = _read(folder, "persons"), _read(folder, "vehicles")
    ids = person_ids(folder)
    names = persons.execute("SELECT surname, given FROM person ORDER BY id LIMIT -1 OFFSET ?", [DEMO_PEOPLE]).fetchall()
    plates = [row[0] for row in vehicles.execute(PLATES)]
    persons.close()
    vehicles.close()

    return [
        everything("1 person", ids, 1, 400, rng),
        everything("20 people", ids, 20, 100, rng),
        everything("200 people", ids, 200, 20, rng),
        # Eight of these at once would only measure the length of the queue.
        everything("1,000 people", ids, 1_000, 6, rng, connections=(1,)),
        Workload(
            "a name",
            0,
            (1, 8),
            NAME,
            tuple({"surname": surname, "given": given} for surname, given in rng.sample(names, min(200, len(names)))),
        ),
        Workload(
            "a plate",
            0,
            (1, 8),
            PLATE,
            tuple({"number": plate} for plate in rng.sample(plates, min(400, len(plates)))),
        ),
    ]


def person_ids(folder: Path) -> list[str]:
    """Ids of all people of a world but those of the demonstration."""
    with closing(_read(folder, "persons")) as persons:
        rows = persons.execute("SELECT id FROM person ORDER BY id LIMIT -1 OFFSET ?", [DEMO_PEOPLE])
        return [row[0] for row in rows]


def everything(
    name: str,
    ids: Sequence[str],
    people: int,
    sets: int,
    rng: random.Random,
    *,
    connections: tuple[int, ...] = (1, 8),
) -> Workload:
    """Questions about so many of these people with everything."""
    size = min(people, len(ids))
    variables = tuple({"ids": rng.sample(ids, size)} for _ in range(sets))
    return Workload(name, people, connections, EVERYTHING, variables)


def _read(folder: Path, source: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{(folder / source).absolute().as_uri()}.db?mode=ro", uri=True)
