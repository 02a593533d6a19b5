"""Journal store of an installation."""

from __future__ import annotations

from pathlib import Path

from api.config.data_folder import JOURNAL
from api.config.setting import InvalidSettings, variable
from audit.journal import JournalStore
from audit.sqlite.store import SqliteStore


def journal_store(data: Path, address: str) -> JournalStore:
    """The journal of the setting, or that of the data folder if there is none. Raises: InvalidSettings."""
    if not address:
        return SqliteStore(data / JOURNAL)
    try:
        from audit.postgres.store import PostgresStore
        from sources.errors import InvalidAddress
        from sources.postgres.address import Address
    except ModuleNotFoundError as missing:
        raise InvalidSettings(
            f"{variable('journal')} needs the package {missing.name}: pip install 'needtoknow[postgres]'."
        ) from None
    try:
        return PostgresStore(Address.parse(address))
    except InvalidAddress as invalid:
        raise InvalidSettings(f"{variable('journal')} cannot be used: {invalid}.") from None
