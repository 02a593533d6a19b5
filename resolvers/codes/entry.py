"""Codes of an entry in a file of the network."""

from __future__ import annotations

from resolvers.codes import Code


class EntryState(Code):
    """Progress of an entry, from the agency that made it to its end."""

    PENDING_CHECK = "PENDING_CHECK", "Entered, and not yet checked by a second person; it counts as active"
    ACTIVE = "ACTIVE", "In force"
    LOCATED = "LOCATED", "Found by another agency, which has informed the one that made the entry"
    CLEARED = "CLEARED", "Ended by the agency that made it: found, recovered or served"
    CANCELLED = "CANCELLED", "Withdrawn by the agency that made it, because it was wrong"
    EXPIRED = "EXPIRED", "Ended by its date"


IN_FORCE = frozenset({EntryState.PENDING_CHECK.value, EntryState.ACTIVE.value})
"""The stored states in which an entry is acted upon, once it is confirmed."""
