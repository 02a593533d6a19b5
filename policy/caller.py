"""The authenticated caller."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policy.clearance import Clearance
from policy.described_enum import DescribedEnum
from policy.roles import Role


class Assurance(DescribedEnum):
    """Authenticator assurance level (NIST SP 800-63B). The value is the token's `acr` claim."""

    AAL1 = "aal1", "One factor."
    AAL2 = "aal2", "Two factors."


@dataclass(frozen=True, slots=True)
class Caller:
    """One authenticated user.

    Raises: ValueError if `user`, `surname` or `ori` is in a form that no record holds. The rules about own records,
            same surnames and colleagues would then fail silently, in the caller's favour.
    """

    user: str
    name: str
    surname: str
    ori: str
    role: Role
    sworn: bool
    clearance: Clearance
    assurance: Assurance
    token_id: str

    def __post_init__(self) -> None:
        if not self.user.strip():
            raise ValueError("a caller's user is blank")
        if not re.fullmatch("[A-Z]+", self.surname):
            raise ValueError("a caller's surname must be letters A to Z, upper case, and not empty")
        if not re.fullmatch("[A-Z0-9]{9}", self.ori):
            raise ValueError("a caller's ORI must be nine characters, upper case letters and digits")
