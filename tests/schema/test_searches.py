"""Search terms: how their texts are normalized."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schema.searches import inquiry_key, normalized_number, normalized_plate

NORMALIZED: dict[Callable[[str], str], str] = {
    normalized_number: "P0000001",
    normalized_plate: "P0000001",
    inquiry_key: "p0000001",
}


@pytest.mark.parametrize("normalize", NORMALIZED)
def test_a_text_longer_than_any_number_is_not_copied(normalize: Callable[[str], str]) -> None:
    """The upper case of this one is three times as long, and a document may name it a hundred times."""
    long = "\u0390" * 1_000

    assert normalize(" p0000001 ") == NORMALIZED[normalize]
    assert normalize(long) is long
