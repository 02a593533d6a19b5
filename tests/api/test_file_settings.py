"""Settings that name a file: what is no readable text of a fair length is refused at the start and ignored later."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.auth import key_providers, revocation
from api.auth.key_providers import file_keys
from api.config.setting import variable
from api.config.settings import SETTINGS, description
from policy import table
from policy.table import MATRIX
from sources import fault_profile
from tests.api.public_keys import FIRST, jwks, public
from tests.api.unusable_files import FAULTS, put
from tests.command_line import Run
from tests.harness import PERSON_QUERY, running_app

FILE_SETTINGS = [
    name for name in SETTINGS if re.search(r"\bfile\b", description(name), re.IGNORECASE) and name != "env_file"
]
CONTENT = {
    "jwks": jwks(public(FIRST)),
    "policy": MATRIX.read_bytes(),
    "profile": b"seed = 1\n",
    "revoked": b"# nobody\n",
}


def test_the_settings_that_name_a_file_are_known() -> None:
    """The server writes the checkpoints, and reads an authority at the start. The file of settings is elsewhere."""
    assert sorted(FILE_SETTINGS) == sorted([*CONTENT, "checkpoints", "jwks_ca"])


def test_the_page_gives_the_greatest_size_of_each_file() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")
    sizes = {"POLICY": table, "JWKS": key_providers, "REVOKED": revocation, "PROFILE": fault_profile}

    assert {name.lower() for name in sizes} == set(CONTENT)
    for name, module in sizes.items():
        text = f"{module.MAX_BYTES >> 10} KiB (`{name}`" if module.MAX_BYTES < 1 << 20 else f"4 MiB (`{name}`"
        assert text in page


@pytest.mark.parametrize("name", FILE_SETTINGS)
def test_a_file_setting_with_a_fault_stops_the_start_in_one_line(
    run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / "file"
    monkeypatch.setenv("NEEDTOKNOW_ISSUER", "https://id.county.example")
    (tmp_path / "jwks.json").write_bytes(CONTENT["jwks"])
    keys = "https://127.0.0.1:1/jwks" if name == "jwks_ca" else str(tmp_path / "jwks.json")
    monkeypatch.setenv("NEEDTOKNOW_JWKS", keys)
    monkeypatch.setenv(variable(name), str(path))
    for fault in FAULTS:
        put(path, fault)

        result = run("serve", "--data", data, "--port", 0)

        assert (result.status, result.out, result.err.count("\n")) == (1, "", 1), fault.__name__
        assert result.err.startswith("needtoknow: ")
        assert str(path) in result.err


async def test_a_reloaded_file_with_a_fault_is_ignored_and_logged_once(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    paths = {name: tmp_path / name for name in CONTENT}
    for name, path in paths.items():
        put(path, CONTENT[name])
    keys = file_keys(paths["jwks"])
    settings = {name: str(path) for name, path in paths.items() if name != "jwks"}

    async with running_app(data, **settings) as world:
        for name, path in paths.items():
            for fault in FAULTS:
                messages = []
                for content in (fault, CONTENT[name]):
                    put(path, content)
                    caplog.clear()
                    for _ in range(2):
                        assert (await world.execute(PERSON_QUERY)).data == {"person": {"id": "P0000001"}}
                        assert await keys.find("first") is not None
                    messages.append(caplog.messages)
                ([logged], []) = messages
                assert logged.startswith("The previous "), (name, fault.__name__)
                assert str(path) in logged
