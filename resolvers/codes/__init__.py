"""Codes of records: the base class of every code table.

A member's value is the code that a source stores, and `meaning` describes it. Clients see the member's name,
so a code that is no name ("00", "2D") gets one.
"""

from __future__ import annotations

from policy.described_enum import DescribedEnum


class Code(DescribedEnum):
    """One table of codes; each member is written as (stored code, meaning)."""
