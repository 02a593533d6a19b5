"""Checks of a token: what is expected of each field of its header and each claim, and whether it is so.

The server refuses a token for the first check that fails. `needtoknow token check` prints them all.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import orjson
from joserfc import jws
from joserfc.errors import JoseError

from api.auth import claims
from api.auth.failures import AuthFailure, Unauthenticated
from api.auth.jwks import PublicKey
from api.config.claim_map import ClaimMap
from api.config.claim_settings import ClaimSettings
from policy.caller import Assurance, Caller
from policy.clearance import CLEARANCE_DATES, Clearance
from policy.roles import Role

CLOCK_LEEWAY_S = 30
"""How far an issuer's clock may be ahead of ours. An expiry gets no leeway."""

TOKEN_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})

TEXT = "up to 200 printable characters"
PAST_DAY = "a date such as 2026-01-31, not in the future"
PAST_DAYS = frozenset(CLEARANCE_DATES) - {"certified_until"}
OPTIONAL = PAST_DAYS | {"family_name"}
"""Claims that a token may lack. If it has one of PAST_DAYS, it may lack `certified_until` too."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Rules for the tokens of one issuer. `claims` says where they have each claim."""

    issuer: str
    audience: str
    sign_in_max_age_s: int
    claims: ClaimMap = field(default_factory=lambda: ClaimSettings().map)


class CheckedClaim(NamedTuple):
    """A claim, or a field of the header, after its check.

    failure: why the token is refused; None if the claim is as expected.
    value:   what the server reads in it; None if it is not as expected, or absent although it may be present.
    """

    name: str
    expected: str
    failure: AuthFailure | None = None
    value: Any = None


def parse_token(token: bytes) -> jws.CompactSignature:
    """The parts of a token in the compact form. Raises: Unauthenticated."""
    try:
        parts = jws.extract_compact(token)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise Unauthenticated(AuthFailure.MALFORMED) from None
    if not isinstance(parts.headers(), dict):
        raise Unauthenticated(AuthFailure.MALFORMED)
    return parts


def parse_payload(parts: jws.CompactSignature) -> claims.Claims:
    """The claims in a token. Raises: Unauthenticated."""
    try:
        payload = orjson.loads(parts.payload)
    except orjson.JSONDecodeError:
        payload = None
    if not isinstance(payload, dict):
        raise Unauthenticated(AuthFailure.MALFORMED)
    return payload


def require_all(checks: Iterable[CheckedClaim]) -> dict[str, Any]:
    """The value of each claim by its name. Raises: Unauthenticated for the first that is not as expected."""
    values: dict[str, Any] = {}
    for each in checks:
        if each.failure is not None:
            raise Unauthenticated(each.failure, each.name)
        values[each.name] = each.value
    return values


def check_header(header: Mapping[str, Any]) -> Iterator[CheckedClaim]:
    """Checks of the type, and of extensions, of which the server has none."""
    token_type = header.get("typ")
    is_accepted_type = isinstance(token_type, str) and token_type.lower() in TOKEN_TYPES
    yield CheckedClaim("typ", "at+jwt or JWT", None if is_accepted_type else AuthFailure.WRONG_TYPE)
    yield CheckedClaim("crit", "absent", AuthFailure.WRONG_TYPE if "crit" in header else None)


def check_signature(parts: jws.CompactSignature, key: PublicKey | None) -> Iterator[CheckedClaim]:
    """Checks of the key, of the algorithm, which the key determines, and of the signature."""
    yield CheckedClaim("kid", "the kid of a key of the issuer", AuthFailure.UNKNOWN_KEY if key is None else None)
    if key is not None:
        is_allowed = parts.headers()["alg"] in key.algorithms
        expected = " or ".join(key.algorithms)
        yield CheckedClaim("alg", expected, None if is_allowed else AuthFailure.WRONG_ALGORITHM)
        if is_allowed:
            yield CheckedClaim("signature", "valid", None if key.verifies(parts) else AuthFailure.BAD_SIGNATURE)


def check_claims(payload: claims.Claims, rules: TokenRules, now: float) -> Iterator[CheckedClaim]:
    """Checks of issuer, audience and times, and of each claim about the caller. `now` is in seconds since 1970."""
    yield CheckedClaim("iss", rules.issuer, None if payload.get("iss") == rules.issuer else AuthFailure.WRONG_ISSUER)
    audience = payload.get("aud")
    is_ours = rules.audience in (audience if isinstance(audience, list) else [audience])
    yield CheckedClaim("aud", f"{rules.audience}, or a list with it", None if is_ours else AuthFailure.WRONG_AUDIENCE)
    # From here on by our names, wherever the issuer has them.
    token = rules.claims.read(payload)
    time, latest = claims.timestamp_claim, now + CLOCK_LEEWAY_S
    yield _checked(token, "exp", "a time in the future", time, lambda at: None if at > now else AuthFailure.EXPIRED)
    expected = f"a time not more than {CLOCK_LEEWAY_S} s in the future"
    for name in ("iat", "auth_time", "nbf"):
        if name != "nbf" or name in token:
            yield _checked(token, name, expected, time, lambda at: None if at <= latest else AuthFailure.NOT_YET)
    today = date.fromtimestamp(now)  # noqa: DTZ012  as a certification is compared

    def not_yet(day: date) -> AuthFailure | None:
        return AuthFailure.NOT_YET if day > today else None

    for name, (expected, read) in CLAIMS.items():
        if name in token or not _may_be_absent(name, token):
            values = rules.claims.paths[name].values
            wanted = expected if values is None else f"exactly one of {', '.join(values)}"
            yield _checked(token, name, wanted, read, not_yet if name in PAST_DAYS else _accept)


def _may_be_absent(name: str, token: claims.Claims) -> bool:
    return name in OPTIONAL or (name == "certified_until" and not PAST_DAYS.isdisjoint(token))


def _accept(_: Any) -> AuthFailure | None:
    return None


def _checked(
    token: claims.Claims,
    name: str,
    expected: str,
    read: Callable[[claims.Claims, str], Any],
    failure_of: Callable[[Any], AuthFailure | None] = _accept,
) -> CheckedClaim:
    try:
        value = read(token, name)
    except claims.InvalidClaim:
        return CheckedClaim(name, expected, AuthFailure.BAD_CLAIM)
    failure = failure_of(value)
    return CheckedClaim(name, expected, failure, value if failure is None else None)


def _recertification(token: claims.Claims, name: str) -> date:
    day = claims.date_claim(token, name)
    if "trained_on" in token and day < claims.date_claim(token, "trained_on"):
        raise claims.InvalidClaim(name)
    return day


def _full_name(token: claims.Claims, name: str) -> str:
    text = claims.string_claim(token, name)
    if "family_name" not in token:
        claims.surname(token)
    return text


CLAIMS: Mapping[str, tuple[str, Callable[[claims.Claims, str], Any]]] = {
    "acr": ("aal1 or aal2", lambda token, name: claims.enum_claim(token, name, Assurance)),
    "sub": (TEXT, claims.string_claim),
    "name": ("given names and surname; the surname alone in family_name if it has several words", _full_name),
    "family_name": ("a surname with letters", lambda token, _: claims.surname(token)),
    "ori": ("nine characters, state first: CA9190000", lambda token, _: claims.agency(token)),
    "role": (" ".join(role.value for role in Role), lambda token, name: claims.enum_claim(token, name, Role)),
    "sworn": ("true or false", claims.bool_claim),
    "certified_until": ("a date such as 2026-12-31", claims.date_claim),
    **dict.fromkeys(("cleared_on", "fingerprinted_on", "employed_on", "trained_on"), (PAST_DAY, claims.date_claim)),
    "recertified_on": (f"{PAST_DAY}, nor before trained_on", _recertification),
    "jti": (TEXT, claims.string_claim),
}
"""Expectation and reader of each claim about the caller, in the order of their checks."""


def caller_of(values: Mapping[str, Any], rules: TokenRules, now: float) -> tuple[Caller, float]:
    """The caller of a token whose claims have these values, and when the caller's assurance level or token expires."""
    sign_in_expires = values["auth_time"] + rules.sign_in_max_age_s
    assurance = values["acr"] if now < sign_in_expires else Assurance.AAL1
    caller = Caller(
        user=values["sub"],
        name=values["name"],
        surname=values["family_name"] if "family_name" in values else claims.surname({"name": values["name"]}),
        ori=values["ori"],
        role=values["role"],
        sworn=values["sworn"],
        clearance=Clearance(**{name: values[name] for name in CLEARANCE_DATES if name in values}),
        assurance=assurance,
        token_id=values["jti"],
    )
    expires = values["exp"]
    return caller, min(expires, sign_in_expires) if assurance is Assurance.AAL2 else expires


def revoked_claim(caller: Caller, revoked: Iterable[Container[str]]) -> str | None:
    """The claim by which a caller is on one of these lists of what is revoked: `sub`, `jti` or none."""
    for each in revoked:
        if caller.user in each:
            return "sub"
        if caller.token_id in each:
            return "jti"
    return None
