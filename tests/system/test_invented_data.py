"""What each role can infer about hidden records from all open values of 20,000 invented people, alone and in pairs."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import orjson

from seed.world import write
from tests.attacks.invented_data import READERS, Inference, inferences, look
from tests.harness import running_app

PEOPLE_COUNT = 20_000
SUPPORT = 120


async def test_no_open_values_tell_any_role_of_a_hidden_property(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = write(tmp_path / "data", PEOPLE_COUNT, 2).folder
    seen: set[bytes] = set()
    best: dict[str, tuple[Inference, str]] = {}
    async with running_app(folder) as world:
        for caller in READERS:
            people = await look(world, caller)
            digest = sha256(orjson.dumps(people)).digest()
            if digest in seen:
                continue
            seen.add(digest)
            for found in inferences(folder, caller, people, SUPPORT):
                assert found.beyond == [], caller
                before = best.get(found.hidden.name)
                if before is None or found.best.at_least > before[0].best.at_least:
                    best[found.hidden.name] = found, str(caller)

    lines = [f"  {found}, by {caller}" for found, caller in best.values()]
    record_property("counted", "\n".join([f"best inferences from what {len(seen)} kinds of callers see:", *lines]))
