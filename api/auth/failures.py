"""Failures of authentication: why a token is refused."""

from __future__ import annotations

from enum import Enum

from policy.caller import Caller


class AuthFailure(Enum):
    """Reason of a failed authentication; the journal has its name as a flag."""

    MISSING = "there is no Authorization header"
    MALFORMED = "the header is not one Bearer token in the compact form of a signed JWT"
    TOO_LONG = "the token is longer than 8,192 bytes"
    WRONG_TYPE = "the header's typ is not that of an access token, or it has crit"
    WRONG_ALGORITHM = "the algorithm is not one of the key's"
    UNKNOWN_KEY = "the issuer has no key with that kid"
    BAD_SIGNATURE = "the signature is not valid"
    WRONG_ISSUER = "iss is another issuer"
    WRONG_AUDIENCE = "aud is another audience"
    EXPIRED = "exp is in the past"
    NOT_YET = "nbf, iat, auth_time or a day of the clearance is in the future"
    BAD_CLAIM = "a claim is missing or invalid"
    ENDED = "the account or the token is revoked"


class Unauthenticated(Exception):
    """Authentication failed. What it says is for the journal, not for the client.

    claim:        the claim, or the field of the header, that was not as expected; a name of ours.
    caller:       set only if the token is genuine but revoked.
    token_sha256: hash of the token, unless it has not the form of one: it could be a password by mistake.
    """

    def __init__(self, reason: AuthFailure, claim: str | None = None, caller: Caller | None = None) -> None:
        super().__init__(reason.name if claim is None else f"{reason.name} {claim}")
        self.reason = reason
        self.claim = claim
        self.caller = caller
        self.token_sha256: str | None = None
