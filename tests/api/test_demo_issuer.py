"""The demo issuer: its key, its callers and its tokens."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import orjson
import pytest
from joserfc.jwk import ECKey

from api.auth.authentication import open_authenticator
from api.auth.demo_issuer import DEMO_CALLERS, DemoIssuer
from api.auth.failures import AuthFailure, Unauthenticated
from api.config.secret_file import DEMO_KEY, InvalidSecretFile
from api.config.settings import Settings
from policy.caller import Assurance, Caller
from policy.roles import Role


async def signed_in(data: Path, token: str) -> Caller:
    async with open_authenticator(Settings(data=data, demo=True)) as authenticator:
        return await authenticator.authenticate(f"Bearer {token}")


def test_the_key_is_created_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = DemoIssuer.open(tmp_path).keys.keys()

    assert DemoIssuer.open(tmp_path).keys.keys() == first
    assert stat.S_IMODE((tmp_path / DEMO_KEY.name).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [DEMO_KEY.name]


async def test_concurrent_creators_use_the_same_key(tmp_path: Path) -> None:
    issuers = await asyncio.gather(*(asyncio.to_thread(DemoIssuer.open, tmp_path) for _ in range(16)))

    assert len({kid for issuer in issuers for kid in issuer.keys}) == 1
    assert [file.name for file in tmp_path.iterdir()] == [DEMO_KEY.name]


def test_the_server_verifies_with_the_public_key_only(tmp_path: Path) -> None:
    (key,) = DemoIssuer.open(tmp_path).keys.values()

    assert (key.key.is_private, key.algorithms) == (False, ["ES256"])


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o602])
def test_a_key_that_other_users_can_access_is_rejected(tmp_path: Path, mode: int) -> None:
    DemoIssuer.open(tmp_path)
    (tmp_path / DEMO_KEY.name).chmod(mode)

    with pytest.raises(InvalidSecretFile, match=r"Other users can read .*demo-issuer.json"):
        DemoIssuer.open(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"5",
        b"[]",
        b"\xff",
        b'{"kty": "EC"}',
        orjson.dumps(ECKey.generate_key("P-256").as_dict(private=False)),
        orjson.dumps(ECKey.generate_key("P-384").as_dict(private=True)),
    ],
)
def test_a_file_that_is_not_a_demo_key_is_rejected(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / DEMO_KEY.name
    file.write_bytes(content)
    file.chmod(0o600)

    with pytest.raises(InvalidSecretFile, match=r"is not a demo key\. Remove it"):
        DemoIssuer.open(tmp_path)


def test_a_missing_data_folder_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InvalidSecretFile, match=r"needtoknow seed --data .*absent"):
        DemoIssuer.open(tmp_path / "absent")


@pytest.mark.parametrize("role", Role, ids=str)
async def test_every_role_has_a_demo_caller_that_can_sign_in(tmp_path: Path, role: Role) -> None:
    demo = DEMO_CALLERS[role]

    caller = await signed_in(tmp_path, DemoIssuer.open(tmp_path).token(role))

    assert (caller.user, caller.name, caller.ori) == (f"demo-{role.value}", demo.name, demo.ori)
    assert (caller.role, caller.sworn, caller.assurance) == (role, demo.sworn, Assurance.AAL1)


def test_only_the_demo_investigator_has_a_record_in_the_world() -> None:
    assert DEMO_CALLERS[Role.INVESTIGATOR].name == "Dana Reyes"
    assert DEMO_CALLERS[Role.INVESTIGATOR].ori == "CA9190000"


@pytest.mark.parametrize(
    ("role", "kind"), [(Role.PROSECUTOR, "A"), (Role.SUPERVISION, "G"), (Role.COURT, "J"), (Role.JAIL, "C")]
)
def test_the_ninth_character_of_a_demo_agency_fits_its_role(role: Role, kind: str) -> None:
    assert DEMO_CALLERS[role].ori[8] == kind


async def test_a_token_can_have_another_user_and_agency(tmp_path: Path) -> None:
    token = DemoIssuer.open(tmp_path).token(Role.PATROL, ori="CA9380100", subject="u-1", aal=2)

    caller = await signed_in(tmp_path, token)

    assert (caller.user, caller.ori, caller.assurance) == ("u-1", "CA9380100", Assurance.AAL2)


async def test_two_tokens_of_one_caller_have_different_ids(tmp_path: Path) -> None:
    issuer = DemoIssuer.open(tmp_path)

    callers = [await signed_in(tmp_path, issuer.token(Role.PATROL)) for _ in range(2)]

    assert callers[0].token_id != callers[1].token_id


async def test_a_token_of_another_data_folder_is_rejected(tmp_path: Path) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    token = DemoIssuer.open(tmp_path / "there").token(Role.RECORDS)

    with pytest.raises(Unauthenticated) as refused:
        await signed_in(tmp_path / "here", token)

    assert refused.value.reason is AuthFailure.UNKNOWN_KEY
