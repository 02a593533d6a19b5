"""Requests of common clients, and the responses that they can read."""

from __future__ import annotations

import pytest

from api.http.admission import Admission
from api.operation.errors import audit_unavailable
from tests.api.http_client import GRAPHQL, JSON, StubHandler, stub_app, stub_client
from tests.harness import INVESTIGATION, World

HASH = {
    "persistedQuery": {"version": 1, "sha256Hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
}
APOLLO = f"{GRAPHQL}, {JSON};q=0.9"

SCHEMA_DOWNLOADS = [
    '{ a: __type(name: "__Schema") { name } b: __type(name: "__Type") { name } }',
    "{ schema: __schema { types { name } } }",
    "{ __schema { types { title: name text: description } } }",
    "{" + " ".join(f"s{number}: __schema {{ types {{ name }} }}" for number in range(10)) + "}",
]
ONE_OF = {
    "query($v: ID) %s { vehicle(by: {vin: $v}) { make } }": {"v": "1HGCR2F88KZ000002"},
    'query($v: ID = "1HGCR2F88KZ000002") %s { vehicle(by: {vin: $v}) { make } }': {},
    "query($p: PlateKey) %s { vehicle(by: {plate: $p}) { make } }": {"p": {"number": "1NTK009"}},
    "query($n: NameSearchInput) %s { searchPersons(by: {name: $n}) { total } }": {"n": {"surname": "Garcia"}},
    'query($n: NameSearchInput = {surname: "Garcia"}) %s { searchPersons(by: {name: $n}) { total } }': {},
}


@pytest.mark.parametrize("document", SCHEMA_DOWNLOADS, ids=range(len(SCHEMA_DOWNLOADS)))
async def test_a_schema_is_downloaded_under_ten_aliases(world: World, document: str) -> None:
    response = await world.execute(document)

    assert response.errors == []
    assert all(response.data.values())


@pytest.mark.parametrize(("document", "variables"), ONE_OF.items(), ids=range(len(ONE_OF)))
async def test_a_variable_in_a_one_of_object_is_non_null(
    world: World, document: str, variables: dict[str, object]
) -> None:
    nullable = await world.execute(document % INVESTIGATION, variables=variables)
    kind = document.partition(": ")[2].partition(")")[0].partition(" =")[0]
    non_null = document.replace(f": {kind}", f": {kind}!", 1)
    given = await world.execute(non_null % INVESTIGATION, variables=variables)

    assert nullable.codes == ["BAD_INPUT"]
    assert nullable.data is None
    assert given.errors == []


@pytest.mark.parametrize("accept", [JSON, GRAPHQL, "*/*"])
async def test_a_hash_without_a_document_is_not_supported_by_name(world: World, accept: str) -> None:
    headers = {"accept": accept, "authorization": f"Bearer {world.token()}"}
    response = await world.client.post("/graphql", json={"extensions": HASH}, headers=headers)

    assert response.status_code == (400 if accept == GRAPHQL else 200)
    (error,) = response.json()["errors"]
    assert error["message"] == "PersistedQueryNotSupported"
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_SUPPORTED"


async def test_a_hash_beside_its_document_is_ignored(world: World) -> None:
    response = await world.execute("{ __typename }", extensions=HASH)

    assert response.data == {"__typename": "Query"}


@pytest.mark.parametrize(("accept", "media_type"), [(APOLLO, JSON), (GRAPHQL, GRAPHQL), (JSON, JSON), ("*/*", JSON)])
async def test_a_failure_to_retry_is_json_where_that_is_accepted(accept: str, media_type: str) -> None:
    overloaded = stub_app(StubHandler(), admission=Admission(limit=0, wait_s=0, executor_latency_s=0))
    unwritable = stub_app(StubHandler(response=audit_unavailable()))
    for app, code in ((overloaded, "OVERLOADED"), (unwritable, "AUDIT_UNAVAILABLE")):
        async with stub_client(app) as client:
            response = await client.post("/graphql", json={"query": "{ __typename }"}, headers={"accept": accept})

        assert response.status_code == 503
        assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
        assert response.json()["errors"][0]["extensions"]["code"] == code


async def test_a_slash_at_the_end_is_not_redirected(world: World) -> None:
    response = await world.client.post("/graphql/", json={"query": "{ me { name } }"})

    assert response.status_code == 404
    assert "location" not in response.headers


def written_out(levels: int) -> str:
    """The introspection query of clients with its fragments written out, and types within types to some levels."""
    kind = "kind name"
    for _ in range(levels - 1):
        kind = f"kind name ofType {{ {kind} }}"
    value = f"name description type {{ {kind} }} defaultValue isDeprecated deprecationReason"
    return f"""query IntrospectionQuery {{ __schema {{
      queryType {{ name kind }} mutationType {{ name kind }} subscriptionType {{ name kind }} description
      types {{
        kind name description specifiedByURL isOneOf
        fields(includeDeprecated: true) {{
          name description args(includeDeprecated: true) {{ {value} }} type {{ {kind} }} isDeprecated deprecationReason
        }}
        inputFields(includeDeprecated: true) {{ {value} }}
        interfaces {{ {kind} }}
        enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }}
        possibleTypes {{ {kind} }}
      }}
      directives {{ name description isRepeatable locations args(includeDeprecated: true) {{ {value} }} }}
    }} }}"""


@pytest.mark.parametrize("levels", [7, 9])
async def test_the_introspection_query_is_answered_with_its_fragments_written_out(world: World, levels: int) -> None:
    response = await world.execute(written_out(levels))

    assert response.errors == []
    assert {each["name"] for each in response.data["__schema"]["types"]} > {"Query", "Person", "Warrant"}
