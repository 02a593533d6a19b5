"""Settings of tokens: which are accepted."""

from __future__ import annotations

from dataclasses import dataclass

from api.config.setting import setting


@dataclass(frozen=True, kw_only=True)
class AuthSettings:
    """Which tokens are accepted."""

    issuer: str = setting("", "Issuer URL; tokens must carry it as `iss`. Required unless demo is on.")
    audience: str = setting("needtoknow", "Audience; tokens must carry it as `aud`.")
    jwks: str = setting("", "JWKS file or https URL; http only on this machine. Required unless demo is on.")
    jwks_ca: str = setting("", "File of the certificate authority of the JWKS URL, in PEM; no other is trusted then.")
    jwks_interval_s: int = setting(
        60, "Minimum seconds between two fetches of the JWKS URL for unknown keys.", 1, 3_600
    )
    jwks_timeout_s: float = setting(5.0, "Timeout in seconds for a fetch of the JWKS URL.", 0.1, 60)
    sign_in_max_age_s: int = setting(43_200, "Seconds after `auth_time` until aal2 counts as aal1.", 1, 2_592_000)
    revoked: str = setting("", "File of revoked accounts and tokens, one `sub` or `jti` per line; reloaded on change.")
    failed_auth_delay_s: float = setting(
        1.0, "Seconds that a 401 is delayed once its address has sent five bad tokens within a minute.", 0, 60
    )
