"""Parsing of request bodies and query strings."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.config.strict_json import MAX_DEPTH, InvalidJson, strict_json
from api.http.body import InvalidRequest, Parameters, from_json, from_url

NO_JSON = "The request body is not JSON in UTF-8."
TWICE = "The request body has an object with a duplicate name."
DEEP = "The request body is nested too deeply."
ONE_EACH = "The request body is a list. Send one operation in each request, as a JSON object."

BAD_BODIES = {
    "nothing": (b"", "The request has no body."),
    "white space": (b" \r\n\t", NO_JSON),
    "a number": (b"5", "The request body is not a JSON object."),
    "a list": (b"[5]", ONE_EACH),
    "a batch": (b'[{"query":"{a}"},{"query":"{b}"}]', ONE_EACH),
    "null": (b"null", "The request body is not a JSON object."),
    "true": (b"true", "The request body is not a JSON object."),
    "a string": (b'"{a}"', "The request body is not a JSON object."),
    "a truncated object": (b'{"query":"{a', NO_JSON),
    "a trailing comma": (b'{"query":"{a}",}', NO_JSON),
    "a comment": (b'{"query":"{a}"/**/}', NO_JSON),
    "two documents": (b'{"query":"{a}"}{"query":"{b}"}', NO_JSON),
    "single quotes": (b"{'query':'{a}'}", NO_JSON),
    "a byte that is not UTF-8": (b'{"query":"\xff"}', NO_JSON),
    "an overlong encoding": (b'{"query":"\xc0\xaf"}', NO_JSON),
    "an encoded surrogate": (b'{"query":"\xed\xa0\x80"}', NO_JSON),
    "an escaped lone surrogate": (rb'{"query":"\ud800"}', NO_JSON),
    "surrogates in the wrong order": (rb'{"query":"\udc00\ud800"}', NO_JSON),
    "a byte order mark": (b'\xef\xbb\xbf{"query":"{a}"}', NO_JSON),
    "UTF-16": ('{"query":"{a}"}'.encode("utf-16-le"), NO_JSON),
    "a raw control character": (b'{"query":"{a\x00}"}', NO_JSON),
    "NaN": (b'{"query":"{a}","variables":{"x":NaN}}', NO_JSON),
    "Infinity": (b'{"query":"{a}","variables":{"x":-Infinity}}', NO_JSON),
    "a number beyond any float": (b'{"query":"{a}","variables":{"x":1e999}}', NO_JSON),
    "a leading zero": (b'{"query":"{a}","variables":{"x":007}}', NO_JSON),
    "thousands of brackets": (b'{"query":"{a}","variables":' + b"[" * 5_000, NO_JSON),
    "too many levels": (b'{"query":"{a}","variables":{"x":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}}", DEEP),
    "query twice": (b'{"query":"{a}","query":"{b}"}', TWICE),
    "query twice, once escaped": (rb'{"query":"{a}","qu\u0065ry":"{b}"}', TWICE),
    "a variable twice": (b'{"query":"{a}","variables":{"x":1,"x":2}}', TWICE),
    "a member twice, deep down": (b'{"query":"{a}","variables":{"x":[[{"y":[{"z":1,"z":1}]}]]}}', TWICE),
    "no query": (b"{}", "The request has no `query`."),
    "a misspelt query": (b'{"qeury":"{a}"}', "The request has no `query`."),
    "a null query": (b'{"query":null}', "The request has no `query`."),
    "a null id": (b'{"id":null,"documentId":null}', "The request has no `query`."),
    "an id as a number": (b'{"id":7}', "`id` is not a string."),
    "a hash of another version": (
        b'{"extensions":{"persistedQuery":{"version":"1","sha256Hash":"a"}}}',
        "`extensions.persistedQuery` needs version 1 and sha256Hash.",
    ),
    "query as an object": (b'{"query":{"a":1}}', "`query` is not a string."),
    "query as a list": (b'{"query":["{a}"]}', "`query` is not a string."),
    "query as a number": (b'{"query":0}', "`query` is not a string."),
    "query as false": (b'{"query":false}', "`query` is not a string."),
    "operationName as a number": (b'{"query":"{a}","operationName":0}', "`operationName` is not a string."),
    "operationName as a list": (b'{"query":"{a}","operationName":[]}', "`operationName` is not a string."),
    "operationName as false": (b'{"query":"{a}","operationName":false}', "`operationName` is not a string."),
    "variables as a string": (b'{"query":"{a}","variables":"{}"}', "`variables` is not an object."),
    "variables as a list": (b'{"query":"{a}","variables":[7]}', "`variables` is not an object."),
    "variables as a number": (b'{"query":"{a}","variables":0}', "`variables` is not an object."),
    "extensions as a string": (b'{"query":"{a}","extensions":""}', "`extensions` is not an object."),
    "extensions as a list": (b'{"query":"{a}","extensions":[]}', "`extensions` is not an object."),
    "extensions as false": (b'{"query":"{a}","extensions":false}', "`extensions` is not an object."),
}


@pytest.mark.parametrize(("body", "message"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_an_invalid_body_gets_a_fixed_sentence(body: bytes, message: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        from_json(body)

    assert (refused.value.status, str(refused.value)) == (400, message)


def test_a_null_parameter_is_the_same_as_an_absent_one() -> None:
    nulls = b'{"query":"{a}","operationName":null,"variables":null,"extensions":null}'

    assert from_json(nulls) == from_json(b'{"query":"{a}"}') == Parameters("{a}", None, {}, {})


def test_each_id_of_a_document_is_a_parameter() -> None:
    body = b'{"documentId":"a","id":"b","doc_id":"c","extensions":{"persistedQuery":{"version":1,"sha256Hash":"d"}}}'

    assert from_json(body).document_ids == ("a", "b", "c", "d")
    assert from_json(b'{"query":"{a}",' + body[1:]).document_ids == ("a", "d")


@pytest.mark.parametrize(
    "url",
    [
        b"documentId=a",
        b"query={__typename}&documentId=a",
        b"query={__typename}&id=a",
        b"query={__typename}&doc_id=a",
        b'extensions={"persistedQuery":{"version":1,"sha256Hash":"a"}}',
        b'query={__typename}&extensions={"persistedQuery":null}',
    ],
)
def test_a_url_may_not_name_a_document(url: bytes) -> None:
    with pytest.raises(InvalidRequest):
        from_url(url)


def test_an_empty_operation_name_is_none() -> None:
    assert from_json(b'{"query":"{a}","operationName":""}').operation_name is None


def test_unknown_members_are_ignored() -> None:
    assert from_json(b'{"query":"{a}","id":7}') == Parameters("{a}", None, {}, {})


def test_colons_and_quotes_in_strings_are_not_counted_as_members() -> None:
    body = orjson.dumps({"query": '{ a(b: "c: \\"d\\": e") }', "variables": {'"k":': [":", '\\":']}})

    assert from_json(body).variables == {'"k":': [":", '\\":']}


def test_the_deepest_allowed_nesting_is_read() -> None:
    inside = MAX_DEPTH - 2
    body = b'{"query":"{a}","variables":{"x":' + b"[" * inside + b"]" * inside + b"}}"

    assert from_json(body).query == "{a}"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_an_object_with_unique_members_is_read_unchanged(value: dict[str, Any]) -> None:
    text = orjson.dumps(value)

    assert strict_json(text, "It") == orjson.loads(text)


@given(st.text(), json_values, st.text())
def test_an_object_with_a_repeated_member_is_rejected(name: str, value: Any, other: str) -> None:
    member = orjson.dumps(name) + b":" + orjson.dumps(value)
    text = b"{" + member + b"," + orjson.dumps(other) + b":{" + member + b"," + member + b"}}"

    with pytest.raises(InvalidJson, match="duplicate name"):
        strict_json(text, "It")


@pytest.mark.parametrize("text", [rb'{"a":"\u003a"}', rb'{"\u003A":"\\u003a"}', rb'{"a":"\u003b\n\u00e9"}'])
def test_a_colon_written_as_an_escape_is_no_member(text: bytes) -> None:
    assert strict_json(text, "It") == orjson.loads(text)


@pytest.mark.parametrize(
    "text", [rb'{"a":1,"a":"\u003a"}', rb'{"a":"\u003a","a":":"}', rb'{"a":"\\u003a","a":"\\\u003A"}']
)
def test_a_colon_written_as_an_escape_hides_no_repeated_member(text: bytes) -> None:
    with pytest.raises(InvalidJson, match="duplicate name"):
        strict_json(text, "It")


@given(st.binary(max_size=60))
def test_no_body_raises_any_other_exception(body: bytes) -> None:
    try:
        parameters = from_json(body)
    except InvalidRequest:
        return
    assert isinstance(parameters.query, str)


def test_variables_and_extensions_in_a_url_are_json() -> None:
    query_string = b"query=%7Ba%7D&operationName=&variables=%7B%22x%22%3A%22%F0%9F%8F%83%22%7D&utm=1"

    assert from_url(query_string) == Parameters("{a}", None, {"x": "🏃"}, {})


@pytest.mark.parametrize(
    "query_string",
    [
        b"",
        b"variables=%7B%7D",
        b"query=%7Ba%7D&query=%7Bb%7D",
        b"query=%7Ba%7D&variables=%7B%22x%22:1,%22x%22:2%7D",
        b"query=%7Ba%7D&variables=7",
        b"query=%FF",
        b"query=\xff",
        b"query=a&" + b"x=1&" * 20,
    ],
)
def test_an_invalid_query_string_is_rejected(query_string: bytes) -> None:
    with pytest.raises(InvalidRequest):
        from_url(query_string)
