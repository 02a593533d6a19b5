"""docs/issuers: the token of each page is accepted under the settings of the page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from api.auth.authentication import token_rules
from api.auth.failures import Unauthenticated
from api.auth.token_checks import TokenRules, caller_of, check_claims, require_all
from api.config.settings import Settings
from policy.caller import Assurance, Caller
from policy.roles import Role
from tests.issuer_pages import PAGES, IssuerPage, for_each_page

NOW = 1_800_000_400
BY_NAME = {page.name: page for page in PAGES}


def rules(page: IssuerPage, **settings: str) -> TokenRules:
    return token_rules(Settings.from_environment(page.settings | settings))


def read(page: IssuerPage, rules: TokenRules, **changed: Any) -> Caller:
    return caller_of(require_all(check_claims(page.claims | changed, rules, NOW)), rules, NOW)[0]


def test_there_is_a_page_for_each_of_two_issuers() -> None:
    assert list(BY_NAME) == ["entra", "keycloak"]


@for_each_page
def test_the_token_of_a_page_is_accepted_under_its_settings(page: IssuerPage) -> None:
    caller = read(page, rules(page))

    assert (caller.surname, caller.ori, caller.clearance.recertify_by) == ("LEE", "CA9194200", date(2027, 6, 30))
    assert (caller.role, caller.sworn, caller.assurance) == (Role.PATROL, True, Assurance.AAL2)


@for_each_page
def test_every_mapped_claim_of_a_page_is_needed(page: IssuerPage) -> None:
    mapped = [name for name in page.settings if name.startswith("NEEDTOKNOW_CLAIM_")]
    assert len(mapped) >= 3

    # Entra's token has a `sub` too, of another form.
    for name in set(mapped) - {"NEEDTOKNOW_CLAIM_SUB"}:
        with pytest.raises(Unauthenticated, match=r"^BAD_CLAIM "):
            read(page, rules(page, **{name: ""}))


@pytest.mark.parametrize(
    ("name", "changed", "claim"),
    [
        ("keycloak", {"resource_access": {"needtoknow": {"roles": ["Patrol Officers", "Detectives"]}}}, "role"),
        ("keycloak", {"resource_access": {"account": {"roles": ["Patrol Officers"]}}}, "role"),
        ("keycloak", {"acr": "0"}, "acr"),
        ("entra", {"roles": ["patrol", "records"]}, "role"),
        ("entra", {"roles": []}, "role"),
        ("entra", {"acrs": ["c2"]}, "acr"),
    ],
)
def test_what_a_page_calls_refused_is_refused(name: str, changed: dict[str, Any], claim: str) -> None:
    page = BY_NAME[name]

    with pytest.raises(Unauthenticated, match=f"^BAD_CLAIM {claim}$"):
        read(page, rules(page), **changed)
