"""Settings of claims: where the issuer's tokens have each claim about the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.config.claim_map import ClaimMap, ClaimPath, InvalidClaimMap, parse_path, parse_values
from api.config.setting import InvalidSettings, Names, setting, variable
from policy.caller import Assurance
from policy.clearance import CLEARANCE_DATES
from policy.roles import Role

NAMES = ("sub", "name", "family_name", "ori", "role", "sworn", *CLEARANCE_DATES, "acr", "auth_time", "jti")
MEANINGS: Mapping[str, Mapping[str, str | bool]] = {
    "role": {role.value: role.value for role in Role},
    "acr": {level.value: level.value for level in Assurance},
    "sworn": {"true": True, "false": False},
}
"""Our values of a claim, by the names that a map gives them."""


@dataclass(frozen=True, kw_only=True)
class ClaimSettings:
    """Claims by name, or by path: /realm_access/roles. The demo issuer has the default names. Prefix: CLAIM."""

    sub: str = setting("sub", "Claim of the user id, which must be unique in the whole network.")
    name: str = setting("name", "Claim of the full name.")
    family_name: str = setting("family_name", "Claim of the surname.")
    ori: str = setting("ori", "Claim of the agency.")
    role: str = setting("role", "Claim of the role, or of a list that has it.")
    role_values: Names = setting(
        (), "What the values of the role claim mean: `Patrol Officers=patrol, Court Staff=court`."
    )
    sworn: str = setting("sworn", "Claim that says whether the caller is a sworn officer.")
    sworn_values: Names = setting((), "What the values of the sworn claim mean: `Sworn=true, Civilian=false`.")
    certified_until: str = setting("certified_until", "Claim of the last day of the training certificate.")
    cleared_on: str = setting("cleared_on", "Claim of the day of the background check.")
    fingerprinted_on: str = setting("fingerprinted_on", "Claim of the day of the fingerprints.")
    employed_on: str = setting("employed_on", "Claim of the first day of employment.")
    trained_on: str = setting("trained_on", "Claim of the day of the first training.")
    recertified_on: str = setting("recertified_on", "Claim of the day of the last recertification.")
    acr: str = setting("acr", "Claim of the assurance level, or of a list that has it.")
    acr_values: Names = setting((), "What the values of that claim mean: `1=aal1, 2=aal2`.")
    auth_time: str = setting("auth_time", "Claim of the time of the sign-in; not of the token.")
    jti: str = setting("jti", "Claim of the token's id.")

    @property
    def map(self) -> ClaimMap:
        """Raises: InvalidSettings, which names the setting and repeats nothing of it."""
        return ClaimMap({name: self._place(name) for name in NAMES})

    def _place(self, name: str) -> ClaimPath:
        setting_name = f"claim_{name}"
        try:
            path = parse_path(getattr(self, name))
            if name not in MEANINGS:
                return ClaimPath(path)
            setting_name += "_values"
            return ClaimPath(path, parse_values(getattr(self, f"{name}_values"), MEANINGS[name]))
        except InvalidClaimMap as invalid:
            raise InvalidSettings(f"{variable(setting_name)} must {invalid}.") from None
