"""Settings of a peer with the same promises, in its data folder: the issuer's public key, the matrix, the search key.

`peer.json` is written before a peer starts, from the same policy and the same keys as needtoknow's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self, TypedDict

import orjson

from api.auth.demo_issuer import DemoIssuer
from api.config.secret_file import SEARCH_KEY
from filesystem.private_file import create_private
from policy.table import Policy

FILE = "peer.json"


class Cell(TypedDict):
    """Effect of a record class for a role, by the letter that the matrix has, and the name of its rule."""

    effect: str
    rule: str


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """Settings of a peer: `key` is a JWK, `searchKey` hexadecimal, and `roles` the matrix by role and record class."""

    key: dict[str, Any]
    issuer: str
    audience: str
    policyVersion: str  # noqa: N815 - as JavaScript names it
    searchKey: str  # noqa: N815
    roles: Mapping[str, Mapping[str, Cell]]

    @classmethod
    def of(cls, data: Path) -> Self:
        """Those of a data folder, whose keys are created if there are none."""
        issuer, policy = DemoIssuer.open(data), Policy.load()
        (key,) = issuer.keys.values()
        roles: dict[str, dict[str, Cell]] = {}
        for cell in policy.cells:
            of_role = roles.setdefault(cell.role.value, {})
            of_role[cell.record_class.value] = Cell(effect=cell.effect.value, rule=cell.rule.name)
        return cls(
            key.key.as_dict(private=False),
            issuer.name,
            issuer.audience,
            policy.version,
            SEARCH_KEY.random(data).hex(),
            roles,
        )

    @classmethod
    def read(cls, data: Path) -> Self:
        return cls(**orjson.loads((data / FILE).read_bytes()))

    def write(self, data: Path) -> None:
        """Write them, readable by the owner only, for they have the search key."""
        create_private(data / FILE)
        (data / FILE).write_bytes(orjson.dumps(asdict(self)))
