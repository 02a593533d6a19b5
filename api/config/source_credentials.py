"""Credentials of a remote source: files of its certificate authority, of our certificate and key, and of a token."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path

from api.config.reloaded_file import ReloadedFile
from api.config.secret_file import InvalidSecretFile, SecretFile
from api.config.setting import InvalidSettings, variable
from api.config.source_address import CREDENTIALS

SECRET_BYTES = 65_536
TOKEN = re.compile(rb"[A-Za-z0-9._~+/-]+=*")


def credential_files(name: str, addresses: Mapping[str, str]) -> dict[str, Path]:
    """The files of a source's credentials: {"token": Path(…)}. Raises: InvalidSettings; no message repeats a value."""
    files: dict[str, Path] = {}
    for each in CREDENTIALS:
        if value := addresses.get(f"{name}_{each}"):
            files[each] = Path(value)
            try:
                is_file = files[each].is_file()
            except (OSError, ValueError):
                is_file = False
            if not is_file:
                raise unusable(f"{name}_{each}", "it must name a file that is there")
    if ("key" in files) != ("certificate" in files):
        raise unusable(f"{name}_certificate", "a certificate and its key belong together")
    return files


def tls_context(name: str, files: Mapping[str, Path]) -> ssl.SSLContext:
    """TLS that verifies the source's certificate, and shows it ours if there is one. Raises: InvalidSettings."""
    try:
        context = ssl.create_default_context(cafile=files.get("ca"))
    except (OSError, ValueError):
        raise unusable(f"{name}_ca", "it holds no certificate in PEM") from None
    if "key" in files:
        _read_secret(f"{name}_key", "a private key in PEM", files["key"])
        try:
            # Without a password, OpenSSL would ask for one at the terminal.
            context.load_cert_chain(files["certificate"], files["key"], password=lambda: b"")
        except (OSError, ValueError):
            raise unusable(f"{name}_certificate", "certificate and key are not in PEM or not of one pair") from None
    return context


def bearer_token(name: str, file: Path) -> Callable[[], bytes]:
    """A function that gives the token in a file, which is read again when it changes. Raises: InvalidSettings."""

    def read(path: Path) -> bytes:
        token = _read_secret(f"{name}_token", "a token", path).strip()
        if not TOKEN.fullmatch(token):
            raise unusable(f"{name}_token", "it holds no bearer token")
        return token

    on_error = "The previous token stays in use."
    return ReloadedFile(file, read, error_type=InvalidSettings, on_error=on_error).current


def unusable(name: str, why: str) -> InvalidSettings:
    """The error that a source's setting cannot be used."""
    return InvalidSettings(f"{variable(f'source_{name}')} cannot be used: {why}.")


def _read_secret(name: str, noun: str, path: Path) -> bytes:
    secret = SecretFile(
        name=path.name,
        noun=noun,
        power="ask the source as this server",
        remedy="Replace it by a file of mode 600.",
        min_bytes=1,
        max_bytes=SECRET_BYTES,
    )
    try:
        return secret.read(path.parent)
    except InvalidSecretFile as invalid:
        raise InvalidSettings(str(invalid)) from None
    except FileNotFoundError:
        raise unusable(name, "it must name a file that is there") from None
