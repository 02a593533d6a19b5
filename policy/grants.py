"""Verdicts: a grant, which is a capability, or a denial with its reason.

    Verdict = Grant | Denied

Any module can use a `Grant` or a `Scope`, but only this package can construct one: both classes are abstract, so
mypy --strict and Python refuse to construct them, and no other module can subclass them. This prevents mistakes. No
language can prevent code from cheating in its own process.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from enum import Enum

from policy.record_classes import RecordClass
from policy.rules import Rule


class Need(Enum):
    """An addition that would turn a denial into a grant.

    The first two are for a step-up, the third for a challenge, the last for a caller who is not trained yet.
    """

    CASE_NUMBER = "CASE_NUMBER"
    AAL2 = "AAL2"
    ATTENTION = "ATTENTION"
    SUPERVISOR = "SUPERVISOR"


class _Sealed:
    __slots__ = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__module__ != __name__:
            raise TypeError(f"{cls.__name__} cannot be defined outside policy: only a decision makes grants")


class Scope(_Sealed, ABC):
    """The part of a decision that depends on the record. Every statement binds it."""

    __slots__ = ()

    @property
    @abstractmethod
    def user(self) -> str:
        """Rows about this user are always excluded."""

    @property
    @abstractmethod
    def surname(self) -> str:
        """Rows about people with this surname are flagged, or withheld: `sees_related`."""

    @property
    @abstractmethod
    def ori(self) -> str:
        """Rows about people who work for this agency are flagged, or withheld: `sees_related`."""

    @property
    @abstractmethod
    def today(self) -> date:
        """The day of the decision. Rows that must be purged by then are excluded."""

    @property
    @abstractmethod
    def sees_live(self) -> bool:
        """Whether rows about real people may be released; if not, only demonstration rows are read."""

    @property
    @abstractmethod
    def sees_related(self) -> bool:
        """Whether rows about people with the caller's surname or agency may be released."""

    @property
    @abstractmethod
    def related_needs(self) -> tuple[Need, ...]:
        """The additions with which they would be; empty if they are."""

    @property
    @abstractmethod
    def sees_convictions(self) -> bool: ...

    @property
    @abstractmethod
    def sees_arrests(self) -> bool: ...

    @property
    @abstractmethod
    def sees_supervision(self) -> bool: ...

    @property
    @abstractmethod
    def sees_sealed(self) -> bool: ...

    @property
    @abstractmethod
    def sees_juvenile(self) -> bool: ...

    @property
    @abstractmethod
    def sees_confidential(self) -> bool:
        """Whether a confidential address may leave its source unmasked."""

    @property
    @abstractmethod
    def sees_foreign_orders(self) -> bool: ...

    @property
    @abstractmethod
    def sees_missing_history(self) -> bool:
        """Whether missing person reports that are closed may be read."""

    @property
    @abstractmethod
    def sees_arrest_biometrics(self) -> bool:
        """Whether biometric sets of an arrest may be read, and not those of applicants alone."""


class Grant(_Sealed, ABC):
    """The right to read one record class within a scope. No fetch can be called without one."""

    __slots__ = ()

    @property
    @abstractmethod
    def record_class(self) -> RecordClass: ...

    @property
    @abstractmethod
    def is_masked(self) -> bool:
        """Whether the source must mask the value."""

    @property
    @abstractmethod
    def is_own_entries_only(self) -> bool:
        """Whether only entries of `scope.user` may be read (journal only)."""

    @property
    @abstractmethod
    def rule(self) -> Rule: ...

    @property
    @abstractmethod
    def scope(self) -> Scope: ...


@dataclass(frozen=True, slots=True)
class Denied:
    """A denial. If `needs` is not empty, exactly these additions would turn it into a grant."""

    record_class: RecordClass
    rule: Rule
    needs: tuple[Need, ...] = ()


Verdict = Grant | Denied


# The slots are set here: dataclass(slots=True) would take the abstract properties for default values.
@dataclass(frozen=True)
class _Scope(Scope):
    user: str
    surname: str
    ori: str
    today: date
    sees_live: bool
    sees_related: bool
    related_needs: tuple[Need, ...]
    sees_convictions: bool
    sees_arrests: bool
    sees_supervision: bool
    sees_sealed: bool
    sees_juvenile: bool
    sees_confidential: bool
    sees_foreign_orders: bool
    sees_missing_history: bool
    sees_arrest_biometrics: bool
    __slots__ = tuple(__annotations__)


@dataclass(frozen=True)
class _Grant(Grant):
    record_class: RecordClass
    is_masked: bool
    is_own_entries_only: bool
    rule: Rule
    scope: Scope
    __slots__ = tuple(__annotations__)
