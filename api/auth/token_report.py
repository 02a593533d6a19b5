"""Report on one token: every check that the server makes of it, for an operator who asks why it is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.auth.authentication import find_key
from api.auth.failures import AuthFailure, Unauthenticated
from api.auth.key_providers import KeyProvider
from api.auth.token_checks import (
    CheckedClaim,
    TokenRules,
    caller_of,
    check_claims,
    check_header,
    check_signature,
    parse_payload,
    parse_token,
    require_all,
    revoked_claim,
)
from api.config.claim_map import ABSENT, PROTOCOL_CLAIMS, ClaimMap
from policy.caller import Caller

SIGNATURE = "signature"
KEY_CHECKS = ("kid", "alg", SIGNATURE)
HEADER = frozenset({"typ", "crit", *KEY_CHECKS})


@dataclass(frozen=True, slots=True)
class TokenReport:
    """Report on a token: its fields, its claims, and the check of each.

    claims:  where it has each claim.
    checks:  in the server's order; it refuses the token for the first that fails.
    caller:  whom the server takes the token for, if every check of the claims holds, and until when.
    revoked: the claim by which the caller is on a revocation list.
    kids:    of the issuer's keys; empty if they are not known.
    """

    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    claims: ClaimMap
    checks: Sequence[CheckedClaim]
    caller: Caller | None
    expires: float
    revoked: str | None
    now: float
    kids: Collection[str]

    @property
    def refusal(self) -> tuple[AuthFailure, str] | None:
        """Why the server refuses the token, and for which claim."""
        for each in self.checks:
            if each.failure is not None:
                return each.failure, each.name
        return None if self.revoked is None else (AuthFailure.ENDED, self.revoked)

    def place(self, name: str) -> str:
        """Where the token has what a check is about."""
        if name in HEADER:
            return name if name == SIGNATURE else f"header {name}"
        return str(self.claims.paths.get(name, name))

    def found(self, name: str) -> Any:
        """The value that the token has there, or ABSENT. The signature is not shown."""
        if name in HEADER:
            return self.header.get(name, ABSENT)
        place = self.claims.paths.get(name)
        return self.payload.get(name, ABSENT) if place is None else place.find(self.payload)

    def unchecked(self) -> list[str]:
        """Names of the checks that could not be made: the issuer or its keys are not known, or no key has the kid."""
        checked = {each.name for each in self.checks}
        return [name for name in (*KEY_CHECKS, "iss") if name not in checked]

    def unused(self) -> list[tuple[str, Any]]:
        """Place and value of each field of the header, and of each claim, that no check reads."""
        read = {*PROTOCOL_CLAIMS, *(place.path[0] for place in self.claims.paths.values())}
        header = [(f"header {name}", value) for name, value in self.header.items() if name not in HEADER]
        return header + [(name, value) for name, value in self.payload.items() if name not in read]


async def report_on(
    token: bytes, rules: TokenRules, keys: KeyProvider | None, revoked: Sequence[Collection[str]], now: float
) -> TokenReport:
    """The report on a token. Without keys its signature is not checked, and without an issuer `iss` is not.

    Raises: Unauthenticated if it has not the form of a signed JWT; for the reason that the server has.
    """
    parts = parse_token(token)
    header = parts.headers()
    checks = [*check_header(header)]
    if keys is not None:
        checks += check_signature(parts, await find_key(keys, header))
    try:
        payload = parse_payload(parts)
    except Unauthenticated:
        require_all(checks)
        raise
    claims = [each for each in check_claims(payload, rules, now) if each.name != "iss" or rules.issuer]
    caller, expires = None, 0.0
    if all(each.failure is None for each in claims):
        caller, expires = caller_of(require_all(claims), rules, now)
    kids = () if keys is None else keys.kids()
    on_list = None if caller is None else revoked_claim(caller, revoked)
    return TokenReport(header, payload, rules.claims, [*checks, *claims], caller, expires, on_list, now, kids)
