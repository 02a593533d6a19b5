"""Manifests of trusted documents: three forms are read, and a fault in any document is one clear line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.config.document_settings import DocumentSettings
from api.documents.loader import MAX_FILE_BYTES, MAX_FILES, DocumentLoader, TrustedById
from api.documents.manifest import InvalidManifest, parse_manifest
from engine.limits import Limits
from schema.build import guarded_schema
from tests.harness import TRAFFIC_STOP
from tests.manifests import BY_ID, STOP, WHO, apollo, by_id, id_of, write_manifest

FORMS = {"Apollo": apollo(STOP, WHO), "Relay": by_id(STOP, WHO), "codegen": by_id(STOP, WHO, prefix="sha256:")}
NAMED = "Geheimnis"
"""A name in a document, which no message may repeat."""


LEAVES = (
    st.none() | st.integers(-2, 2) | st.sampled_from([STOP, id_of(STOP), f"sha256:{id_of(STOP)}", "query", "Stop", ""])
)
NAMES = st.sampled_from(
    ["operations", "format", "version", "id", "name", "type", "body", id_of(STOP), f"sha256:{id_of(STOP)}", "x"]
)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6)


def load(*paths: Path, **settings: Any) -> TrustedById:
    named = DocumentSettings(documents=tuple(map(str, paths)), **settings)
    return DocumentLoader(named, guarded_schema(), Limits()).load()


def fault(path: Path, **settings: Any) -> str:
    with pytest.raises(InvalidManifest) as invalid:
        load(path, **settings)
    return str(invalid.value).replace(str(path), "FILE")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "documents.json"


@pytest.mark.parametrize("manifest", FORMS.values(), ids=FORMS)
def test_each_form_of_manifest_is_read(file: Path, manifest: object) -> None:
    found = load(write_manifest(file, manifest))

    assert {id: each.name for id, each in found.items()} == {id_of(STOP): "Stop", id_of(WHO): "Who"}
    assert {each.name: each.reads_records for each in found.values()} == {"Stop": True, "Who": False}


def test_several_files_and_folders_are_one_set_of_documents(tmp_path: Path) -> None:
    folder = tmp_path / "manifests"
    folder.mkdir()
    write_manifest(folder / "relay.json", by_id(STOP))
    write_manifest(folder / "apollo.json", apollo(STOP, BY_ID))
    (folder / ".hidden.json").write_text("not a manifest")
    (folder / "notes.txt").write_text("not a manifest")
    file = write_manifest(tmp_path / "more.json", by_id(WHO))

    assert {each.name for each in load(folder, file).values()} == {"Stop", "ById", "Who"}


MALFORMED = {
    "nothing": (b"", "FILE is not JSON in UTF-8."),
    "half a file": (orjson.dumps(by_id(STOP))[:-20], "FILE is not JSON in UTF-8."),
    "no UTF-8": (b'{"\xff":1}', "FILE is not JSON in UTF-8."),
    "a list": (b"[]", "FILE is no manifest of Apollo, graphql-codegen or Relay: it is not a JSON object."),
    "an empty object": (b"{}", "FILE has no document."),
    "no operation": (orjson.dumps(apollo()), "FILE has no document."),
    "deep nesting": (b'{"a":' * 40 + b"1" + b"}" * 40, "FILE is nested too deeply."),
    "one id twice": (
        b'{"%s":"{a}","%s":"{b}"}' % ((b"a" * 64,) * 2),
        "FILE has an object with a duplicate name.",
    ),
    "another format": (
        orjson.dumps(apollo(STOP) | {"format": "other"}),
        "FILE is no manifest of Apollo: its format is not apollo-persisted-query-manifest, version 1.",
    ),
    "another version": (
        orjson.dumps(apollo(STOP) | {"version": 2}),
        "FILE is no manifest of Apollo: its format is not apollo-persisted-query-manifest, version 1.",
    ),
    "operations that are no list": (
        orjson.dumps(apollo(STOP) | {"operations": {}}),
        "FILE: `operations` is not a list.",
    ),
    "an operation without a body": (
        orjson.dumps(apollo() | {"operations": [{"id": id_of(STOP), "name": "Stop", "type": "query"}]}),
        "FILE, document 1: it needs id, name, type and body, each a text.",
    ),
    "an operation that is a text": (
        orjson.dumps(apollo() | {"operations": [STOP]}),
        "FILE, document 1: it needs id, name, type and body, each a text.",
    ),
    "a text that is an object": (
        orjson.dumps(by_id(WHO) | {id_of(STOP): {}}),
        "FILE, document 2: it is not a text. A manifest has the text of each document by its id.",
    ),
}
IDS = {
    "an MD5": "d" * 32,
    "a SHA-1": "d" * 40,
    "upper case": id_of(STOP).upper(),
    "another hash by name": f"sha512:{id_of(STOP)}",
    "white space": f" {id_of(STOP)}",
    "digits of another script": "\u0661" * 64,
    "nothing": "",
}


@pytest.mark.parametrize(("content", "message"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_manifest_is_one_clear_line(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(content)

    assert fault(file) == message


@pytest.mark.parametrize("id", IDS.values(), ids=IDS)
def test_an_id_that_is_no_sha256_says_what_to_set(file: Path, id: str) -> None:
    write_manifest(file, {id: STOP})

    assert fault(file) == (
        "FILE, document 1: its id is not a SHA-256 in lower-case hexadecimal digits. Apollo's tool writes such ids; "
        'graphql-codegen does with hashAlgorithm: \'sha256\', and relay-compiler with "algorithm": "SHA256".'
    )


@pytest.mark.parametrize("manifest", [{id_of(STOP): WHO}, {id_of(STOP): f"{STOP} "}, {id_of(STOP): f"\ufeff{STOP}"}])
def test_an_id_of_another_text_is_an_error(file: Path, manifest: object) -> None:
    write_manifest(file, manifest)

    assert fault(file) == ("FILE, document 1: its id is not the SHA-256 of its text. Generate the manifest again.")


def test_one_id_with_two_texts_is_an_error_wherever_the_second_is(tmp_path: Path) -> None:
    first = write_manifest(tmp_path / "a.json", by_id(STOP))
    second = write_manifest(tmp_path / "b.json", {id_of(STOP): WHO})

    with pytest.raises(InvalidManifest, match=r"b\.json, document 1: its id is not the SHA-256 of its text"):
        load(first, second)
    assert len(load(first, first)) == 1


@pytest.mark.parametrize("changed", [{"name": "Other"}, {"type": "mutation"}])
def test_a_name_that_is_not_the_operations_is_an_error(file: Path, changed: dict[str, str]) -> None:
    manifest = apollo(WHO, STOP)
    manifest["operations"][1] |= changed
    write_manifest(file, manifest)

    assert fault(file) == ("FILE, document 2: its name or type is not its operation's. Generate the manifest again.")


MANY_FIELDS = " ".join(f"a{number}: id" for number in range(501))
DOCUMENTS = {
    "a syntax error": (f'query A {{ person(id: "{NAMED}" ', "line 1, column 34: GraphQL syntax error."),
    "an unknown field": (f"query A {{ {NAMED} }}", "line 1, column 11: Cannot query field '…' on type 'Query'."),
    "no name": ("{ me { name } }", "its operation has no name. The journal needs one."),
    "two operations": ("query A { me { name } } query B { me { name } }", "it has several operations."),
    "a mutation": ("mutation A { me { name } }", "The mutation operation is not supported"),
    "too many fields": (
        f"query A {TRAFFIC_STOP} {{ person(id: 1) {{ {MANY_FIELDS} }} }}",
        "The operation selects too many fields.",
    ),
    "too many characters": (f"query A {{ me {{ name }} }} #{'x' * 40_000}", "The document is too long"),
    "records and no inquiry": (
        'query A { person(id: "1") { id } }',
        "(A): it reads records. Add @inquiry(purpose: …, reason: …) to the operation, or @inquiryFromRequest if",
    ),
    "records behind a condition, and no inquiry": (
        'query A($x: Boolean!) { me { name } ... @include(if: $x) { person(id: "1") { id } } }',
        "(A): it reads records.",
    ),
    "the journal and no inquiry": ("query A { inquiries { total } }", "(A): it reads records."),
    "an inquiry and a mark": (
        f'query A {TRAFFIC_STOP} @inquiryFromRequest {{ person(id: "1") {{ id }} }}',
        "(A): it has both @inquiry and @inquiryFromRequest. Use one.",
    ),
    "a wrong purpose": (
        'query A @inquiry(purpose: Q, reason: TRAFFIC_STOP) { person(id: "1") { id } }',
        "line 1, column 27:",
    ),
}


@pytest.mark.parametrize(("text", "message"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_that_cannot_be_executed_does_not_load(file: Path, text: str, message: str) -> None:
    write_manifest(file, by_id(WHO, text))

    line = fault(file)
    assert line.startswith("FILE, document 2")
    assert message in line
    assert "\n" not in line
    assert NAMED not in line


def test_the_first_fault_is_named_and_the_others_are_counted(file: Path) -> None:
    write_manifest(file, by_id("query A { x }", WHO, "query B { x }", "query C { x }"))

    assert fault(file).startswith("FILE, document 1, line 1, column 11: Cannot query field")
    assert fault(file).endswith(" (and 2 more)")


def test_a_document_that_costs_more_than_the_limit_does_not_load(file: Path) -> None:
    write_manifest(file, by_id(STOP))
    settings = DocumentSettings(documents=(str(file),))

    with pytest.raises(InvalidManifest, match="The operation costs more than the limit"):
        DocumentLoader(settings, guarded_schema(), Limits(cost=2)).load()


def test_exclusive_conditions_and_any_variables_load(file: Path) -> None:
    text = f"""query A($by: PersonSearch!, $first: Int, $x: Boolean!, $kinds: InquirySearch, $key: VehicleKey!)
    {TRAFFIC_STOP} {{
        searchPersons(by: $by, first: $first) {{ edges {{ node {{ ssn @include(if: $x) id @skip(if: $x) }} }} }}
        inquiries(by: $kinds) {{ total }}
        vehicle(by: $key) {{ vin }}
    }}"""
    write_manifest(file, by_id(text))

    assert [each.name for each in load(file).values()] == ["A"]


def test_more_documents_or_memory_than_the_limits_do_not_load(file: Path) -> None:
    write_manifest(file, by_id(*(f"query A{n} {{ me {{ name }} }}" for n in range(30))))

    assert fault(file, documents_limit=29) == (
        "FILE: there are more trusted documents than the 29 of NEEDTOKNOW_DOCUMENTS_LIMIT."
    )
    assert fault(file, documents_mebibytes=1) == (
        "FILE, document 24: the trusted documents so far need more than the 1 MiB of NEEDTOKNOW_DOCUMENTS_MEBIBYTES."
    )
    assert len(load(file, documents_limit=30, documents_mebibytes=2)) == 30


def test_a_file_that_is_no_file_is_not_read(tmp_path: Path) -> None:
    pipe, empty, large = tmp_path / "pipe.json", tmp_path / "empty", tmp_path / "large.json"
    os.mkfifo(pipe)
    empty.mkdir()
    with large.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)

    assert fault(Path("/dev/zero")) == "FILE cannot be read: it is not a regular file."
    assert fault(pipe) == "FILE cannot be read: it is not a regular file."
    assert fault(tmp_path / "absent.json") == "FILE cannot be read: No such file or directory."
    assert fault(large) == f"FILE cannot be read: it has more than {MAX_FILE_BYTES:,} bytes."
    assert fault(empty) == "FILE has no manifest: no file whose name ends with .json."


def test_a_folder_of_too_many_files_is_not_read(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 1):
        (tmp_path / f"{number}.json").touch()

    assert fault(tmp_path) == f"There are more than {MAX_FILES} manifests."


@given(st.binary(max_size=30) | st.recursive(LEAVES, containers, max_leaves=12).map(orjson.dumps))
def test_any_bytes_are_documents_with_their_ids_or_one_line(content: bytes) -> None:
    found, line = [], "FILE"
    try:
        found = parse_manifest(content, "FILE")
    except InvalidManifest as invalid:
        line = str(invalid)

    assert [each.id for each in found] == [id_of(each.text) for each in found]
    assert line.startswith("FILE")
    assert "\n" not in line


@pytest.mark.parametrize(
    "content", [b'{"operations": 1}', b'{"operations": [], "format": []}', b'{"": ""}', b'{"a": [1]}']
)
def test_any_other_json_is_refused_as_a_manifest(content: bytes) -> None:
    with pytest.raises(InvalidManifest):
        parse_manifest(content, "FILE")
