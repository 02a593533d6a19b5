"""Secret files of a data folder: created at first use, complete from the first moment, readable by the owner only.

Each is checked before it is read: a regular file and no link, owned by this user, closed to others, of the right size.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filesystem.private_file import open_private
from filesystem.regular_file import open_regular

RANDOM_BYTES = 32


class InvalidSecretFile(Exception):
    """The file must not be used. The message names the file and the fault, and says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFile:
    """One secret of a data folder.

    noun:   what its content is, such as "a demo key".
    power:  what another user could do with it, such as "sign in as anyone".
    remedy: sentence that says how to replace it.
    """

    name: str
    noun: str = f"a key of {RANDOM_BYTES} bytes"
    power: str
    remedy: str = "Remove it; a new one will be created."
    min_bytes: int = RANDOM_BYTES
    max_bytes: int = RANDOM_BYTES

    def create(self, data: Path, new: Callable[[], bytes]) -> None:
        """Create the file unless it exists. If two processes do so at once, both use the file that was linked first.

        Raises: InvalidSecretFile.
        """
        path = data / self.name
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            if path.exists():
                return
            try:
                with open(draft, "xb", opener=open_private) as file:
                    file.write(new())
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink(missing_ok=True)
        except FileNotFoundError:
            raise InvalidSecretFile(f"There is no folder {data}. Create it: needtoknow seed --data {data}") from None
        except OSError as error:
            raise InvalidSecretFile(f"{path} cannot be created: {error.strerror}.") from None

    def read(self, data: Path) -> bytes:
        """The content of the file. Raises: InvalidSecretFile; FileNotFoundError if there is none."""
        path = data / self.name
        try:
            with os.fdopen(open_regular(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                status = os.fstat(file.fileno())
                if status.st_uid not in {os.geteuid(), 0, data.stat().st_uid}:
                    raise InvalidSecretFile(f"{path} belongs to another user, who could {self.power}. {self.remedy}")
                if stat.S_IMODE(status.st_mode) & 0o077:
                    raise InvalidSecretFile(f"Other users can read {path}, and so {self.power}. {self.remedy}")
                content = file.read(self.max_bytes + 1)
        except FileNotFoundError:
            raise
        except OSError as error:
            fault = "it is a link" if error.errno == errno.ELOOP else error.strerror
            raise InvalidSecretFile(f"{path} cannot be read: {fault}. {self.remedy}") from None
        if not self.min_bytes <= len(content) <= self.max_bytes:
            raise self.invalid(data)
        return content

    def invalid(self, data: Path) -> InvalidSecretFile:
        """The error that the file has other content than it should."""
        return InvalidSecretFile(f"{data / self.name} is not {self.noun}. {self.remedy}")

    def random(self, data: Path) -> bytes:
        """The random bytes of the file, which is created if it does not exist. Raises: InvalidSecretFile."""
        self.create(data, lambda: os.urandom(RANDOM_BYTES))
        return self.read(data)


CURSOR_KEY = SecretFile(name="cursor.key", power="read the values in cursors")
ALIAS_KEY = SecretFile(name="alias.key", power="guess which document a trace is about")
CHALLENGE_KEY = SecretFile(name="challenge.key", power="predict which operations are challenged")
SEARCH_KEY = SecretFile(
    name="search.key",
    power="find out from the journal what was searched for",
    remedy="Restore it with mode 600. With a new one, earlier searches cannot be found any more.",
)
CHECKPOINT_KEY = SecretFile(
    name="checkpoint.key",
    noun="an Ed25519 private key in PEM",
    power="sign checkpoints",
    remedy="Restore it with mode 600, or move it and its checkpoints away; new ones will be created.",
    min_bytes=1,
    max_bytes=4_096,
)
DEMO_KEY = SecretFile(
    name="demo-issuer.json", noun="a demo key", power="sign in as anyone", min_bytes=1, max_bytes=4_096
)
SECRET_FILES = (CURSOR_KEY, ALIAS_KEY, CHALLENGE_KEY, SEARCH_KEY, CHECKPOINT_KEY, DEMO_KEY)
"""Every secret file of a data folder."""
