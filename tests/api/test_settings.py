"""Settings: their sources, their checks, and their page."""

from __future__ import annotations

import math
import re
from dataclasses import Field
from pathlib import Path
from typing import Any

import pytest

from api.config.auth_settings import AuthSettings
from api.config.record_sources import open_sources
from api.config.setting import InvalidSettings, variable
from api.config.settings import SETTINGS, Settings, description
from api.config.source_address import CREDENTIALS
from resolvers.catalogue import NAMES
from sources.loopback import is_loopback

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_environment_overrides_defaults() -> None:
    settings = Settings.from_environment(
        {"NEEDTOKNOW_PORT": "0", "NEEDTOKNOW_DEMO": "yes", "NEEDTOKNOW_JWKS_TIMEOUT_S": " 1.5 ", "PATH": "/bin"}
    )

    assert settings == Settings(port=0, demo=True, auth=AuthSettings(jwks_timeout_s=1.5))


def test_a_given_value_overrides_the_environment_unless_none() -> None:
    environment = {"NEEDTOKNOW_PORT": "1", "NEEDTOKNOW_HOST": "::1"}

    assert Settings.from_environment(environment, port=2, host=None) == Settings(port=2, host="::1")


def test_an_empty_variable_is_ignored() -> None:
    assert Settings.from_environment({"NEEDTOKNOW_PORT": "", "NEEDTOKNOW_JWKS": " "}) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "s3cret", "NEEDTOKNOW_PORT must be a whole number."),
        ("PORT", "80.5", "NEEDTOKNOW_PORT must be a whole number."),
        # Kubernetes sets this for a service of our name.
        ("PORT", "tcp://10.0.0.1:8000", "NEEDTOKNOW_PORT must be a whole number."),
        ("PORT", "-1", "NEEDTOKNOW_PORT must be 0 to 65535."),
        ("PORT", "65536", "NEEDTOKNOW_PORT must be 0 to 65535."),
        ("DEMO", "s3cret", "NEEDTOKNOW_DEMO must be yes or no."),
        ("JWKS_TIMEOUT_S", "soon", "NEEDTOKNOW_JWKS_TIMEOUT_S must be a number."),
        ("JWKS_TIMEOUT_S", "nan", "NEEDTOKNOW_JWKS_TIMEOUT_S must be 0.1 to 60."),
        ("JWKS_TIMEOUT_S", "inf", "NEEDTOKNOW_JWKS_TIMEOUT_S must be 0.1 to 60."),
        ("SOURCE_CONNECTIONS", "0", "NEEDTOKNOW_SOURCE_CONNECTIONS must be 1 to 64."),
        ("TRUSTED_PROXIES", "10.0.0.1, a", "NEEDTOKNOW_TRUSTED_PROXIES must be IP addresses or CIDR blocks."),
        ("TRUSTED_ROUTERS", "*", "NEEDTOKNOW_TRUSTED_ROUTERS must be IP addresses or CIDR blocks."),
        ("HTTP_PARSER", "s3cret", "NEEDTOKNOW_HTTP_PARSER must be one of zttp, h11."),
        ("PROT", "s3cret", "NEEDTOKNOW_PROT is not a setting; docs/settings.md lists them."),
        ("port", "1", "NEEDTOKNOW_port is not a setting; docs/settings.md lists them."),
    ],
)
def test_an_invalid_setting_is_named_and_its_value_is_not_repeated(name: str, value: str, message: str) -> None:
    with pytest.raises(InvalidSettings) as error:
        Settings.from_environment({f"NEEDTOKNOW_{name}": value})

    assert str(error.value) == message


def test_the_address_of_a_source_is_a_setting_by_its_name() -> None:
    address = "postgresql://u:s3cret@127.0.0.1/records"
    environment = {"NEEDTOKNOW_SOURCE_WARRANTS": f" {address} ", "NEEDTOKNOW_SOURCE_PERSONS": ""}
    settings = Settings.from_environment({**environment, "NEEDTOKNOW_SOURCE_LIMIT": "7"})

    assert settings.addresses == {"warrants": address}
    assert settings.sources.limit == 7
    assert "s3cret" not in repr(settings)
    with pytest.raises(InvalidSettings, match="NEEDTOKNOW_SOURCE_WARRANT is not a setting"):
        Settings.from_environment({"NEEDTOKNOW_SOURCE_WARRANT": address})


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("s3cret", "it must begin with postgresql://, sqlite:/// or https://"),
        ("ftp://s3cret@127.0.0.1/", "it must begin with postgresql://, sqlite:/// or https://"),
        ("https://s3cret@127.0.0.1/", "it must have no user, no password, no query and no fragment"),
        ("https://records.example/?s3cret", "it must have no user, no password, no query and no fragment"),
        ("http://records.example/s3cret", "a host that is not this machine needs https://"),
        ("https://records.example/s3cret here", "it is not of the form https://host:port/path"),
        ("https:///s3cret", "it is not of the form https://host:port/path"),
        ("https://records.example:s3cret/", "it is not a URL"),
        ("sqlite://s3cret/file.db", "it must be sqlite:/// and a path"),
        ("sqlite:///", "it must be sqlite:/// and a path"),
        ("postgresql://s3cret@", "it is not of the form postgresql://user@host:port/database"),
        ("postgresql://s3cret@db.example/x?sslmode=prefer", "for a host that is not this machine sslmode is require,"),
        ("postgresql://s3cret@127.0.0.1/\x1b[2J", "it must be at most 4,096 printable characters"),
    ],
)
def test_an_address_that_cannot_be_used_is_not_repeated(tmp_path: Path, address: str, why: str) -> None:
    with pytest.raises(InvalidSettings) as error:
        open_sources(tmp_path, {"warrants": address}, connections=1, deadline_s=1)

    assert str(error.value).startswith(f"NEEDTOKNOW_SOURCE_WARRANTS cannot be used: {why}")
    assert "s3cret" not in str(error.value)


NUMBERS = {name: declared for name, (_, declared) in SETTINGS.items() if type(declared.default) in {int, float}}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_has_two_bounds_and_nothing_beyond_them_is_accepted(name: str) -> None:
    declared = NUMBERS[name]
    lowest, highest = declared.metadata["minimum"], declared.metadata["maximum"]
    assert lowest <= declared.default <= highest < math.inf
    for value in (lowest, highest):
        Settings.from_environment({variable(name): str(value)})
    message = f"{variable(name)} must be {lowest} to {highest}."
    if isinstance(declared.default, int):
        refused = {"nan": "a whole number", "1e3": "a whole number", "9" * 5_000: "a whole number"}
        beyond = [lowest - 1, highest + 1, -(10**30), 10**30]
    else:
        refused = {"1,5": "a number", "0x1": "a number"}
        beyond = ["nan", "inf", "-inf", "1e999", "-1e999", math.nextafter(highest, math.inf), -1e-300]
    expected = {**{text: f"{variable(name)} must be {kind}." for text, kind in refused.items()}}
    for text, error in [*expected.items(), *((str(value), message) for value in beyond)]:
        with pytest.raises(InvalidSettings) as caught:
            Settings.from_environment({variable(name): text})
        assert str(caught.value) == error


TEXTS = [name for name, (_, declared) in SETTINGS.items() if name not in NUMBERS and declared.type != "bool"]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("text", ["a" * 4_097, "a\nb", "a\x1b[2Jb", "a\x9bb", "a\u202eb", "a\udcffb"], ids=ascii)
def test_a_text_is_printable_and_has_a_greatest_length(name: str, text: str) -> None:
    with pytest.raises(InvalidSettings, match=rf"^{variable(name)} must be at most 4,096 printable characters\.$"):
        Settings.from_environment({variable(name): text})


def test_a_list_is_separated_by_commas() -> None:
    routers = Settings.from_environment({"NEEDTOKNOW_TRUSTED_ROUTERS": "10.0.0.1, 10.0.0.2,"}).trusted_routers

    assert routers == ("10.0.0.1", "10.0.0.2")


def test_settings_given_in_code_are_checked_too() -> None:
    with pytest.raises(InvalidSettings, match="NEEDTOKNOW_PORT must be 0 to 65535"):
        Settings(port=70_000)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "10.0.0.1", "", "example.org", "127.0.0.1.example.org", "localhost."]
)
def test_the_demo_issuer_serves_this_machine_only(host: str) -> None:
    with pytest.raises(InvalidSettings, match="signs in anyone as any role, so --demo serves this machine only"):
        Settings(demo=True, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_has_several_names(host: str) -> None:
    assert is_loopback(host)
    assert Settings(demo=True, host=host).demo


def test_graphiql_is_served_if_set_and_always_with_demo() -> None:
    assert not Settings().shows_graphiql
    assert Settings(graphiql=True).shows_graphiql
    assert Settings(demo=True).shows_graphiql


def test_the_page_lists_every_setting_with_default_bounds_and_description() -> None:
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `NEEDTOKNOW_")]
    credentials = [variable(f"source_warrants_{each}") for each in CREDENTIALS]

    assert [row.split("`")[1] for row in rows if row.split("`")[1] in credentials] == credentials
    assert [row for row in rows if row.split("`")[1] not in credentials] == [
        f"| `{variable(name)}` | {default(declared.default)} | {bounds(declared)} | {description(name)} |"
        for name, (_, declared) in SETTINGS.items()
    ]


def default(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "—" if value in {"", ()} else f"`{value}`"


def bounds(declared: Field[Any]) -> str:
    lowest, highest = declared.metadata["minimum"], declared.metadata["maximum"]
    return "—" if lowest is None else f"{lowest} to {highest}"


def test_every_variable_named_in_a_document_is_a_setting() -> None:
    checkout = DOCUMENT.parents[1]
    documents = [
        *checkout.glob("docs/**/*.md"),
        *(each for each in checkout.glob("docker/**/*") if each.is_file()),
        checkout / "README.md",
        checkout / "Makefile",
    ]
    named = {
        (str(document.relative_to(checkout)), name)
        for document in documents
        for name in re.findall(r"\bNEEDTOKNOW_[A-Z_]*[A-Z]\b", document.read_text(encoding="utf-8"))
    }

    credentials = (f"source_{source}_{each}" for source in NAMES for each in CREDENTIALS)
    settings = {variable(name) for name in (*SETTINGS, *(f"source_{source}" for source in NAMES), *credentials)}
    assert {(document, name) for document, name in named if name not in settings} == set()
    assert len(named) > len(SETTINGS)
