"""Comparison of two schemas: what breaks clients, and which fields need less of their caller."""

from __future__ import annotations

import pytest

from schema.build import guarded_schema, sdl
from schema.comparison import DifferenceKind, InvalidSchema, compare, guards, read_schema

HEAD = """
enum RecordClass { IDENTITY SSN WANTS }
directive @needToKnow(of: RecordClass!) repeatable on OBJECT | FIELD_DEFINITION
type Query { person: Person }
"""
PERSON = 'type Person @needToKnow(of: IDENTITY) { id: ID ssn: String @needToKnow(of: SSN) "Warrants." warrants: [ID!] }'
OLD = HEAD + PERSON


def differences(person: str, head: str = HEAD) -> list[tuple[str, str]]:
    return [(each.kind.value, each.description) for each in compare(OLD, head + person)]


def test_a_schema_does_not_differ_from_itself() -> None:
    assert compare(sdl(), sdl()) == []


def test_the_guards_in_the_sdl_are_those_that_are_enforced() -> None:
    """So nothing is loosened that the comparison does not see."""
    # What a gateway alone asks for is not in the SDL: `test_a_type_of_entities_needs_what_its_root_field_needs`.
    fields = [each for each in guarded_schema().fields.values() if not each.coordinate.startswith(("Query._", "_"))]
    enforced = {each.coordinate: {guard.value for guard in each.guards} for each in fields}  # type: ignore[attr-defined]

    assert guards(read_schema(sdl())) == enforced


@pytest.mark.parametrize(
    ("was", "becomes", "sentence"),
    [
        ("ssn: String @needToKnow(of: SSN)", "ssn: String", "Person.ssn needed SSN and needs IDENTITY."),
        ("of: SSN", "of: WANTS", "Person.ssn needed SSN and needs WANTS."),
        ("type Person @needToKnow(of: IDENTITY)", "type Person", "Person.id needed IDENTITY and needs nothing."),
    ],
)
def test_a_label_that_is_removed_or_replaced_is_loosened(was: str, becomes: str, sentence: str) -> None:
    found = differences(PERSON.replace(was, becomes))

    assert ("loosened", sentence) in found
    assert {kind for kind, _ in found} == {"loosened"}


def test_a_label_of_a_type_counts_for_its_fields_without_their_own() -> None:
    found = differences(PERSON.replace(" @needToKnow(of: IDENTITY)", ""))

    assert [sentence.split(" ")[0] for _, sentence in found] == ["Person.id", "Person.warrants"]


def test_one_of_two_labels_that_goes_is_loosened() -> None:
    both = OLD.replace("of: SSN)", "of: SSN) @needToKnow(of: WANTS)")
    (found,) = compare(both, OLD)

    assert (found.kind, found.description) == (
        DifferenceKind.LOOSENED,
        "Person.ssn needed SSN and WANTS and needs SSN.",
    )


def test_a_label_more_is_tightened() -> None:
    assert differences(PERSON.replace("of: SSN)", "of: SSN) @needToKnow(of: WANTS)")) == [
        ("tightened", "Person.ssn needed SSN and needs SSN and WANTS.")
    ]


def test_a_null_that_had_an_error_and_may_have_none_is_breaking() -> None:
    head = HEAD + "directive @semanticNonNull(levels: [Int!]! = [0]) on FIELD_DEFINITION "
    marked = PERSON.replace("id: ID", "id: ID @semanticNonNull")

    assert [(each.kind.value, each.description) for each in compare(head + marked, head + PERSON)] == [
        ("breaking", "Person.id may be null without an error.")
    ]
    assert compare(head + PERSON, head + marked) == []


def test_the_gravest_difference_comes_first() -> None:
    head = HEAD.replace("IDENTITY SSN WANTS", "IDENTITY SSN WANTS GANG")
    person = PERSON.replace("id: ID ", "").replace(' @needToKnow(of: SSN) "Warrants."', ' @needToKnow(of: WANTS) ""')

    assert [kind for kind, _ in differences(person, head)] == ["loosened", "breaking", "dangerous"]


def test_a_description_is_no_difference() -> None:
    assert differences(PERSON.replace("Warrants.", "Arrest warrants.")) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("type Query {", "Syntax Error: Expected Name, found <EOF> at line 1, column 13."),
        ("type Query { a: B c: D }", "Unknown type 'B'."),
        ("{ me }", "It has no type Query."),
        ("", "Syntax Error: Unexpected <EOF> at line 1, column 1."),
        ("type Query { a: Int @needToKnow(of: SSN) }", "Unknown directive '@needToKnow'."),
        ("type Query { a: " + "[" * 5_000 + "Int" + "]" * 5_000 + " }", "Syntax Error: Document is nested too deeply"),
    ],
)
def test_what_is_no_schema_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InvalidSchema) as error:
        read_schema(text)

    assert str(error.value).startswith(sentence)
    assert "\n" not in str(error.value)
