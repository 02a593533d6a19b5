"""Signed notes: lines of text and who vouches for them, as https://c2sp.org/signed-note has them.

    the text, each of its lines ended
                                          an empty line
    — name base64(the key's id, 4 bytes, and the Ed25519 signature of the text)

It knows nothing of what a note says.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

ED25519 = b"\x01"
KEY = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]{44})")
SIGNATURE = re.compile(r"— (?P<name>[^\s+]+) (?P<signed>[A-Za-z0-9+/]{91}=)")


class InvalidSigningKey(Exception):
    """This is no key to sign or to check notes with. The message does not repeat it."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Whose notes are believed: a name, and the 32 bytes of a public key."""

    name: str
    key: bytes

    @classmethod
    def parse(cls, line: str) -> Self:
        """The public key that is written on one line. Raises: KeyWrong."""
        found = KEY.fullmatch(line)
        if found is not None:
            made = cls(found["name"], b64decode(found["key"])[1:])
            # The id is made of all the rest, so one letter that was copied wrong shows.
            if str(made) == line:
                return made
        raise InvalidSigningKey("it is not an Ed25519 key as name+id+key on one line")

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.key).decode()}"

    def vouches(self, text: str, signature: str) -> bool:
        """Whether this line is the signature of that text by this key."""
        found = SIGNATURE.fullmatch(signature)
        if found is None or found["name"] != self.name:
            return False
        signed = b64decode(found["signed"])
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signed[4:], text.encode())
        except (InvalidSignature, ValueError):
            return False
        return signed[:4] == self.id


class Signer:
    """Signs notes under a name."""

    def __init__(self, name: str, pem: bytes) -> None:
        """Raises: KeyWrong unless `pem` is an Ed25519 private key without a password."""
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise InvalidSigningKey("it is not an Ed25519 private key in PEM")
        self._key = key
        self.verifier = Verifier(name, key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The line of signature for that text."""
        signed = self.verifier.id + self._key.sign(text.encode())
        return f"— {self.verifier.name} {b64encode(signed).decode()}"


def new_key() -> bytes:
    """A new private key, in PEM."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
