"""A signed note is what others call one, and no other text, name or key passes for it."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.signed_note import InvalidSigningKey, Signer, Verifier, new_key

# The example of golang.org/x/mod/sumdb/note, which knows nothing of us.
THEIRS = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)


def test_a_note_that_another_program_signed_is_believed() -> None:
    theirs = Verifier.parse(THEIRS)

    assert str(theirs) == THEIRS
    assert theirs.is_valid(TEXT, SIGNATURE)


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
def test_a_note_that_differs_anywhere_is_not(text: str, signature: str) -> None:
    assert not Verifier.parse(THEIRS).is_valid(text, signature)


def test_what_one_key_signed_is_believed_of_no_other() -> None:
    ours, other = (Signer("needtoknow", new_key()) for _ in range(2))

    assert Verifier.parse(str(ours.verifier)).is_valid("42\n", ours.sign("42\n"))
    assert not other.verifier.is_valid("42\n", ours.sign("42\n"))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "needtoknow",
        THEIRS.replace("Neumann", "Newman"),
        THEIRS.replace("c74f20a3", "c74f20a4"),
        THEIRS.replace("ARpc", "ARpd"),
        # A key of another kind, with an id that fits nothing.
        THEIRS.replace("+AR", "+Ax"),
        THEIRS + "\n",
    ],
)
def test_a_public_key_with_a_letter_wrong_is_none(line: str) -> None:
    with pytest.raises(InvalidSigningKey, match=r"not an Ed25519 key as name\+id\+key on one line"):
        Verifier.parse(line)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n",
        X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ],
    ids=["nothing", "half of one", "a key of another kind"],
)
def test_a_file_that_is_no_private_key_is_refused(pem: bytes) -> None:
    with pytest.raises(InvalidSigningKey, match="it is not an Ed25519 private key in PEM"):
        Signer("needtoknow", pem)
