"""Signed notes: compatible with golang.org/x/mod/sumdb/note, and valid for their text, name and key only."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.signed_note import InvalidSigningKey, Signer, Verifier, new_key

# The example of golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)


def test_a_note_that_another_program_signed_is_valid() -> None:
    verifier = Verifier.parse(GO_KEY)

    assert str(verifier) == GO_KEY
    assert verifier.is_valid(TEXT, SIGNATURE)


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        (TEXT.replace("answer", "Answer"), SIGNATURE),
        (TEXT[:-1], SIGNATURE),
        (TEXT, SIGNATURE.replace("PeterNeumann", "PeterNewman")),
        (TEXT, SIGNATURE.replace("x08go", "x08gp")),
        (TEXT, SIGNATURE.replace("ZJku", "ZJkv")),
        (TEXT, SIGNATURE + "\n" + SIGNATURE),
        (TEXT, SIGNATURE.removeprefix("— ")),
        (TEXT, "— PeterNeumann x08go="),
        (TEXT, ""),
    ],
)
def test_a_note_that_differs_anywhere_is_invalid(text: str, signature: str) -> None:
    assert not Verifier.parse(GO_KEY).is_valid(text, signature)


def test_a_signature_is_valid_for_its_key_only() -> None:
    ours, other = (Signer("needtoknow", new_key()) for _ in range(2))

    assert Verifier.parse(str(ours.verifier)).is_valid("42\n", ours.sign("42\n"))
    assert not other.verifier.is_valid("42\n", ours.sign("42\n"))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "needtoknow",
        GO_KEY.replace("Neumann", "Newman"),
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("ARpc", "ARpd"),
        # A key of another kind, with an id that does not match.
        GO_KEY.replace("+AR", "+Ax"),
        GO_KEY + "\n",
    ],
)
def test_a_public_key_with_a_wrong_letter_is_refused(line: str) -> None:
    with pytest.raises(InvalidSigningKey, match=r"not an Ed25519 key as name\+id\+key on one line"):
        Verifier.parse(line)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n",
        X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ],
    ids=["empty", "truncated", "a key of another kind"],
)
def test_a_file_that_is_not_a_private_key_is_refused(pem: bytes) -> None:
    with pytest.raises(InvalidSigningKey, match="it is not an Ed25519 private key in PEM"):
        Signer("needtoknow", pem)
