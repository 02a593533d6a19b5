"""Addresses of sources: NEEDTOKNOW_SOURCE_<NAME> says where one is that is no file of the data folder."""

from __future__ import annotations

from collections.abc import Mapping

from api.config.setting import PREFIX, variable

SOURCE_PREFIX = f"{PREFIX}SOURCE_"


def addresses_in(environment: Mapping[str, str]) -> dict[str, str]:
    """The addresses of sources in an environment, by their variables; one that is empty is none."""
    from resolvers.catalogue import NAMES

    named = (variable(f"source_{name}") for name in NAMES)
    return {each: environment[each].strip() for each in named if each in environment}
