"""Protective orders and the people they protect, by the CARPOS number of the restrained person."""

from __future__ import annotations

from typing import Final, NamedTuple

from resolvers.codes.order import OrderCondition, OrderKind, OrderStatus, ProhibitionBasis
from seed.calendar import TODAY, YEAR, iso
from seed.data import toml, weighted_codes
from seed.descriptors import json_list
from seed.geography import NO_ADDRESS, address, county_of
from seed.names import ORIGINS, name
from seed.numbers import Numbers
from seed.persons import Person
from seed.rng import Rng


class ProtectiveOrder(NamedTuple):
    """One row of `protective_order`."""

    number: str
    kind: str
    status: str
    issued_on: str
    expires_on: str | None
    court_ori: str
    court_name: str
    conditions: str
    firearms_prohibited: bool
    prohibition_basis: str | None
    served: bool
    restrained_carpos: str
    subject_surname: str
    subject_user: str | None
    subject_ori: str | None


class ProtectedParty(NamedTuple):
    """One row of `protected_party`."""

    id: int
    order_number: str
    given: str
    middle: str | None
    surname: str
    suffix: str | None
    street: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    phone: str | None
    is_confidential: bool


_K, _C, _B = OrderKind, OrderCondition, ProhibitionBasis
_KIND: Final = weighted_codes(OrderKind, toml("weights")["protective_orders"]["kind"])
_BASIS: Final = {
    _K.EMERGENCY: (_B.FAMILY_COURT_ORDER,),
    _K.DOMESTIC_VIOLENCE: (_B.FAMILY_COURT_ORDER, _B.FEDERAL_922_G_8),
    _K.JUVENILE: (_B.FAMILY_COURT_ORDER,),
    _K.CRIMINAL: (_B.CRIMINAL_COURT_ORDER, _B.FEDERAL_922_G_8),
    _K.GUN_VIOLENCE: (_B.GUN_VIOLENCE_ORDER,),
}
_CIVIL: Final = (_B.CIVIL_COURT_ORDER,)
_OPTIONAL: Final = (
    _C.NO_THREAT_TO_FAMILY_OR_HOUSEHOLD, _C.PROTECTED_PERSON_HAS_RESIDENCE, _C.RESTRAINED_HAS_VISITATION_OR_CUSTODY,
    _C.SEE_REMARKS, _C.PROTECTED_HAS_TEMPORARY_CUSTODY,
)  # fmt: skip
_AREA_CODES: Final = ("213", "310", "408", "415", "510", "559", "619", "661", "714", "805", "909", "916", "951")


def draw(restrained: Person, count: int, rng: Rng, numbers: Numbers) -> list[ProtectiveOrder | ProtectedParty]:
    """`count` orders against one person, each followed by the people that it protects."""
    records: list[ProtectiveOrder | ProtectedParty] = []
    for _ in range(count):
        kind = rng.one_of(_KIND)
        order = _order(restrained, kind, rng, numbers)
        # A gun violence order names no protected person.
        parties = 0 if kind is _K.GUN_VIOLENCE else rng.one_of((1, 1, 1, 2, 3))
        records += [order, *(_party(order.number, rng, numbers) for _ in range(parties))]
    return records


def _order(restrained: Person, kind: OrderKind, rng: Rng, numbers: Numbers) -> ProtectiveOrder:
    assert restrained.carpos_number is not None, f"{restrained.id} is restrained and has no CARPOS number"
    issued = TODAY - int(6 * YEAR * rng.random() ** 1.5)
    expires = _expires(kind, issued, rng)
    county = county_of(restrained.city, rng)
    prohibits_firearms = kind is _K.GUN_VIOLENCE or rng.happens(0.9)
    return ProtectiveOrder(
        number=numbers.order.next(),
        kind=kind.value,
        status=_status(expires, rng).value,
        issued_on=iso(issued),
        expires_on=None if expires is None else iso(expires),
        court_ori=county.court,
        court_name=county.court_name,
        conditions=_conditions(kind, rng, prohibits_firearms=prohibits_firearms),
        firearms_prohibited=prohibits_firearms,
        prohibition_basis=rng.one_of(_BASIS.get(kind, _CIVIL)).value if prohibits_firearms else None,
        served=rng.happens(0.85),
        restrained_carpos=restrained.carpos_number,
        **restrained.subject_columns._asdict(),
    )


def _expires(kind: OrderKind, issued: int, rng: Rng) -> int | None:
    """The day of expiry: after 7 days for an emergency order, else after 1 to 5 years; 3 in 100 never expire."""
    if kind is _K.EMERGENCY:
        return issued + 7
    if rng.happens(0.03):
        return None
    return issued + rng.integer(1, 5) * YEAR


def _status(expires: int | None, rng: Rng) -> OrderStatus:
    if rng.happens(0.07):
        return OrderStatus.TERMINATED
    return OrderStatus.EXPIRED if expires is not None and expires < TODAY else OrderStatus.ACTIVE


def _conditions(kind: OrderKind, rng: Rng, *, prohibits_firearms: bool) -> str:
    codes = [_C.NO_FIREARM.value] if prohibits_firearms else []
    if kind is not _K.GUN_VIOLENCE:
        codes += [_C.NO_ASSAULT_THREAT_OR_STALKING.value, _C.STAY_AWAY.value]
        codes += [_C.NO_COMMUNICATION.value] if rng.happens(0.8) else []
        codes += [condition.value for condition in _OPTIONAL if rng.happens(0.2)]
    return json_list(codes)


def _party(order_number: str, rng: Rng, numbers: Numbers) -> ProtectedParty:
    sex = "F" if rng.happens(0.72) else "M"
    # 555-0100 to 555-0199 are reserved: no subscriber has them.
    phone = f"({rng.one_of(_AREA_CODES)}) 555-01{rng.integer(0, 99):02}"
    residence = address(rng) if rng.happens(0.9) else NO_ADDRESS
    return ProtectedParty(
        id=next(numbers.protected_party),
        order_number=order_number,
        **name(rng, rng.one_of(ORIGINS), sex)._asdict(),
        **residence._asdict(),
        phone=phone if rng.happens(0.8) else None,
        is_confidential=rng.happens(0.35),
    )
