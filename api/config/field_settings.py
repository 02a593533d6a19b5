"""Settings of the field app: whether it is served, and how it signs in with the issuer."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from api.config.origin import is_origin
from api.config.setting import InvalidSettings, setting, variable


@dataclass(frozen=True, kw_only=True)
class FieldSettings:
    """The field app. With demo it signs in with the demo issuer."""

    field: bool = setting(False, "Serve the field app to browsers at /field; always on with demo.")
    field_client_id: str = setting("", "Client id of the field app at the issuer. Required unless demo is on.")
    field_scope: str = setting("openid profile", "Scopes that the field app asks for, separated by spaces.")
    field_agency: str = setting("", "Name of the agency that the field app shows.")

    def check(self, issuer: str) -> None:
        """Raises: InvalidSettings, if the app cannot sign in with this issuer."""
        if "openid" not in self.field_scope.split():
            raise InvalidSettings(f"{variable('field_scope')} must have openid among its scopes.")
        if not self.field:
            return
        if not self.field_client_id:
            raise InvalidSettings(
                f"{variable('field')} needs {variable('field_client_id')}: "
                "the id of the client that is registered for it at the issuer."
            )
        if not is_origin(origin_of(issuer)):
            raise InvalidSettings(
                f"{variable('field')} needs an https URL in {variable('issuer')}; http only on this machine."
            )


def origin_of(url: str) -> str:
    """The origin of an issuer's URL, such as https://id.agency.example; "" if it has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
