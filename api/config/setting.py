"""One setting: its description and bounds, its environment variable, and the checks of its value."""

from __future__ import annotations

from dataclasses import Field, field
from typing import Any, TypeVar

T = TypeVar("T")
Names = tuple[str, ...]

PREFIX = "NEEDTOKNOW_"
TEXT_LIMIT = 4_096


class InvalidSettings(ValueError):
    """A setting has an unknown name or an unusable value. The message is for the operator."""


def setting(
    default: T,
    description: str,
    minimum: float | None = None,
    maximum: float | None = None,
    *,
    may_hold_password: bool = False,
) -> T:
    """A dataclass field that is a setting; it has the type of its default. A number needs both bounds."""
    metadata = {"description": description, "minimum": minimum, "maximum": maximum}
    declared: T = field(default=default, metadata=metadata, repr=not may_hold_password)
    return declared


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def parse(name: str, text: str, kind: type) -> Any:
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.strip().lower()]
        if kind is tuple:
            return tuple(filter(None, map(str.strip, text.split(","))))
        return kind(text.strip())
    except (KeyError, ValueError):
        expected = {bool: "yes or no", int: "a whole number", float: "a number"}[kind]
        raise InvalidSettings(f"{name} must be {expected}.") from None


def check(name: str, value: Any, declared: Field[Any]) -> None:
    """Check the bounds of a number, or the length and characters of a text. Raises: InvalidSettings."""
    minimum, maximum = declared.metadata["minimum"], declared.metadata["maximum"]
    # `not`, because NaN is neither below nor above anything and must fail too.
    if minimum is not None and not minimum <= value <= maximum:
        raise InvalidSettings(f"{variable(name)} must be {minimum} to {maximum}.")
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    if len(text) > TEXT_LIMIT or not text.isprintable():
        raise InvalidSettings(f"{variable(name)} must be at most {TEXT_LIMIT:,} printable characters.")
