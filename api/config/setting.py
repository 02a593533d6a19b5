"""One setting: its description and bounds, its environment variable, and the checks of its value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

PREFIX = "NEEDTOKNOW_"


class InvalidSettings(ValueError):
    """A setting has an unknown name or an unusable value. The message is for the operator."""


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """Description for the documentation and `--help`, and the bounds of the value."""

    description: str
    minimum: float | None = None
    maximum: float | None = None


def setting(default: T, description: str, minimum: float | None = None, maximum: float | None = None) -> T:
    """A dataclass field that is a setting."""
    info = SettingInfo(description, minimum, maximum)
    declared: T = field(default=default, metadata={"info": info})
    return declared


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: the topic and field that hold it. The topic "" is `Settings` itself."""

    topic: str
    field: str
    default: Any
    info: SettingInfo


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def parse(name: str, text: str, kind: type) -> Any:
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.strip().lower()]
        return kind(text.strip())
    except (KeyError, ValueError):
        expected = {bool: "yes or no", int: "a whole number", float: "a number"}[kind]
        raise InvalidSettings(f"{name} must be {expected}.") from None


def check(name: str, value: Any, info: SettingInfo) -> None:
    # `not >=`, because NaN is neither below nor above anything and must fail too.
    if info.minimum is not None and not value >= info.minimum:
        raise InvalidSettings(f"{variable(name)} must be {info.minimum} or more.")
    if info.maximum is not None and not value <= info.maximum:
        raise InvalidSettings(f"{variable(name)} must be {info.maximum} or less.")
