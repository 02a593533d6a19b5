"""Decision replay: an entry agrees, differs, or is unknown today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from audit.decision_replay import DecisionReplayer, Replay, ReplayedField
from audit.policy_archive import PolicyArchive
from policy.table import MATRIX, Policy
from schema.build import guards

STEP_UP = ["CASE_NUMBER", "AAL2"]
EXCLUSIONS = [
    {"field": None, "needs": needs, "record_class": record_class, "rule": rule}
    for record_class, rule, needs in (
        ("ARREST_ONLY", "criminal-history", STEP_UP),
        ("SEALED", "sealed-arrest", STEP_UP),
        ("JUVENILE", "juvenile-file", []),
        ("MISSING_HISTORY", "missing-history", []),
        ("IDENTITY", "own-record", []),
    )
]
CHARGES = {"field": "Cycle.charges", "needs": STEP_UP, "record_class": "CONVICTION", "rule": "criminal-history"}
BY_SSN = {"field": "Query.searchPersons", "needs": [], "record_class": "SSN", "rule": "social-security"}

ENTRY: dict[str, Any] = {
    "at": "2026-03-01T12:00:00.000000+00:00",
    "user": "demo-patrol",
    "role": "patrol",
    "agency": "CA9194200",
    "certified_until": "2027-01-01",
    "assurance": "aal1",
    "purpose": "C",
    "reason": "TRAFFIC_STOP",
    "policy_version": Policy.load().version,
    "released": ["Court.name", "Person.id", "Query.person"],
    "masked": ["Person.ssn"],
    "denied": [CHARGES, BY_SSN],
    "exclusions": EXCLUSIONS,
}


@pytest.fixture
def policies(tmp_path: Path) -> PolicyArchive:
    archive = PolicyArchive(tmp_path / "policies")
    archive.store(Policy.load())
    return archive


@pytest.fixture
def replayer(policies: PolicyArchive) -> DecisionReplayer:
    return DecisionReplayer(policies, guards())


def replayed(replayer: DecisionReplayer, **changed: Any) -> Replay:
    replay = replayer.replay(ENTRY | changed)
    assert replay is not None
    return replay


def disagreements(replay: Replay) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [(line.field, line.record_class, line.journalled, line.decided) for line in replay.lines if not line.agrees]


def test_an_unchanged_decision_agrees_field_by_field(replayer: DecisionReplayer) -> None:
    replay = replayed(replayer)

    assert (replay.outcome, len(replay.lines), disagreements(replay)) == ("AGREES", 3 + 1 + 2 + 5, [])
    by_field = {line.field: line for line in replay.lines if line.field}
    assert by_field["Person.id"] == ReplayedField(
        "Person.id", "IDENTITY", "right-to-know", (), "RELEASED", "RELEASED", agrees=True
    )
    assert (by_field["Person.ssn"].rule, by_field["Person.ssn"].decided) == ("social-security", "MASKED")
    # A court is read with the grant of its parent, and has no rule of its own.
    assert (by_field["Court.name"].record_class, by_field["Court.name"].rule) == (None, None)
    assert by_field["Cycle.charges"].needs == tuple(STEP_UP)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"released": ["Person.ssn"]}, [("Person.ssn", "SSN", "RELEASED", "MASKED")]),
        ({"released": ["Charge.code"]}, [("Charge.code", "CONVICTION", "RELEASED", "WITHHELD")]),
        ({"masked": ["Person.id"]}, [("Person.id", "IDENTITY", "MASKED", "RELEASED")]),
        ({"denied": [CHARGES | {"rule": "own-record"}]}, [("Cycle.charges", "CONVICTION", "WITHHELD", "WITHHELD")]),
        ({"denied": [CHARGES | {"needs": []}]}, [("Cycle.charges", "CONVICTION", "WITHHELD", "WITHHELD")]),
        (
            {"denied": [CHARGES | {"field": "Person.id", "record_class": "IDENTITY"}]},
            [("Person.id", "IDENTITY", "WITHHELD", "RELEASED")],
        ),
        ({"denied": [BY_SSN | {"field": "Person.ssn"}]}, [("Person.ssn", "SSN", "WITHHELD", "MASKED")]),
        ({"exclusions": EXCLUSIONS[1:]}, [(None, "ARREST_ONLY", None, "LEFT_OUT")]),
        (
            {"exclusions": [*EXCLUSIONS, EXCLUSIONS[2] | {"record_class": "SSN"}]},
            [(None, "SSN", "LEFT_OUT", None)],
        ),
    ],
    ids=lambda case: str(case)[:60],
)
def test_a_field_that_is_decided_otherwise_differs(
    replayer: DecisionReplayer, changed: dict[str, Any], expected: list[Any]
) -> None:
    replay = replayed(replayer, **changed)

    assert (replay.outcome, disagreements(replay)) == ("DIFFERS", expected)


def test_a_certification_is_compared_with_the_day_of_the_inquiry(replayer: DecisionReplayer) -> None:
    nothing: dict[str, Any] = {"released": [], "masked": [], "denied": [], "exclusions": []}
    expired = {"field": "Person.id", "needs": [], "record_class": "IDENTITY", "rule": "certification"}

    assert replayed(replayer, **nothing | {"denied": [expired]}, certified_until="2026-02-27").outcome == "AGREES"
    assert replayed(replayer, **nothing | {"denied": [expired]}, certified_until="2026-03-03").outcome == "DIFFERS"


def test_a_clearance_is_compared_with_the_day_of_the_inquiry(replayer: DecisionReplayer) -> None:
    nothing: dict[str, Any] = {"released": [], "masked": [], "denied": [], "exclusions": [], "certified_until": None}
    alone = {"field": "Person.id", "needs": ["SUPERVISOR"], "record_class": "IDENTITY", "rule": "training"}
    late = alone | {"needs": []}
    uncleared = late | {"rule": "background-check"}
    entry = {name: value for name, value in (ENTRY | nothing).items() if value is not None}
    entry |= {"cleared_on": "2025-08-01", "fingerprinted_on": "2025-08-01", "employed_on": "2025-09-05"}

    def outcome(**changed: Any) -> str | None:
        replay = replayer.replay(entry | changed)
        return replay and replay.outcome

    assert outcome(denied=[alone]) == "AGREES"
    assert outcome(denied=[alone], attention="supervisor: Sgt Lee") == "DIFFERS"
    assert outcome(denied=[late], employed_on="2025-08-20") == "AGREES"
    assert outcome(denied=[uncleared], employed_on="2025-08-20") == "DIFFERS"
    assert outcome(denied=[uncleared], recertified_on="soon") == "UNKNOWN"
    del entry["fingerprinted_on"]
    assert outcome(denied=[uncleared]) == "AGREES"


def test_a_replay_uses_the_policy_of_the_day_of_the_inquiry(policies: PolicyArchive, tmp_path: Path) -> None:
    text = MATRIX.read_text("utf-8").replace("SSN                   M  ", "SSN                   D  ")
    (tmp_path / "older.txt").write_text(text)
    older = Policy.load(tmp_path / "older.txt")
    policies.store(older)
    denied = {"field": "Person.ssn", "needs": [], "record_class": "SSN", "rule": "social-security"}
    then: dict[str, Any] = {"masked": [], "denied": [denied], "policy_version": older.version}
    replayer = DecisionReplayer(policies, guards())

    assert older.version != Policy.load().version
    assert replayed(replayer, **then).outcome == "AGREES"
    assert disagreements(replayed(replayer, **then | {"policy_version": Policy.load().version})) == [
        ("Person.ssn", "SSN", "WITHHELD", "MASKED")
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"policy_version": "0" * 12},
        {"role": "sheriff"},
        {"purpose": "Z"},
        {"reason": "CURIOSITY"},
        {"assurance": "aal9"},
        {"certified_until": "soon"},
        {"agency": "?"},
        {"released": ["Person.horoscope"]},
        {"denied": [CHARGES | {"record_class": "HOROSCOPE"}]},
    ],
    ids=str,
)
def test_a_value_unknown_today_makes_the_replay_unknown(replayer: DecisionReplayer, changed: dict[str, Any]) -> None:
    replay = replayed(replayer, **changed)

    assert replay.outcome == "UNKNOWN"
    unknown = [line for line in replay.lines if line.agrees is None]
    assert unknown
    assert {line.decided for line in unknown} == {None}


def test_a_difference_counts_more_than_an_unknown_field(replayer: DecisionReplayer) -> None:
    assert replayed(replayer, released=["Person.horoscope", "Charge.code"]).outcome == "DIFFERS"


def test_an_entry_without_a_decision_is_not_replayed(replayer: DecisionReplayer) -> None:
    refusal = {"at": ENTRY["at"], "outcome": "PURPOSE_REQUIRED", "kind": "REFUSAL"}

    assert replayer.replay(refusal) is None
