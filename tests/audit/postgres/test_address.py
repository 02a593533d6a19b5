"""Addresses of a journal's database: encrypted unless it is this machine, and never printed with a password."""

import logging

import pytest

from audit.errors import JournalBroken
from audit.postgres.journal import PostgresJournal
from audit.postgres.store import PostgresStore
from bench.postgres_server import PostgresServer, free_port
from sources.errors import InvalidAddress
from sources.postgres.address import Address
from tests.audit.postgres.databases import PASSWORD, Database


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("postgresql://u:p@127.0.0.1:5432/records", None),
        ("postgresql://u@localhost/records", None),
        ("postgres://u@[::1]:5432/records", None),
        ("postgresql://u@db.example:5432/records", "verify-full"),
        ("postgresql://u@127.0.0.1,db.example/records", "verify-full"),
        ("postgresql://u@localhost.example/records", "verify-full"),
        ("postgresql://u@db.example/records?sslmode=require", "require"),
        ("postgresql://u@127.0.0.1/records?sslmode=disable", "disable"),
    ],
)
def test_only_this_machine_is_reached_without_encryption(text: str, mode: str | None) -> None:
    url = Address.parse(text).url

    assert (f"sslmode={mode}" in url) if mode else ("sslmode" not in url)
    assert "target_session_attrs=read-write" in url


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("postgresql://u:secret@db.example/records?sslmode=prefer", "for a host that is not this machine"),
        ("postgresql://u:secret@db.example/records?sslmode=disable", "for a host that is not this machine"),
        ("postgresql://u:secret@127.0.0.1/records?host=db.example", "host and password belong before"),
        ("postgresql://u@127.0.0.1/records?password=secret", "host and password belong before"),
        ("postgresql://u:secret@127.0.0.1", "not of the form"),
        ("https://u:secret@127.0.0.1/records", "not of the form"),
        ("secret", "not of the form"),
        ("postgresql://u:secret@[127.0.0.1/records", "not a URL"),
        ("postgresql://u:secret@127.0.0.1/records?pooler=session", "pooler is transaction or prepared"),
        ("postgresql://u:secret@127.0.0.1/records?pooler=prepared&target_session_attrs=standby", "a pooler chooses"),
        ("postgresql://u:secret@127.0.0.1/records?target_session_attrs=other", "target_session_attrs is wrong"),
        ("postgresql://u:secret@127.0.0.1/records?target_session_attrs=standby&max_lag_s=0", "a number of seconds"),
        ("postgresql://u:secret@127.0.0.1/records?target_session_attrs=standby&max_lag_s=nan", "a number of seconds"),
        ("postgresql://u:secret@127.0.0.1/records?max_lag_s=5", "max_lag_s is for hosts of which a standby is read"),
    ],
)
def test_an_address_that_is_refused_is_not_repeated(text: str, reason: str) -> None:
    with pytest.raises(InvalidAddress, match=reason) as refused:
        Address.parse(text)

    assert "secret" not in str(refused.value)


def test_parameters_of_our_own_are_not_sent_to_the_database() -> None:
    pooled = Address.parse("postgresql://u@127.0.0.1/records?pooler=prepared")
    bounded = Address.parse("postgresql://u@127.0.0.1/records?max_lag_s=2.5", "prefer-standby")

    assert (pooled.pooler, pooled.session, bounded.max_lag_s) == ("prepared", "any", 2.5)
    assert "pooler" not in pooled.url
    assert "lag" not in bounded.url
    assert pooled.host_urls() == ["postgresql://u@127.0.0.1/records?target_session_attrs=any"]


def test_an_address_is_printed_without_user_and_password() -> None:
    store = PostgresStore(Address.parse("postgresql://u:secret@127.0.0.1:5432/records"))

    assert str(store) == "127.0.0.1:5432/records"
    assert "secret" not in repr(store)


async def test_no_password_is_in_a_log_or_an_error(
    postgres: PostgresServer, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = database.as_server.url
    wrong = [
        url.replace(PASSWORD, f"not-{PASSWORD}"),
        url.replace(f":{postgres.port}/", f":{free_port()}/"),
        url.replace("/test_", "/missing_"),
    ]
    errors = []
    for each in wrong:
        with pytest.raises(JournalBroken) as broken:
            await PostgresJournal.open(Address.parse(each))
        errors.append(str(broken.value))

    assert [error.startswith("The journal 127.0.0.1:") for error in errors] == [True, True, True]
    assert PASSWORD not in "".join(errors) + caplog.text + postgres.log.read_text()
