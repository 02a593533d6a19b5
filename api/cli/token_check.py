"""`needtoknow token check`: why a token is refused, claim by claim, without its signature."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import time
from collections.abc import Set
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import write_json
from api.cli.options import Data, Json, setting
from api.cli.serve import is_given
from api.config.configuration import ConfigurationReader
from api.config.setting import InvalidSettings, variable
from api.config.settings import Settings
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from api.auth.failures import AuthFailure
    from api.auth.token_report import TokenReport

MAX_BYTES = 16_384
"""Twice what a token may have, so that one that is too long is still named as such."""

PREFIXES = ("authorization:", "bearer ")

TokenFile = Annotated[str, typer.Argument(metavar="FILE", help="File with the token; - reads it from stdin.")]


def check(
    context: typer.Context,
    file: TokenFile = "-",
    *,
    data: Data = Path("data"),
    demo: Annotated[bool, setting("demo", "--demo")] = Settings.demo,
    env_file: Annotated[str, setting("env_file")] = Settings.env_file,
    json: Json = False,
) -> None:
    """Print why a token is accepted or refused: each claim, what it must be and what it is; never its signature."""
    from api.auth.authentication import bearer_token
    from api.auth.failures import Unauthenticated
    from api.cli.token_table import as_json, print_report

    token = read_token(file)
    given = {"data": data, "demo": demo, "env_file": env_file}
    options = {name: value for name, value in given.items() if is_given(context, name)}
    with report_as_user_error(InvalidSettings):
        # It listens nowhere, so that the demo issuer is no danger on any host.
        settings = ConfigurationReader(os.environ, host="127.0.0.1", **options).read().settings
    try:
        report, unchecked = asyncio.run(_report(bearer_token(f"Bearer {token}"), settings))
    except Unauthenticated as refusal:
        raise refused(refusal.reason, refusal.claim) from None
    digest = hashlib.sha256(token.encode()).hexdigest()
    if json:
        write_json(as_json(report, digest, unchecked), is_indented=True)
    else:
        print_report(report, digest, unchecked)
    if report.refusal is not None:
        raise refused(*report.refusal)
    if unchecked:
        raise UserError(
            f"The token was not checked whole: {' '.join(f'{name}: {why}' for name, why in unchecked.items())}"
        )


def refused(reason: AuthFailure, claim: str | None) -> UserError:
    """The error that a token is refused, and for which claim."""
    where = "" if claim is None else f" for {claim}"
    return UserError(f"The token is refused{where}: {reason.name}, {reason.value}.")


def read_token(file: str) -> str:
    """The token in a file, or in stdin for `-`, with or without the name of its header. Raises: UserError."""
    name = "stdin" if file == "-" else file
    try:
        with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as source:
            content = source.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from None
    if len(content) > MAX_BYTES:
        raise UserError(f"{name} has more than {MAX_BYTES:,} bytes, and a token has at most 8,192.")
    text = content.decode("ascii", "replace").strip()
    for prefix in PREFIXES:
        if text.lower().startswith(prefix):
            text = text[len(prefix) :].strip()
    if not text.isprintable() or " " in text or text.startswith("{") or not text or not text.isascii():
        raise UserError(f"{name} must have one token and nothing else: three parts of letters, digits, - and _.")
    match text.count("."):
        case 2:
            return text
        case 4:
            raise UserError(
                f"{name} has an encrypted token (JWE). Let the issuer sign access tokens, and not encrypt them."
            )
        case _:
            raise UserError(
                f"{name} has no JWT, which has three parts with dots between. An opaque token is not accepted."
            )


async def _report(token: bytes, settings: Settings) -> tuple[TokenReport, dict[str, str]]:
    """The report on a token, and why some of it could not be checked: {"signature": "The JWKS of …"}."""
    from api.auth.authentication import open_issuer_keys, revocation_lists, token_rules
    from api.auth.jwks import InvalidJwks
    from api.auth.published_changes import NOTHING_PUBLISHED, open_published_changes
    from api.auth.revocation import InvalidRevocationList
    from api.auth.token_report import report_on
    from api.config.secret_file import InvalidSecretFile
    from audit.errors import JournalError

    rules = token_rules(settings)
    unchecked: dict[str, str] = {}
    if not rules.issuer:
        unchecked["iss"] = f"{variable('issuer')} is not set."
    async with AsyncExitStack() as stack:
        published, keys = NOTHING_PUBLISHED, None
        revoked: list[Set[str]] = []
        try:
            published = await stack.enter_async_context(open_published_changes(settings.journal, lambda _: None))
        except JournalError as error:
            unchecked["published keys and revocations"] = str(error)
        try:
            keys = await stack.enter_async_context(open_issuer_keys(settings, published))
        except (InvalidJwks, InvalidSecretFile) as error:
            unchecked["signature"] = str(error)
        try:
            revoked = [each() for each in revocation_lists(settings, published)]
        except (InvalidRevocationList, JournalError) as error:
            unchecked["revocation"] = str(error)
        return await report_on(token, rules, keys, revoked, time.time()), unchecked
