"""Public keys of tests, and the JWKS that they make."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

URL = httpx.URL("https://user:s3cret@id.county.example/jwks")
FIRST = ECKey.generate_key("P-256", {"kid": "first"})
SECOND = ECKey.generate_key("P-256", {"kid": "second"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
RSA = RSAKey.generate_key(2048, {"kid": "rs"})


def public(key: Key, **members: Any) -> dict[str, Any]:
    return {**key.as_dict(private=False), **members}


def jwks(*members: Any) -> bytes:
    return orjson.dumps({"keys": list(members)})
