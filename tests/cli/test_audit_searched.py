"""`needtoknow audit search --searched`: who searched for a name or number, also in vain."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.config.secret_file import SEARCH_KEY
from tests.cli.inquiries import entries
from tests.command_line import Run

SEARCH = b"""query @inquiry(purpose: C, reason: TRAFFIC_STOP) {
  searchPersons(by: {name: {surname: "Reyes-Zzyzx", given: "Marisol"}}) { total }
  vehicle(by: {plate: {number: "9ZZ9999"}}) { vin } }"""


@pytest.fixture
def searched(run: Run, data: Path) -> Path:
    """A data folder in which patrol has searched for a name and a plate that nobody has."""
    assert run("ask", "--data", data, "--as", "patrol", "-", stdin=SEARCH).status == 0
    return data


@pytest.mark.parametrize(
    ("condition", "is_found"),
    [
        ("name=Reyes Zzyzx, Marisol", True),
        ("name=REYESZZYZX", True),
        ("name=Reyes, Marisol", False),
        ("plate=9-zz 9999", True),
        ("plate=9ZZ9998", False),
        ("vin=1HGCM82633A004352", False),
    ],
)
def test_a_search_in_vain_is_found_by_what_was_searched_for(
    run: Run, searched: Path, condition: str, *, is_found: bool
) -> None:
    result = run("audit", "search", "--data", searched, "--json", "--searched", condition)

    assert (result.status, result.err) == (0, "")
    assert [each["kind"] for each in entries(result.out)] == ["INTENT"] * is_found


def test_a_name_can_be_given_on_stdin_and_is_not_recorded(run: Run, searched: Path) -> None:
    result = run(
        "audit", "search", "--data", searched, "--json", "--searched", "name=-", stdin=b"Reyes-Zzyzx, Marisol\n"
    )
    (found,) = entries(result.out)
    read, *_ = entries(run("audit", "search", "--data", searched, "--json", "--kind", "READ").out)[1:]

    assert read["filters"] == [f"searched={found['searched'][-2]}"]  # type: ignore[index]


def test_without_the_key_a_search_says_what_it_needs(run: Run, searched: Path) -> None:
    (searched / SEARCH_KEY.name).unlink()
    result = run("audit", "search", "--data", searched, "--searched", "name=Reyes")

    assert (result.status, result.out) == (1, "")
    assert result.err == (
        f"needtoknow: There is no {searched / 'search.key'}: --searched needs the key of the servers.\n"
    )


def test_entries_of_another_key_are_mentioned(run: Run, searched: Path) -> None:
    (searched / SEARCH_KEY.name).write_bytes(bytes(32))
    result = run("audit", "search", "--data", searched, "--searched", "plate=9ZZ9999")

    assert (result.status, result.out) == (0, "Nothing found.\n")
    assert result.err.startswith("Some entries were written with another key than ")
