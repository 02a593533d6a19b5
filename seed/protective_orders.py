"""Restraining and protective orders, for the order file. Knows a restrained person by CARPOS number only."""

from __future__ import annotations

from typing import Final, NamedTuple

from resolvers.codes.order import OrderCondition, OrderKind, OrderStatus, ProhibitionBasis
from seed.calendar import TODAY, YEAR, iso
from seed.chance import Chance, weighted
from seed.looks import json_list
from seed.names import ORIGINS, name
from seed.numbers import Numbers
from seed.persons import Person
from seed.places import NOWHERE, address, county_of


class ProtectiveOrder(NamedTuple):
    """One row of `protective_order`, column for column."""

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
    """One row of `protected_party`, column for column."""

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
_KIND: Final = weighted({
    _K.DOMESTIC_VIOLENCE: 42, _K.CRIMINAL: 24, _K.CIVIL_HARASSMENT: 14, _K.EMERGENCY: 6, _K.ELDER_ABUSE: 5,
    _K.GUN_VIOLENCE: 4, _K.WORKPLACE_VIOLENCE: 3, _K.JUVENILE: 1, _K.SCHOOL_VIOLENCE: 1,
})  # fmt: skip
_BASIS: Final = {
    _K.EMERGENCY: (_B.FAMILY_COURT_ORDER,),
    _K.DOMESTIC_VIOLENCE: (_B.FAMILY_COURT_ORDER, _B.FEDERAL_922_G_8),
    _K.JUVENILE: (_B.FAMILY_COURT_ORDER,),
    _K.CRIMINAL: (_B.CRIMINAL_COURT_ORDER, _B.FEDERAL_922_G_8),
    _K.GUN_VIOLENCE: (_B.GUN_VIOLENCE_ORDER,),
}
_CIVIL: Final = (_B.CIVIL_COURT_ORDER,)
_SOMETIMES: Final = (
    _C.NO_THREAT_TO_FAMILY_OR_HOUSEHOLD, _C.PROTECTED_PERSON_HAS_RESIDENCE, _C.RESTRAINED_HAS_VISITATION_OR_CUSTODY,
    _C.SEE_REMARKS, _C.PROTECTED_HAS_TEMPORARY_CUSTODY,
)  # fmt: skip
_AREA_CODES: Final = ("213", "310", "408", "415", "510", "559", "619", "661", "714", "805", "909", "916", "951")


def draw(restrained: Person, count: int, chance: Chance, numbers: Numbers) -> list[ProtectiveOrder | ProtectedParty]:
    """As many orders against one person, each followed by the people it protects."""
    records: list[ProtectiveOrder | ProtectedParty] = []
    for _ in range(count):
        kind = chance.one_of(_KIND)
        order = _order(restrained, kind, chance, numbers)
        # A gun violence order protects everybody and names nobody.
        parties = 0 if kind is _K.GUN_VIOLENCE else chance.one_of((1, 1, 1, 2, 3))
        records += [order, *(_party(order.number, chance, numbers) for _ in range(parties))]
    return records


def _order(restrained: Person, kind: OrderKind, chance: Chance, numbers: Numbers) -> ProtectiveOrder:
    assert restrained.carpos_number is not None, f"{restrained.id} is restrained and has no CARPOS number"
    issued = TODAY - int(6 * YEAR * chance.random() ** 1.5)
    expires = _expires(kind, issued, chance)
    county = county_of(restrained.city, chance)
    is_disarmed = kind is _K.GUN_VIOLENCE or chance.happens(0.9)
    return ProtectiveOrder(
        number=numbers.order.next(),
        kind=kind.value,
        status=_status(expires, chance).value,
        issued_on=iso(issued),
        expires_on=None if expires is None else iso(expires),
        court_ori=county.court,
        court_name=county.court_name,
        conditions=_conditions(kind, chance, is_disarmed=is_disarmed),
        firearms_prohibited=is_disarmed,
        prohibition_basis=chance.one_of(_BASIS.get(kind, _CIVIL)).value if is_disarmed else None,
        served=chance.happens(0.85),
        restrained_carpos=restrained.carpos_number,
        **restrained.whose._asdict(),
    )


def _expires(kind: OrderKind, issued: int, chance: Chance) -> int | None:
    """An emergency order lasts a week, a gun violence order years, and a few others have no end."""
    if kind is _K.EMERGENCY:
        return issued + 7
    if chance.happens(0.03):
        return None
    return issued + chance.whole(1, 5) * YEAR


def _status(expires: int | None, chance: Chance) -> OrderStatus:
    if chance.happens(0.07):
        return OrderStatus.TERMINATED
    return OrderStatus.EXPIRED if expires is not None and expires < TODAY else OrderStatus.ACTIVE


def _conditions(kind: OrderKind, chance: Chance, *, is_disarmed: bool) -> str:
    codes = [_C.NO_FIREARM.value] if is_disarmed else []
    if kind is not _K.GUN_VIOLENCE:
        codes += [_C.NO_ASSAULT_THREAT_OR_STALKING.value, _C.STAY_AWAY.value]
        codes += [_C.NO_COMMUNICATION.value] if chance.happens(0.8) else []
        codes += [condition.value for condition in _SOMETIMES if chance.happens(0.2)]
    return json_list(codes)


def _party(order_number: str, chance: Chance, numbers: Numbers) -> ProtectedParty:
    sex = "F" if chance.happens(0.72) else "M"
    # 555-0100 to 555-0199 are kept free of subscribers.
    phone = f"({chance.one_of(_AREA_CODES)}) 555-01{chance.whole(0, 99):02}"
    residence = address(chance) if chance.happens(0.9) else NOWHERE
    return ProtectedParty(
        id=next(numbers.protected_party),
        order_number=order_number,
        **name(chance, chance.one_of(ORIGINS), sex)._asdict(),
        **residence._asdict(),
        phone=phone if chance.happens(0.8) else None,
        is_confidential=chance.happens(0.35),
    )
