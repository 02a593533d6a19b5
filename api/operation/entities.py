"""Entities in a response: the lists of all types, joined in the order of the representations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.operation.errors import invalid_representation
from engine.entities import entity_lists
from engine.plan import PreparedOperation

ERROR_BYTES = 200
"""Bytes of an error without its sentence: at most 190 of JSON, and its key in the path."""


def join_entities(
    data: dict[str, Any] | None,
    errors: list[dict[str, Any]],
    prepared: PreparedOperation,
    reserve: Callable[[int], None],
) -> list[dict[str, Any]]:
    """Join the lists in `data`, and move the paths of `errors`. Returns the errors of invalid representations.

    `reserve` is called with the bytes of each of them before it is made.
    """
    invalid: list[dict[str, Any]] = []
    for entities in entity_lists(prepared):
        if data is not None:
            entities.join(data)
            at = entities.entities
            for index, sentence in entities.sentences.items():
                path = (at.key, index)
                reserve(ERROR_BYTES + len(sentence) + len(at.key))
                invalid.append(invalid_representation(sentence, at.locations, path))
        for each in errors:
            if "path" in each:
                each["path"] = list(entities.path(tuple(each["path"])))
    return invalid
