"""Fault profiles: what they set, and errors that name the line."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from resolvers.catalogue import NAMES
from sources.errors import InvalidProfile
from sources.fault_profile import BUILTIN, Behaviour, FaultProfile, Outage, profile_path

DOCUMENT = Path(__file__).parents[2] / "docs" / "profiles.md"
WHOLE = """\
seed = 7

[vehicles]
median_ms = 80
p99_ms = 240.5
error_rate = 0.5
concurrency = 3

[[vehicles.outages]]
from_s = 10
for_s = 5
every_s = 20

[[vehicles.outages]]
from_s = 300

[warrants]
median_ms = 9

[criminal_history]
is_frozen = true
"""


def profile(folder: Path, text: str | bytes) -> FaultProfile:
    path = folder / "p.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return FaultProfile.load(path, NAMES)


def test_a_profile_sets_the_behaviour_of_each_source(tmp_path: Path) -> None:
    assert profile(tmp_path, WHOLE) == FaultProfile(
        7,
        {
            "vehicles": Behaviour(80, 240.5, 0.5, 3, outages=(Outage(10, 5, 20), Outage(300))),
            "warrants": Behaviour(9, 9),
            "criminal_history": Behaviour(is_frozen=True),
        },
    )


def test_an_empty_profile_changes_nothing(tmp_path: Path) -> None:
    assert profile(tmp_path, "") == FaultProfile(0, {})


@pytest.mark.parametrize(
    ("outage", "seconds"),
    [
        (Outage(), range(60)),
        (Outage(10), range(10, 60)),
        (Outage(10, 5), range(10, 15)),
        (Outage(10, 5, 20), [*range(10, 15), *range(30, 35), *range(50, 55)]),
    ],
    ids=["for good", "from then on", "once", "again and again"],
)
def test_an_outage_includes_its_first_second_and_not_its_end(outage: Outage, seconds: range) -> None:
    assert [second for second in range(60) if outage.includes(second)] == list(seconds)
    assert Behaviour(outages=(Outage(70, 1), outage)).is_down(seconds[0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"seed = 1\n# \xff\n", "2: this is not UTF-8."),
        ("\nseed = " + "[" * 3_000, "2: this is nested too deeply."),
        ("# 34 bytes and the end of the line\n" * 120, "118: a profile has at most 4,096 bytes."),
        ("seed = -1", "1: seed must be a whole number from 0."),
        ("seed = true", "1: seed must be a whole number from 0."),
        ("seed = 1.0", "1: seed must be a whole number from 0."),
        ("\n\n[dmv]\nmedian_ms = 80\n", f"3: there is no source 'dmv'; there are {', '.join(NAMES)}."),
        ("vehicles = 80", f"1: this must be a table of {', '.join(Behaviour.__slots__)}."),
        ("[warrants]\n\n[vehicles]\nmedian = 80", f"4: 'median' is not one of {', '.join(Behaviour.__slots__)}."),
        ("[vehicles]\nmedian_ms = 0", "2: median_ms must be a number from 0.001 to 3,600,000."),
        ('[vehicles]\n# "80"\nmedian_ms = "80"', "3: median_ms must be a number from 0.001 to 3,600,000."),
        ("[vehicles]\nmedian_ms = nan", "2: median_ms must be a number from 0.001 to 3,600,000."),
        ("[vehicles]\nmedian_ms = inf", "2: median_ms must be a number from 0.001 to 3,600,000."),
        ("[vehicles]\np99_ms = 9", "2: p99_ms must be from one to a thousand times median_ms."),
        ("[vehicles]\np99_ms = 9\nmedian_ms = 9.1", "2: p99_ms must be from one to a thousand times median_ms."),
        ("[vehicles]\nmedian_ms = 1\np99_ms = 1001", "3: p99_ms must be from one to a thousand times median_ms."),
        ("warrants.error_rate = 0.1\nvehicles.error_rate = 1.1", "2: error_rate must be a number from 0 to 1."),
        ("[vehicles]\nconcurrency = 0", "2: concurrency must be a whole number from 1 to 1,000,000."),
        ("[vehicles]\nconcurrency = 2.5", "2: concurrency must be a whole number from 1 to 1,000,000."),
        ("[vehicles]\nis_frozen = 1", "2: is_frozen must be true or false."),
        ("[vehicles.outages]\nfrom_s = 1", "1: outages must be a list of tables."),
        ("[vehicles]\noutages = [5]", "2: this must be a table of from_s, for_s, every_s."),
        (
            "[[vehicles.outages]]\n[[vehicles.outages]]\nuntil_s = 1",
            "3: 'until_s' is not one of from_s, for_s, every_s.",
        ),
        ("[vehicles]\noutages = [\n  {},\n  {from_s = -1},\n]", "5: from_s must be a number from 0 to 1,000,000,000."),
        ("[[vehicles.outages]]\nfor_s = 0", "2: for_s must be a number from 0.001 to 1,000,000,000."),
        ("[[vehicles.outages]]\nevery_s = 20", "2: every_s must be more than for_s."),
        ("[[vehicles.outages]]\nfor_s = 20\r\nevery_s = 20", "3: every_s must be more than for_s."),
    ],
)
def test_an_error_in_a_profile_names_its_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(InvalidProfile) as caught:
        profile(tmp_path, text)

    assert str(caught.value) == f"{tmp_path / 'p.toml'}:{message}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("seed = 1\n[vehicles\n", 2),
        ("[vehicles]\nmedian_ms = 80 ms\n", 2),
        ("[vehicles]\nmedian_ms = 1\nmedian_ms = 2\n", 3),
        ('seed = 1\n[vehicles]\nmedian_ms = """\n', 4),
        ("seed = 1\n[vehicles]\noutages = [", 3),
    ],
)
def test_a_syntax_error_names_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(InvalidProfile, match=rf"/p\.toml:{line}: [A-Z][^()]+\.$"):
        profile(tmp_path, text)


@pytest.mark.parametrize(("name", "why"), [("busy", "No such file or directory"), (".", "Is a directory")])
def test_an_unknown_profile_gets_the_list_of_built_in_ones(name: str, why: str) -> None:
    with pytest.raises(InvalidProfile) as caught:
        FaultProfile.load(profile_path(name), NAMES)

    assert str(caught.value) == f"{name} cannot be read: {why}. A profile is a file, or one of {', '.join(BUILTIN)}."


def test_field_day_has_its_documented_latencies() -> None:
    sources = FaultProfile.load(profile_path("field-day"), NAMES).sources

    assert sources.keys() == set(NAMES)
    assert {name: each.median_ms for name, each in sources.items()}.items() >= {
        "persons": 20,
        "vehicles": 80,
        "warrants": 120,
        "protective_orders": 60,
        "criminal_history": 300,
    }.items()
    assert {each.p99_ms / each.median_ms for each in sources.values()} == {3}


@pytest.mark.parametrize(
    ("name", "differ"),
    [("dmv-down", {"vehicles"}), ("history-slow", {"criminal_history"}), ("flapping", {"vehicles", "warrants"})],
)
def test_a_profile_with_one_fault_is_otherwise_quiet(name: str, differ: set[str]) -> None:
    quiet, other = FaultProfile.load(profile_path("quiet"), NAMES), FaultProfile.load(profile_path(name), NAMES)

    assert quiet.seed == other.seed
    assert {name for name, each in quiet.sources.items() if each != other.sources[name]} == differ


def test_the_documentation_lists_every_built_in_profile() -> None:
    table = re.findall(r"^\| `([\w-]+)` \| (.+) \|$", DOCUMENT.read_text(), re.MULTILINE)
    builtin = {name: FaultProfile.load(path, NAMES).sources for name, path in BUILTIN.items()}

    assert {name: cells.split(" | ") for name, cells in table if name in BUILTIN} == {
        name: [table_cell(each) for each in sources.values()] for name, sources in builtin.items()
    }


def test_the_documentation_lists_every_key() -> None:
    keys = re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text(), re.MULTILINE)

    assert [key for key in keys if key not in BUILTIN] == [*Behaviour.__slots__[:-1], *Outage.__slots__]


def table_cell(behaviour: Behaviour) -> str:
    parts = [f"{behaviour.median_ms:,} / {behaviour.p99_ms:,}"]
    if behaviour.error_rate:
        parts.append(f"{behaviour.error_rate:.0%} fail")
    for outage in behaviour.outages:
        when = f"{outage.for_s} s of every {outage.every_s} s, from {outage.from_s} s on"
        parts.append("down" if outage.for_s == math.inf else f"down {when}")
    return ", ".join(parts)
