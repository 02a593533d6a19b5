"""SQL conditions of a journal search, each by the name of its parameter.

`audit.sqlite.search` reads single entries with them, `resolvers.journal` whole inquiries: an intent joined to its
release.
"""

from __future__ import annotations

MAY_NAME_RECORD = """
    SELECT rowid FROM about WHERE about MATCH '"' || replace(json_quote(:record), '"', '""') || '"'
    UNION ALL SELECT sequence FROM recent"""
"""The sequences of all entries that may name `:record`, by the index of records; `names_record` then decides."""


def names_record(body: str) -> str:
    """Whether an entry's own list of records holds `:record`."""
    return _contains(body, "record_ids", "record")


def entry_conditions(entry: str, body: str) -> dict[str, str]:
    """The condition of each search term on one row of `entry`, whose JSON is `body`.

    Only the first four and the times have an index.
    """
    return {
        "id": f"{entry}.id = :id",
        "user": f"{entry}.user = :user",
        "agency": f"{entry}.agency = :agency",
        "case_number": f"{entry}.case_number = :case_number",
        "kind": f"{entry}.kind = :kind",
        "outcome": f"{body} ->> '$.outcome' = :outcome",
        "flag": _contains(body, "flags", "flag"),
        "since": f"{entry}.at >= :since",
        "until": f"{entry}.at < :until",
    }


def _contains(body: str, name: str, parameter: str) -> str:
    return f"EXISTS (SELECT 1 FROM json_each({body}, '$.{name}') WHERE value = :{parameter})"
