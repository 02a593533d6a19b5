"""Addresses of sources: NEEDTOKNOW_SOURCE_<NAME> says where one is that is no file of the data folder.

NEEDTOKNOW_SOURCE_<NAME>_CA, _CERTIFICATE, _KEY and _TOKEN name files with the credentials of a remote source.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from api.config.setting import PREFIX, InvalidSettings, variable

SOURCE_PREFIX = f"{PREFIX}SOURCE_"
CREDENTIALS = ("ca", "certificate", "key", "token")


def addresses_in(environment: Mapping[str, str], others: Collection[str]) -> dict[str, str]:
    """The address of each source that has one in an environment; `others` are the variables of other settings.

    The files of its credentials are beside it, as in {"warrants": "https://…", "warrants_token": "/etc/…"}.

    Raises: InvalidSettings if a variable with the prefix is neither.
    """
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in others)
    named = _variables() if any(name.startswith(SOURCE_PREFIX) for name in unknown) else {}
    for name in unknown:
        if name not in named:
            raise InvalidSettings(f"{name} is not a setting; docs/settings.md lists them.")
    return {named[name]: environment[name].strip() for name in unknown if environment[name].strip()}


def _variables() -> dict[str, str]:
    """The name of each source, and of each of its credentials, by its variable."""
    from resolvers.catalogue import NAMES

    credentials = (f"{name}_{each}" for name in NAMES for each in CREDENTIALS)
    return {variable(f"source_{name}"): name for name in (*credentials, *NAMES)}
