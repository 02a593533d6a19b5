"""Demo issuer: signs tokens for any demo role.

Its key is created at first use in the data folder, readable by its owner only. The server validates its tokens like
those of any issuer.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from api.auth.demo_clearance import DEMO_DAYS, DemoClearance
from api.auth.jwks import KeySet, PublicKey
from api.config.secret_file import DEMO_KEY
from policy.roles import Role

MINUTES = 15


@dataclass(frozen=True, slots=True)
class DemoCaller:
    user: str
    name: str
    ori: str
    sworn: bool


# Only the investigator has a record in the demonstration world, to show that no caller can read their own. No person
# there has one of the other surnames, so that the rule about relatives does not apply by accident.
DEMO_CALLERS: Mapping[Role, DemoCaller] = {
    role: DemoCaller(f"demo-{role.value}", name, ori, sworn)
    for role, name, ori, sworn in (
        (Role.PATROL, "Morgan Ashgrove", "CA9194200", True),
        (Role.DISPATCHER, "Riley Fenwright", "CA9194100", False),
        (Role.INVESTIGATOR, "Dana Reyes", "CA9190000", True),
        (Role.RECORDS, "Casey Larkmoor", "CA9380100", False),
        (Role.SUPERVISION, "Jordan Wyndale", "CA919013G", True),
        (Role.PROSECUTOR, "Avery Marlbridge", "CA919013A", False),
        (Role.COURT, "Quinn Harrowgate", "CA919025J", False),
        (Role.JAIL, "Drew Coppermill", "CA919013C", True),
        (Role.AUDITOR, "Robin Tallowfield", "CA9349400", False),
        (Role.ADMIN, "Alex Brindlecote", "CA9349500", False),
        (Role.OUTSIDER, "Jamie Sedgeholm", "CA920180Z", False),
    )
}


class DemoIssuer:
    """Signs tokens with the demo key of one data folder."""

    name = "https://demo.needtoknow.invalid"
    audience = "needtoknow"

    def __init__(self, key: ECKey) -> None:
        self._key, self._kid = key, key.thumbprint()
        self.keys: KeySet = {self._kid: PublicKey(ECKey.import_key(key.as_dict(private=False)), ["ES256"])}

    @classmethod
    def open(cls, data: Path) -> DemoIssuer:
        """The issuer of a data folder; its key is created if there is none. Raises: InvalidSecretFile."""
        DEMO_KEY.create(data, lambda: orjson.dumps(ECKey.generate_key("P-256").as_dict(private=True)))
        return cls(read_key(data))

    def token(
        self,
        role: Role,
        *,
        ori: str | None = None,
        subject: str | None = None,
        aal: int = 1,
        minutes: int = MINUTES,
        clearance: DemoClearance = DemoClearance.FULL,
    ) -> str:
        """A signed token of the demo caller in that role, optionally with another agency, user id or clearance."""
        caller = DEMO_CALLERS[role]
        now = int(time.time())
        today = datetime.fromtimestamp(now, UTC).date()
        claims = {
            "iss": self.name,
            "aud": self.audience,
            "iat": now,
            "exp": now + 60 * minutes,
            "auth_time": now,
            "jti": secrets.token_urlsafe(16),
            "acr": f"aal{aal}",
            "sub": subject or caller.user,
            "name": caller.name,
            "ori": ori or caller.ori,
            "role": role.value,
            "sworn": caller.sworn,
            **{name: (today + timedelta(days)).isoformat() for name, days in DEMO_DAYS[clearance].items()},
        }
        return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": self._kid}, claims, self._key)


def read_key(data: Path) -> ECKey:
    """The private key of a data folder. Raises: InvalidSecretFile; FileNotFoundError if there is none."""
    text = DEMO_KEY.read(data)
    try:
        key = ECKey.import_key(orjson.loads(text))
    except (JoseError, ValueError, TypeError, KeyError):
        raise DEMO_KEY.invalid(data) from None
    if not key.is_private or key.curve_name != "P-256":
        raise DEMO_KEY.invalid(data)
    return key
