"""Value types: the concrete type of each object of an abstract type, by the object's identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class ValueTypes:
    """The types of completed objects. It keeps the objects, also those that an error has removed from the response.

    So no other object has the identity of one of them, and would be taken for one of its type.
    """

    _by_identity: dict[int, tuple[Mapping[str, Any], str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._by_identity)

    def add(self, completed: Mapping[str, Any], name: str) -> None:
        """Record the type of an object."""
        self._by_identity[id(completed)] = completed, name

    def of(self, completed: Mapping[str, Any]) -> str | None:
        """The recorded type of an object; None if its field has a concrete type."""
        found = self._by_identity.get(id(completed))
        return None if found is None else found[1]
