"""Withheld places: what a response leaves out because of the caller, and not because of the data.

They follow from the plan and the verdicts alone, so they are the same for a record that is there, hidden or absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from api.operation import errors
from api.operation.released import WHOLE, Parts
from engine.authorization import AuthorizedPlan
from engine.errors import Fault, InvalidDocument
from policy.grants import Denied
from policy.verdicts import Verdicts


def is_aside(extensions: Mapping[str, Any]) -> bool:
    """Whether denials are wanted in `extensions.inquiry.withheld` alone, and not in `errors` too.

    Raises: InvalidDocument for any other wish.
    """
    wish = extensions.get("withheld")
    if wish not in (None, "aside"):
        raise InvalidDocument([Fault(errors.WITHHELD_EXTENSION)])
    return wish is not None


def withheld_places(plan: AuthorizedPlan[Denied], parts: Parts = WHOLE) -> list[dict[str, Any]]:
    """Each denied place in these parts of the response, once, with "@" in its path for every index."""
    # Several concrete types may be withheld at one path.
    withheld = [each for each in plan.withheld if plan.part_of(each[0]) in parts]
    places = {(path, denied): None for planned, denied in withheld for path in planned.null_paths}
    return [
        {"path": list(path), "code": errors.denial_code(denied), **errors.denial(denied, always_needs=True)}
        for path, denied in places
    ]


def exclusions(verdicts: Verdicts) -> list[dict[str, Any]]:
    """Rows that no statement of this caller can return, whether or not such rows exist."""
    return [errors.denial(denied, always_needs=True) for denied in verdicts.exclusions]


def no_inquiry(names: Iterable[str]) -> Callable[[object], dict[str, Any]]:
    """The status of an operation that reads no record."""
    sources = [{"name": name, "status": "NOT_ASKED"} for name in names]
    return lambda _state: {"id": None, "sources": sources, "withheld": [], "exclusions": []}
