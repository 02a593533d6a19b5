"""Settings of the journal."""

from __future__ import annotations

from dataclasses import dataclass

from api.config.setting import setting


@dataclass(frozen=True, kw_only=True)
class JournalSettings:
    """The journal and its checkpoints."""

    journal: str = setting(
        "",
        "Address of the journal's database, postgresql://user@host/database. Default: journal.db in the data folder.",
        may_hold_password=True,
    )
    journal_deadline_ms: int = setting(
        2_000, "Milliseconds to commit an entry; otherwise the response is withheld.", 1, 60_000
    )
    checkpoints: str = setting("", "File of signed checkpoints, best on another machine. Default: in the data folder.")
    checkpoint_entries: int = setting(1_000, "Entries after which a checkpoint is written.", 1, 1_000_000)
    checkpoint_s: float = setting(
        60.0, "Seconds after which a checkpoint is written if there is a new entry.", 0.1, 86_400
    )
