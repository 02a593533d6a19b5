"""Field app: the page for a phone in the car, its configuration, and the policies that confine it.

It may talk to this host and to the issuer, run its own scripts, and use the camera. It may not be framed, and no text
becomes HTML or a script in it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.config.field_settings import origin_of
from api.config.settings import Settings
from api.http.built_page import BuiltPage
from api.http.demo_roles import demo_sign_in
from policy.caller import Assurance
from policy.table import Policy

FOLDER = Path(__file__).parents[1] / "field"
DIST = FOLDER / "dist"
MANIFEST = DIST / "documents.json"
"""Its trusted documents, as its build wrote them."""

PATH = "/field"
CALLBACK = f"{PATH}/callback"
"""The redirect URI at the issuer. The page there takes the code out of its address before it does anything else."""

PERMISSIONS_POLICY = "camera=(self), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


def content_security_policy(connects_to: str = "'self'") -> str:
    """The content security policy; `connects_to` are the sources that scripts may fetch from."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            f"connect-src {connects_to}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def field_routes(settings: Settings, policy: Callable[[], Policy], *, folder: Path = DIST) -> list[Route]:
    """The app, its callback and its assets. `policy` is the one in force: it may be reloaded."""
    connects_to = "'self'" if settings.demo else f"'self' {origin_of(settings.auth.issuer)}"
    built = BuiltPage(
        folder,
        {
            "Content-Security-Policy": content_security_policy(connects_to),
            "Permissions-Policy": PERMISSIONS_POLICY,
        },
    )

    def page(_request: Request) -> Response:
        # No other page has a handle of this one, and this one keeps that of the window in which a person signs in.
        headers = {"Cache-Control": "no-cache", "Cross-Origin-Opener-Policy": "same-origin-allow-popups"}
        return built.response(configuration(settings, policy()), headers)

    def callback(_request: Request) -> Response:
        # Its address has a code that is used once. With another policy for openers, no script could close its window.
        headers = {"Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "unsafe-none"}
        return built.response(configuration(settings, policy()), headers)

    return [
        Route(PATH, page, methods=["GET"]),
        Route(CALLBACK, callback, methods=["GET"]),
        built.asset_route(PATH),
    ]


def configuration(settings: Settings, policy: Policy) -> dict[str, object]:
    """The content of the data block: where the API is, and how to sign in. It has no secret."""
    return {
        "graphqlUrl": "/graphql",
        "agency": settings.field_app.field_agency or None,
        "demo": demo_sign_in(policy) if settings.demo else None,
        "issuer": None if settings.demo else issuer_configuration(settings),
    }


def issuer_configuration(settings: Settings) -> dict[str, object]:
    """Configuration of the sign-in with the issuer, and of the second factor there."""
    level = settings.claims.map.paths["acr"]
    values = level.values or {Assurance.AAL2.value: Assurance.AAL2.value}
    return {
        "url": settings.auth.issuer,
        "clientId": settings.field_app.field_client_id,
        "scope": settings.field_app.field_scope,
        "stepUpAcr": next((theirs for theirs, ours in values.items() if ours == Assurance.AAL2.value), ""),
        "acrClaim": level.path[0] if len(level.path) == 1 else "acr",
        "maxAgeS": settings.auth.sign_in_max_age_s,
    }
