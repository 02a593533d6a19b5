"""Data files of the synthetic world: lists of names, places, models and weights in seed/data/."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Mapping
from enum import Enum
from importlib.resources import files
from typing import Any

from seed.rng import weighted


def toml(name: str) -> dict[str, Any]:
    """The tables of seed/data/<name>.toml."""
    return tomllib.loads(files("seed").joinpath(f"data/{name}.toml").read_text("utf-8"))


def rows(name: str) -> list[dict[str, str]]:
    """The rows of seed/data/<name>.csv, in order, by column."""
    return list(csv.DictReader(files("seed").joinpath(f"data/{name}.csv").read_text("utf-8").splitlines()))


def weighted_rows(name: str) -> tuple[dict[str, str], ...]:
    """Choices for `Rng.one_of` from the rows of a CSV file with a column `weight`."""
    return tuple(row for row in rows(name) for _ in range(int(row["weight"])))


def mimesis(name: str) -> Any:
    """A data set of the mimesis package, such as "en/person". Its version is pinned: another gives another world."""
    return json.loads(files("mimesis.datasets").joinpath(f"{name}.json").read_text("utf-8"))


def weighted_codes(kind: type[Enum], weights: Mapping[str, int]) -> tuple[str, ...]:
    """Stored codes, as choices for `Rng.one_of`, from weights by member name.

    Raises: KeyError if a name is no member.
    """
    return weighted({kind[name].value: weight for name, weight in weights.items()})
