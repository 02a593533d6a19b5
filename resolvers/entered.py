"""Entered records: the columns that a record has because an agency entered it into a file of the network."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column

from resolvers.columns import integers, number, optional_text, text

ENTERED: Final = "number fcn agency_ori case_number entered_at state version"


def entered() -> list[Column[Any]]:
    """The columns of an entry; the first is its primary key.

    number: of the national file; fcn: the state's file control number, which a message about the entry names.
    agency_ori, case_number: of the agency that entered it, and must confirm it; entered_at: UTC, ISO 8601.
    state: `resolvers.codes.entry.EntryState`; version: 1 when it was entered, then one more for each change.
    """
    return [
        number("number"),
        *optional_text("fcn case_number"),
        *text("agency_ori entered_at state"),
        *integers("version"),
    ]
