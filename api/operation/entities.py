"""Entities in a response: the lists of all types, joined in the order of the representations."""

from __future__ import annotations

from typing import Any

from api.operation.errors import invalid_representation
from engine.entities import entity_lists
from engine.plan import PreparedOperation


def join_entities(
    data: dict[str, Any] | None, errors: list[dict[str, Any]], prepared: PreparedOperation
) -> list[dict[str, Any]]:
    """Join the lists in `data`, and move the paths of `errors`. Returns the errors of invalid representations."""
    invalid: list[dict[str, Any]] = []
    for joined in entity_lists(prepared):
        if data is not None:
            joined.join(data)
            at = joined.entities
            for index, sentence in joined.sentences.items():
                invalid.append(invalid_representation(sentence, at.locations, (at.key, index)))
        for each in errors:
            if "path" in each:
                each["path"] = list(joined.path(tuple(each["path"])))
    return invalid
