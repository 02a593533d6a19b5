"""The matrix file is parsed strictly: any error is reported with its line."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from policy.consistency import CONTAINED, contradictions
from policy.effects import Effect
from policy.errors import PolicyError
from policy.record_classes import RecordClass
from policy.related_subjects import RelatedSubjects
from policy.report import to_text
from policy.roles import Role
from policy.table import MATRIX, Policy

LINES = MATRIX.read_text(encoding="utf-8").splitlines()
HEADING = next(number for number, line in enumerate(LINES) if line.startswith("record_class"))


def row(record_class: str) -> int:
    return next(number for number, line in enumerate(LINES) if line.split()[:1] == [record_class])


def table(edits: dict[int, str | None]) -> str:
    """The real matrix with some lines replaced, or removed if None. Line numbers count from 0."""
    lines = [edits.get(number, line) for number, line in enumerate(LINES)]
    return "\n".join(line for line in lines if line is not None)


def with_cell(record_class: str, role: str, letter: str) -> str:
    number = row(record_class)
    words = LINES[number].split()
    words[LINES[HEADING].split().index(role)] = letter
    return table({number: " ".join(words)})


SSN, WANTS, LAST = row("SSN"), row("WANTS"), row("AUDIT_TRAIL")

RELATED_ROW = next(number for number, line in enumerate(LINES) if line.startswith("related-subjects:"))
MALFORMED = {
    "an unknown treatment of related subjects": (
        table({RELATED_ROW: "related-subjects: hide"}),
        RELATED_ROW + 1,
        "related-subjects: 'hide' is not flag or step-up",
    ),
    "related subjects twice": (
        table({RELATED_ROW + 1: "related-subjects: step-up"}),
        RELATED_ROW + 2,
        "the line related-subjects: is repeated",
    ),
    "nothing at all": ("", 1, "the table ends without a row for IDENTITY"),
    "nothing but comments": ("# a\n# b", 2, "the table ends without a row for IDENTITY"),
    "no heading": (table({HEADING: None}), HEADING + 1, "the heading must begin with record_class"),
    "a heading without its end": (
        table({HEADING: LINES[HEADING].removesuffix("citation")}),
        HEADING + 1,
        "end with rule citation",
    ),
    "an unknown role": (
        table({HEADING: LINES[HEADING].replace("jail", "Jail")}),
        HEADING + 1,
        "there is no role 'Jail'",
    ),
    "a role twice": (
        table({HEADING: LINES[HEADING].replace("jail", "court")}),
        HEADING + 1,
        "the column court is repeated",
    ),
    "a role missing": (
        table({HEADING: LINES[HEADING].replace("jail", "")}),
        HEADING + 1,
        "the heading has no column for jail",
    ),
    "an unknown class": (table({SSN: LINES[SSN].replace("SSN", "SNN")}), SSN + 1, "there is no record class 'SNN'"),
    "a class in lower case": (table({SSN: LINES[SSN].replace("SSN", "ssn")}), SSN + 1, "no record class 'ssn'"),
    "a class twice": (table({WANTS: LINES[SSN]}), SSN + 1, f"SSN is repeated; its first row is on line {WANTS + 1}"),
    "a class missing": (table({SSN: None}), LAST, "the table ends without a row for SSN"),
    "two classes missing": (table({SSN: None, WANTS: None}), LAST - 1, "without a row for WANTS, SSN"),
    "an unknown letter": (
        with_cell("SSN", "patrol", "X"),
        SSN + 1,
        "SSN for patrol is 'X'; a cell is one letter of AMSDO",
    ),
    "a letter in lower case": (with_cell("SSN", "jail", "m"), SSN + 1, "SSN for jail is 'm'"),
    "two letters": (with_cell("SSN", "court", "MS"), SSN + 1, "SSN for court is 'MS'"),
    "a cell too few": (with_cell("SSN", "court", ""), SSN + 1, "SSN for outsider is 'social-security'"),
    "a cell too many": (with_cell("SSN", "court", "M M"), SSN + 1, "SSN must end with the name of its rule"),
    "a row cut short": (table({SSN: "SSN M M"}), SSN + 1, "SSN has 2 cells; the heading has 11 columns"),
    "no rule": (
        table({SSN: LINES[SSN][: LINES[SSN].index("social")]}),
        SSN + 1,
        "SSN must end with the name of its rule",
    ),
    "no citation": (table({SSN: LINES[SSN].removesuffix("local policy")}), SSN + 1, "and a citation"),
    "a rule in capitals": (table({SSN: LINES[SSN].replace("social-s", "Social-S")}), SSN + 1, "in lower case"),
    "own entries where there are none": (
        with_cell("SSN", "patrol", "O"),
        SSN + 1,
        "SSN for patrol is O, but only AUDIT_TRAIL has own entries",
    ),
    "a mask that no source makes": (
        with_cell("CONVICTION", "patrol", "M"),
        row("CONVICTION") + 1,
        "CONVICTION for patrol is M, but no source can mask it",
    ),
}


def load(tmp_path: Path, text: str) -> Policy:
    path = tmp_path / "matrix.txt"
    path.write_text(text, encoding="utf-8")
    return Policy.load(path)


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_matrix_is_rejected_with_line_and_error(tmp_path: Path, case: str) -> None:
    text, line, what = MALFORMED[case]

    with pytest.raises(PolicyError, match=re.escape(what)) as refused:
        load(tmp_path, text)

    assert str(refused.value).startswith(f"{tmp_path}/matrix.txt:{line}: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("contained", "container", "why"), CONTAINED, ids=lambda each: getattr(each, "value", ""))
def test_a_container_may_not_be_stricter_than_what_it_contains(
    contained: RecordClass, container: RecordClass, why: str
) -> None:
    others = {each for each, other, _ in CONTAINED if other is container} - {contained}
    denied = others | {container}
    rows = {each: dict.fromkeys(Role, Effect.DENY if each in denied else Effect.ALLOW) for each in RecordClass}

    assert next(contradictions(rows)) == (
        container,
        f"{container.value} for patrol is D, but {contained.value} is A: {why}, so it must be at least as permissive",
    )


def test_a_container_with_step_up_may_not_contain_a_class_without(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="SUPERVISION for records is S, but CONVICTION is A: ") as refused:
        load(tmp_path, with_cell("SUPERVISION", "records", "S"))

    assert f"matrix.txt:{row('SUPERVISION') + 1}: " in str(refused.value)


def test_a_container_with_step_up_may_contain_a_masked_class(policy: Policy) -> None:
    assert policy.cell(RecordClass.CONFIDENTIAL_ADDRESS, Role.JAIL).effect is Effect.MASK
    assert policy.cell(RecordClass.DMV_ADDRESS, Role.JAIL).effect is Effect.STEP_UP


def test_a_missing_matrix_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"nowhere\.txt: the need-to-know matrix cannot be read"):
        Policy.load(tmp_path / "nowhere.txt")


def test_a_matrix_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "matrix.txt"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(PolicyError, match=r"matrix\.txt: the need-to-know matrix cannot be read"):
        Policy.load(path)


def test_the_version_is_twelve_hex_digits(policy: Policy) -> None:
    assert re.fullmatch("[0-9a-f]{12}", policy.version)


def test_a_policy_flags_related_subjects_unless_its_file_says_otherwise(tmp_path: Path, policy: Policy) -> None:
    flagging, silent, withholding = (
        load(tmp_path, table({RELATED_ROW: line}))
        for line in ("related-subjects:   flag", None, "related-subjects: step-up")
    )

    assert [each.related_subjects.value for each in (flagging, silent, withholding)] == ["flag", "flag", "step-up"]
    assert policy.version == flagging.version == silent.version != withholding.version


def test_a_policy_is_archived_with_its_related_subjects(tmp_path: Path, policy: Policy) -> None:
    withholding = replace(policy, related_subjects=RelatedSubjects.STEP_UP)
    archived = load(tmp_path, to_text(withholding))

    assert (archived.related_subjects, archived.version) == (RelatedSubjects.STEP_UP, withholding.version)


def test_spacing_comments_and_order_do_not_change_the_version(tmp_path: Path, policy: Policy) -> None:
    words = [line.split() for line in LINES[HEADING:] if line and not line.startswith("#")]
    mirrored = [[cells[0], *reversed(cells[1:12]), *cells[12:]] for cells in words]
    text = "\n\n# another comment\n".join("  ".join(cells) for cells in [mirrored[0], *reversed(mirrored[1:])])

    same = load(tmp_path, text)

    assert same.version == policy.version
    assert set(same.cells) == set(policy.cells)


@pytest.mark.parametrize(
    "text",
    [
        with_cell("SSN", "court", "A"),
        table({SSN: LINES[SSN].replace("local policy", "42 USC 405")}),
        table({SSN: LINES[SSN].replace("social-security", "numbers")}),
    ],
    ids=["a letter", "a citation", "a rule's name"],
)
def test_any_change_of_content_changes_the_version(tmp_path: Path, policy: Policy, text: str) -> None:
    assert load(tmp_path, text).version != policy.version


def test_a_citation_of_several_words_is_kept_whole(policy: Policy) -> None:
    assert policy.cell(RecordClass.CONVICTION, Role.PATROL).rule.citation == "PC 11105; DOM 47030.5"
