"""Names in error messages: with the demo issuer only."""

from __future__ import annotations

from pathlib import Path

import orjson

from api.auth.demo_issuer import DemoIssuer, read_key
from tests.harness import running_app


async def test_names_are_in_errors_with_the_demo_issuer_only(data: Path) -> None:
    (kid,) = DemoIssuer.open(data).keys
    jwks = data / "jwks.json"
    jwks.write_bytes(orjson.dumps({"keys": [{**read_key(data).as_dict(private=False), "kid": kid}]}))

    async with running_app(data, names_in_errors=True) as demo:
        (of_demo,) = (await demo.execute("{ me { nam } }")).errors
    own = {"demo": False, "issuer": DemoIssuer.name, "jwks": str(jwks)}
    async with running_app(data, names_in_errors=True, **own) as installed:
        (of_installation,) = (await installed.execute("{ me { nam } }")).errors

    assert of_demo["message"] == "Cannot query field 'nam' on type 'Caller'. Did you mean 'name'?"
    assert of_installation["message"] == "Cannot query field '…' on type 'Caller'."
    assert of_demo["extensions"]["code"] == of_installation["extensions"]["code"] == "BAD_INPUT"
