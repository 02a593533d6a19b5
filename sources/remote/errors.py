"""Errors of remote sources.

RemoteFailure               no answer that can be used; the message is its cause
├── ConnectionLost          the connection ended before the reply began
└── InvalidReply            a reply that is not of the declared form, or not complete
"""

from __future__ import annotations


class RemoteFailure(Exception):
    """No usable answer. The message says why, and never repeats a reply, a key or a credential."""


class ConnectionLost(RemoteFailure):
    """The connection ended before the reply began: if it was idle before, another one may serve."""


class InvalidReply(RemoteFailure):
    """A reply that cannot be believed: it is not of the declared form, or not complete."""
