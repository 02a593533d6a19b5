"""The policies that were in force, each a text under its version, so that an old decision can be made again.

A version is a hash of what the text says, so no other text is taken in its place. One that this program cannot read,
because it lacks a role or a record class of today, is as good as none.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from policy.errors import PolicyError
from policy.report import to_text
from policy.table import Policy

FOLDER = "policies"


class PolicyArchive:
    """A folder of policies. What was read once is kept in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Policy] = {}

    def keep(self, policy: Policy) -> None:
        """See that a policy can be found again. Raises: PolicyError where it cannot be written down."""
        if self.of(policy.version) is not None:
            return
        unfinished = self._folder / f".{policy.version}.{os.getpid()}"
        try:
            self._folder.mkdir(exist_ok=True)
            unfinished.write_text(to_text(policy), encoding="utf-8")
            unfinished.replace(self._path(policy.version))
        except OSError as cause:
            raise PolicyError(f"{self._folder}: the policy cannot be kept for the journal: {cause}") from cause

    def load(self, path: Path) -> Policy:
        """The policy of a file, kept before it decides anything. Raises: PolicyError."""
        policy = Policy.load(path)
        self.keep(policy)
        return policy

    def of(self, version: str) -> Policy | None:
        """The policy of that version; None where it was not kept, was changed, or cannot be read any more."""
        if version not in self._read:
            try:
                policy = Policy.load(self._path(version))
            except PolicyError:
                return None
            if policy.version != version:
                return None
            self._read[version] = policy
        return self._read[version]

    def _path(self, version: str) -> Path:
        # It may come from a journal that somebody forged, and is to lead nowhere else.
        if not re.fullmatch("[0-9a-f]{12}", version):
            raise PolicyError("no version of a policy")
        return self._folder / f"{version}.txt"
