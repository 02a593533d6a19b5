"""`needtoknow token`: a valid token, and nothing else, on stdout."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from api.auth.authentication import open_authenticator
from api.config.settings import Settings
from policy.caller import Assurance, Caller
from policy.roles import Role
from tests.command_line import Run


def signed_in(data: Path, token: str) -> Caller:
    async def sign_in() -> Caller:
        async with open_authenticator(Settings(data=data, demo=True)) as authenticator:
            return await authenticator.authenticate(f"Bearer {token}")

    return asyncio.run(sign_in())


@pytest.mark.parametrize("role", Role, ids=str)
def test_only_a_valid_token_is_printed(run: Run, tmp_path: Path, role: Role) -> None:
    result = run("token", "--as", role.value, "--data", tmp_path)

    assert (result.status, result.err, len(result.out.splitlines())) == (0, "", 1)
    assert signed_in(tmp_path, result.out.strip()).user == f"demo-{role.value}"


def test_the_token_has_the_given_claims(run: Run, tmp_path: Path) -> None:
    result = run("token", "--as", "jail", "--data", tmp_path, "--ori", "CA9380100", "--subject", "u-1", "--aal", 2)

    caller = signed_in(tmp_path, result.out.strip())
    assert (caller.role, caller.ori, caller.user, caller.assurance) == (Role.JAIL, "CA9380100", "u-1", Assurance.AAL2)


def test_a_key_that_other_users_can_read_is_rejected(run: Run, tmp_path: Path) -> None:
    run("token", "--as", "jail", "--data", tmp_path)
    (tmp_path / "demo-issuer.json").chmod(0o644)

    result = run("token", "--as", "jail", "--data", tmp_path)

    assert (result.status, result.out) == (1, "")
    assert "Other users can read" in result.err
