"""What a decision gives back: a grant, which is a capability, or a denial, which says why.

Knows nothing of how it is decided.

    Verdict = Grant | Denied

A `Grant` or a `Scope` can be held and read anywhere but made only here: both public classes are abstract,
so mypy --strict and Python itself refuse to construct them, and no other module may subclass them.
This stops mistakes; code that means to cheat in its own process cannot be stopped by a language.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum

from policy.record_classes import RecordClass
from policy.rules import Rule


class Need(Enum):
    """What would help: a step-up asks for the first two, a challenge for the third."""

    CASE_NUMBER = "CASE_NUMBER"
    AAL2 = "AAL2"
    ATTENTION = "ATTENTION"


class _MadeHere:
    __slots__ = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__module__ != __name__:
            raise TypeError(f"{cls.__name__} cannot be made outside policy: only a decision gives grants")


class Scope(_MadeHere, ABC):
    """The part of a decision that depends on the record; every statement binds it."""

    __slots__ = ()

    @property
    @abstractmethod
    def user(self) -> str:
        """Rows about this user are left out, always."""

    @property
    @abstractmethod
    def surname(self) -> str:
        """Rows about this surname are left out unless stepped up."""

    @property
    @abstractmethod
    def ori(self) -> str:
        """Rows about people who work for this agency are left out unless stepped up."""

    @property
    @abstractmethod
    def is_stepped_up(self) -> bool:
        """A case number was given, and the caller signed in with two factors."""

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
        """A flagged address may leave its source unmasked."""


class Grant(_MadeHere, ABC):
    """The right to read one class of record, within a scope; no loader can be called without one."""

    __slots__ = ()

    @property
    @abstractmethod
    def record_class(self) -> RecordClass: ...

    @property
    @abstractmethod
    def is_masked(self) -> bool:
        """The source must mask the value before it leaves."""

    @property
    @abstractmethod
    def is_own_only(self) -> bool:
        """Only what `scope.user` did (the journal's own entries)."""

    @property
    @abstractmethod
    def rule(self) -> Rule: ...

    @property
    @abstractmethod
    def scope(self) -> Scope: ...


@dataclass(frozen=True, slots=True)
class Denied:
    """No right to know. Where `needs` is not empty, exactly those would turn it into a grant."""

    record_class: RecordClass
    rule: Rule
    needs: tuple[Need, ...] = ()


Verdict = Grant | Denied


# The slots are written by hand: dataclass(slots=True) would take the abstract properties for default values.
@dataclass(frozen=True)
class _Scope(Scope):
    __slots__ = (
        "is_stepped_up",
        "ori",
        "sees_arrests",
        "sees_confidential",
        "sees_convictions",
        "sees_juvenile",
        "sees_sealed",
        "sees_supervision",
        "surname",
        "user",
    )
    user: str
    surname: str
    ori: str
    is_stepped_up: bool
    sees_convictions: bool
    sees_arrests: bool
    sees_supervision: bool
    sees_sealed: bool
    sees_juvenile: bool
    sees_confidential: bool


@dataclass(frozen=True)
class _Grant(Grant):
    __slots__ = ("is_masked", "is_own_only", "record_class", "rule", "scope")
    record_class: RecordClass
    is_masked: bool
    is_own_only: bool
    rule: Rule
    scope: Scope
