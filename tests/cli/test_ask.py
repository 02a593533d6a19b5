"""`needtoknow ask`: the response as JSON, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import Run

ME = b"{ me { name } }"
STOP = b"""query Stop($id: ID!, $case: String) @inquiry(purpose: C, reason: TRAFFIC_STOP, caseNumber: $case) {
  person(id: $id) { id }
}"""


@pytest.mark.parametrize(
    ("options", "name"),
    [((), "Morgan Ashgrove"), (("--as", "investigator"), "Dana Reyes"), (("--as", "outsider"), "Jamie Sedgeholm")],
)
def test_an_operation_from_stdin_is_executed_as_that_role(
    run: Run, data: Path, options: tuple[str, ...], name: str
) -> None:
    result = run("ask", "--data", data, *options, "-", stdin=ME)

    assert (result.status, result.err) == (0, "")
    assert json.loads(result.out) == {"data": {"me": {"name": name}}}


def test_an_operation_from_a_file_takes_variables(run: Run, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "stop.graphql"
    file.write_bytes(STOP)

    result = run("ask", "--data", data, "--variables", '{"id": "P0000001"}', file)

    assert result.status == 0
    assert json.loads(result.out)["data"] == {"person": {"id": "P0000001"}}


SAFETY = b"""query @inquiry(purpose: C, reason: TRAFFIC_STOP) {
  people: persons(ids: ["P0000001", "P0000007"]) { safety { complete lines { words number act } } }
}"""


def test_safety_banners_are_printed_before_the_json(run: Run, data: Path) -> None:
    result = run("ask", "--data", data, "-", stdin=SAFETY)

    assert result.err.splitlines() == [
        "people.0: ARMED AND DANGEROUS",
        "people.0: VIOLENT TENDENCIES  NO_ARREST_ON_THIS",
        "people.0: WANTED, FELONY: FULL EXTRADITION  W000000001  CONFIRM_FIRST",
        "people.1: NOTHING KNOWN",
    ]
    assert [each["safety"]["complete"] for each in json.loads(result.out)["data"]["people"]] == [True, True]


def test_a_banner_without_its_words_is_not_printed(run: Run, data: Path) -> None:
    result = run("ask", "--data", data, "-", stdin=SAFETY.replace(b"words number act", b"rank"))

    assert result.err == "people.1: NOTHING KNOWN\n"


def test_a_field_stop_without_safety_is_told_so(run: Run, data: Path) -> None:
    document = b'query @inquiry(purpose: C, reason: TRAFFIC_STOP) { person(id: "P0000001") { id } }'
    result = run("ask", "--data", data, "-", stdin=document)

    assert result.err == "SAFETY WAS NOT ASKED FOR: select `safety` of the person or the vehicle\n"


@pytest.mark.parametrize("document", [b"", b"{", b"{ nothing }", STOP], ids=["empty", "broken", "unknown", "no id"])
def test_a_response_without_data_is_printed_with_status_1(run: Run, data: Path, document: bytes) -> None:
    result = run("ask", "--data", data, "-", stdin=document)

    assert (result.status, result.err) == (1, "")
    assert json.loads(result.out)["errors"]


def test_a_document_that_is_not_text_is_an_error(run: Run, data: Path) -> None:
    result = run("ask", "--data", data, "-", stdin=b"\xff")

    assert (result.status, result.out, result.err) == (1, "", "needtoknow: - is not UTF-8 text.\n")


def test_an_incomplete_world_is_an_error(run: Run, data: Path) -> None:
    (data / "warrants.db").unlink()

    result = run("ask", "--data", data, "-", stdin=ME)

    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"needtoknow: The world in {data} lacks warrants.db: run `needtoknow seed")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.0.0.1:port", "ftp://127.0.0.1", "nonsense"])
def test_an_unreachable_server_is_an_error_that_says_how_to_start_one(run: Run, data: Path, url: str) -> None:
    result = run("ask", "--data", data, "--url", url, "-", stdin=ME)

    assert (result.status, result.out) == (1, "")
    assert result.err == f"needtoknow: No response from {url}. Is the server running? needtoknow serve --demo\n"
