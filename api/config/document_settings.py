"""Settings of trusted documents."""

from __future__ import annotations

from dataclasses import dataclass

from api.config.setting import InvalidSettings, Names, setting, variable
from policy.roles import Role

MODES = ("off", "also", "only")
ROLES = tuple(role.value for role in Role)


@dataclass(frozen=True, kw_only=True)
class DocumentSettings:
    """Where trusted documents are, and who may send a text besides."""

    documents: Names = setting((), "Manifests of trusted documents: files, or folders of *.json; reloaded on change.")
    documents_mode: str = setting(
        "also", "off: ids name no documents; also: ids name them, and texts are executed; only: ids alone."
    )
    documents_free_roles: Names = setting((), "Roles that may send texts in the mode only, comma-separated.")
    documents_limit: int = setting(2_000, "Maximum trusted documents.", 1, 100_000)
    documents_mebibytes: int = setting(256, "Maximum MiB of trusted documents in each process.", 1, 16_384)

    def check(self, *, has_field_app: bool = False) -> None:
        """The field app has documents of its own. Raises: InvalidSettings."""
        if self.documents_mode not in MODES:
            raise InvalidSettings(f"{variable('documents_mode')} must be one of {', '.join(MODES)}.")
        if self.documents_mode == "only" and not (self.documents or has_field_app):
            raise InvalidSettings(f"{variable('documents_mode')}=only needs manifests in {variable('documents')}.")
        if not set(self.documents_free_roles) <= set(ROLES):
            raise InvalidSettings(f"{variable('documents_free_roles')} must be some of {', '.join(ROLES)}.")
