"""Rules about the subject apply on every path in the form that a source holds: own records, namesakes, colleagues."""

from __future__ import annotations

from typing import Any

import pytest

from tests.attacks.data_files import SUBJECT_TABLES, change
from tests.attacks.record_paths import PATHS, STEPPED_UP
from tests.attacks.responses import last_release
from tests.harness import World

# Forms of REYES, demo-investigator and CA9190000. Bytes are Latin-1, and no UTF-8.
FORMS: dict[str, tuple[str | bytes, str, str]] = {
    "capitals": ("Reyes", "DEMO-Investigator", "ca9190000"),
    "spaces": (" REYES  ", "  demo-investigator ", " CA9190000  "),
    "line ends": ("REYES\r\n", "demo-investigator\t\r\n", "CA9190000\r\n"),
    "no-break spaces": ("\u00a0Reyes", "\u00a0demo-investigator\u00a0", "CA9190000\u00a0"),
    "separators": ("RE-YES", " Demo-Investigator", "CA-919 0000"),
    "an accent": ("Réyes", "demo-INVESTIGATOR\u00a0", "\uff23\uff21\uff19190000"),
    "an accent in two": ("Re\u0301yes", "Demo-investigator\n", "Ca9190000"),
    "another encoding": ("Réyes".encode("latin-1"), "demo-investigator ", "CA9190000"),
}


def store(world: World, surname: str | bytes, user: str, ori: str) -> None:
    """Give the investigator's records this subject, in every source."""
    columns = "subject_surname = CAST(:surname AS TEXT), subject_user = :user, subject_ori = :ori"
    for source, tables in SUBJECT_TABLES.items():
        statements = [f"UPDATE {each} SET {columns} WHERE subject_user = 'demo-investigator'" for each in tables]
        change(world.folder, source, *statements, surname=surname, user=user, ori=ori)


def callers(world: World) -> dict[str, str]:
    """A token by the flag that each of the three callers raises."""
    return {
        "OWN_RECORD": world.token("investigator", aal=2),
        "SAME_SURNAME": world.token("investigator", subject="demo-another", ori="CA9190099", aal=2),
        "COLLEAGUE": world.token("records", ori="CA9190000", aal=2),
    }


@pytest.mark.attack(20)
@pytest.mark.parametrize(
    "subject",
    [
        pytest.param(form, id=name, marks=[pytest.mark.files] * (name == "another encoding"))
        for name, form in FORMS.items()
    ],
)
async def test_own_record_namesake_and_colleague_are_known_in_any_form(world: World, subject: Any) -> None:
    store(world, *subject)
    own, others = {}, {}
    for path, (query, left) in PATHS.items():
        for flag, token in callers(world).items():
            response = await world.execute(f"query {STEPPED_UP} {{ {query} }}", token=token)
            shown = others if flag != "OWN_RECORD" else own
            shown[path, flag] = response.data != left, last_release(world).flags
            assert response.errors == []

    assert own == {(path, "OWN_RECORD"): (False, ("OWN_RECORD",)) for path in PATHS}
    assert others == {(path, flag): (True, (flag,)) for path, flag in others}
    assert len(others) == 2 * len(PATHS)
