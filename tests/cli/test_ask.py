"""`needtoknow ask`: the answer as JSON, and a status that says whether there is one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ME = b"{ me { name } }"
STOP = b"""query Stop($id: ID!, $case: String) @inquiry(purpose: C, reason: TRAFFIC_STOP, caseNumber: $case) {
  person(id: $id) { id }
}"""


@pytest.mark.parametrize(
    ("options", "name"),
    [((), "Morgan Ashgrove"), (("--as", "investigator"), "Dana Reyes"), (("--as", "outsider"), "Jamie Sedgeholm")],
)
def test_a_question_from_stdin_is_answered_as_that_role(
    run: Run, data: Path, options: tuple[str, ...], name: str
) -> None:
    ended = run("ask", "--data", data, *options, "-", stdin=ME)

    assert (ended.status, ended.err) == (0, "")
    assert json.loads(ended.out) == {"data": {"me": {"name": name}}}


def test_a_question_from_a_file_takes_its_variables(run: Run, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "stop.graphql"
    file.write_bytes(STOP)

    ended = run("ask", "--data", data, "--variables", '{"id": "P0000001"}', file)

    assert ended.status == 0
    assert json.loads(ended.out)["data"] == {"person": {"id": "P0000001"}}


@pytest.mark.parametrize("question", [b"", b"{", b"{ nothing }", STOP], ids=["empty", "broken", "unknown", "no id"])
def test_a_question_without_an_answer_prints_why_and_fails(run: Run, data: Path, question: bytes) -> None:
    ended = run("ask", "--data", data, "-", stdin=question)

    assert (ended.status, ended.err) == (1, "")
    assert json.loads(ended.out)["errors"]


def test_a_question_that_is_no_text_is_told_so(run: Run, data: Path) -> None:
    ended = run("ask", "--data", data, "-", stdin=b"\xff")

    assert (ended.status, ended.out, ended.err) == (1, "", "needtoknow: - is not UTF-8 text.\n")


def test_a_world_that_is_half_written_is_not_asked(run: Run, data: Path) -> None:
    (data / "warrants.db").unlink()

    ended = run("ask", "--data", data, "-", stdin=ME)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith(f"needtoknow: The world in {data} lacks warrants.db: run `needtoknow seed")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.0.0.1:port", "ftp://127.0.0.1", "nonsense"])
def test_where_no_server_answers_it_says_how_to_start_one(run: Run, data: Path, url: str) -> None:
    ended = run("ask", "--data", data, "--url", url, "-", stdin=ME)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err == f"needtoknow: No response from {url}. Is the server running? needtoknow serve --demo\n"
