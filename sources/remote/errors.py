"""Errors of remote sources.

RemoteFailure               no answer that can be believed; the message is its cause
└── ConnectionLost          the connection ended before the reply began
"""

from __future__ import annotations


class RemoteFailure(Exception):
    """No answer that can be believed. The message says why, and never repeats a reply, a key or a credential."""


class ConnectionLost(RemoteFailure):
    """The connection ended before the reply began: if it was idle before, another one may serve."""
