"""`needtoknow schema`: the SDL, and how it differs from an older one."""

from __future__ import annotations

from pathlib import Path

from schema.build import sdl
from tests.command_line import Run


def test_the_schema_is_printed_and_does_not_differ_from_itself(run: Run, tmp_path: Path) -> None:
    printed = run("schema")
    file = tmp_path / "old.graphql"
    file.write_text(printed.out)
    compared = run("schema", "--against", file)

    assert (printed.status, printed.out) == (0, sdl())
    assert (compared.status, compared.out, compared.err) == (
        0,
        "0 loosened, 0 breaking, 0 dangerous, 0 tightened\n",
        "",
    )


def test_a_looser_label_and_a_breaking_change_are_named_and_fail(run: Run) -> None:
    old = sdl().replace(
        "  ssn: String @needToKnow(of: SSN)\n", "  ssn: String @needToKnow(of: SEALED)\n  photo: String\n"
    )
    compared = run("schema", "--against", "-", stdin=old.encode())

    assert compared.status == 1
    assert compared.out.splitlines() == [
        "loosened   Person.ssn needed SEALED and needs SSN.",
        "breaking   Field Person.photo was removed.",
        "1 loosened, 1 breaking, 0 dangerous, 0 tightened",
    ]


def test_a_label_more_succeeds(run: Run) -> None:
    old = sdl().replace("type Accident @needToKnow(of: ACCIDENT) {", "type Accident {")
    compared = run("schema", "--against", "-", stdin=old.encode())

    *lines, counts = compared.out.splitlines()
    assert (compared.status, lines[0]) == (0, "tightened  Accident.city needed nothing and needs ACCIDENT.")
    assert counts == f"0 loosened, 0 breaking, 0 dangerous, {len(lines)} tightened"


def test_a_file_that_is_no_schema_is_one_line(run: Run) -> None:
    compared = run("schema", "--against", "-", stdin=b"type Query {")

    assert (compared.status, compared.out) == (1, "")
    assert compared.err == (
        "needtoknow: stdin is no GraphQL schema. Syntax Error: Expected Name, found <EOF> at line 1, column 13.\n"
    )


def test_the_schema_of_the_subgraph_is_not_compared(run: Run) -> None:
    refused = run("schema", "--federation", "--against", "-", stdin=sdl().encode())

    assert (refused.status, refused.out) == (2, "")
    assert "cannot be combined with --federation" in refused.err


def test_the_help_says_what_is_compared(run: Run) -> None:
    shown = " ".join(run("schema", "--help").out.split())

    assert all(word in shown for word in ("loosened", "breaking", "dangerous", "tightened", "exit status", "git show"))
