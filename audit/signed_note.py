"""Signed notes, https://c2sp.org/signed-note: a text and its Ed25519 signature under a name.

the text, each line with its line end
                                      an empty line
— name base64(key id, 4 bytes, and the Ed25519 signature of the text)
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
PUBLIC_KEY = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]{44})")
SIGNATURE = re.compile(r"— (?P<name>[^\s+]+) (?P<blob>[A-Za-z0-9+/]{91}=)")


class InvalidSigningKey(Exception):
    """The text is not a key of this kind. The message does not repeat it."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Public key of a signer: a name and the 32 bytes of the key."""

    name: str
    key: bytes

    @classmethod
    def parse(cls, line: str) -> Self:
        """The public key written as `name+id+key`. Raises: InvalidSigningKey."""
        match = PUBLIC_KEY.fullmatch(line)
        if match is not None:
            verifier = cls(match["name"], b64decode(match["key"])[1:])
            # The id is a hash of the rest, so this finds a letter that was copied wrong.
            if str(verifier) == line:
                return verifier
        raise InvalidSigningKey("it is not an Ed25519 key as name+id+key on one line")

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.key).decode()}"

    def is_valid(self, text: str, signature: str) -> bool:
        """Whether this signature line was made for that text with this key."""
        match = SIGNATURE.fullmatch(signature)
        if match is None or match["name"] != self.name:
            return False
        blob = b64decode(match["blob"])
        if b64encode(blob).decode() != match["blob"]:  # its last letter has two bits to spare
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(blob[4:], text.encode())
        except (InvalidSignature, ValueError):
            return False
        return blob[:4] == self.id


class Signer:
    """Private key that signs notes under a name."""

    def __init__(self, name: str, pem: bytes) -> None:
        """Raises: InvalidSigningKey unless `pem` is an Ed25519 private key without a password."""
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise InvalidSigningKey("it is not an Ed25519 private key in PEM")
        self._key = key
        self.verifier = Verifier(name, key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The signature line for that text."""
        blob = self.verifier.id + self._key.sign(text.encode())
        return f"— {self.verifier.name} {b64encode(blob).decode()}"


def new_key() -> bytes:
    """A new private key in PEM."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
