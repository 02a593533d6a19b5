"""Policy archive: each policy version that was in force, as a text, so that old decisions can be replayed.

A version is a hash of the policy's content, so a changed text is not accepted under it. A text that this program cannot
parse, for example because it has a role that no longer exists, counts as missing. One from before a record class was
added denied it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from filesystem.private_file import make_private_folder, open_private
from policy.errors import PolicyError
from policy.report import to_text
from policy.table import Policy

FOLDER = "policies"


class PolicyArchive:
    """A folder of policies, one file a version, and those that are known from elsewhere. Policies are cached."""

    def __init__(self, folder: Path, known: Iterable[Policy] = ()) -> None:
        self._folder = folder
        self._cached = {policy.version: policy for policy in known}

    def store(self, policy: Policy) -> None:
        """Write the policy, unless it is stored already. Raises: PolicyError if it cannot be written."""
        if self.get(policy.version) is not None:
            return
        unfinished = self._folder / f".{policy.version}.{os.getpid()}"
        try:
            make_private_folder(self._folder)
            with open(unfinished, "w", encoding="utf-8", opener=open_private) as file:
                file.write(to_text(policy))
            unfinished.replace(self._path(policy.version))
        except OSError as cause:
            raise PolicyError(f"{self._folder}: the policy cannot be stored for the journal: {cause}") from cause

    def load(self, path: Path) -> Policy:
        """Read the policy of a file, and store it before it is used. Raises: PolicyError."""
        policy = Policy.load(path)
        self.store(policy)
        return policy

    def get(self, version: str) -> Policy | None:
        """The policy of that version; None if it is not stored, was changed, or can no longer be parsed."""
        if version not in self._cached:
            try:
                policy = Policy.load(self._path(version), may_lack_classes=True)
            except PolicyError:
                return None
            if policy.version != version:
                return None
            self._cached[version] = policy
        return self._cached[version]

    def _path(self, version: str) -> Path:
        # The version may come from a forged journal; it must not name a file outside this folder.
        if not re.fullmatch("[0-9a-f]{12}", version):
            raise PolicyError("not a policy version")
        return self._folder / f"{version}.txt"
