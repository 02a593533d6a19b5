"""Protective orders and the people they protect, by the CARPOS number of the restrained person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from resolvers.codes.order import OrderCondition, OrderKind, OrderStatus, ProhibitionBasis
from resolvers.protective_orders import SOURCE
from seed.calendar import TODAY, YEAR, iso
from seed.data import toml
from seed.demo_values import DEMO_COUNTY, DemoTable, name_columns
from seed.descriptors import json_list
from seed.geography import NO_ADDRESS, address, county_of
from seed.names import ORIGINS, name
from seed.numbers import Numbers
from seed.order_entries import OrderEntries, demo_order_entry
from seed.persons import subject
from seed.random_person import RandomPerson
from seed.rng import Rng, weighted
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws

_K, _C, _B = OrderKind, OrderCondition, ProhibitionBasis
_KIND: Final = weighted({OrderKind[kind]: each for kind, each in toml("weights")["protective_orders"]["kind"].items()})
_OWN_LAW: Final = {
    _K.EMERGENCY: _B.FAMILY_COURT_ORDER,
    _K.DOMESTIC_VIOLENCE: _B.FAMILY_COURT_ORDER,
    _K.JUVENILE: _B.FAMILY_COURT_ORDER,
    _K.CRIMINAL: _B.CRIMINAL_COURT_ORDER,
    _K.GUN_VIOLENCE: _B.GUN_VIOLENCE_ORDER,
}
# The basis is the order's own law, or that of another order against the same person: the kind must not tell which.
BASES: Final = {
    kind: weighted({basis: 40 if basis is _OWN_LAW.get(kind, _B.CIVIL_COURT_ORDER) else 15 for basis in _B})
    for kind in _K
}
_OPTIONAL: Final = (
    _C.NO_THREAT_TO_FAMILY_OR_HOUSEHOLD, _C.PROTECTED_PERSON_HAS_RESIDENCE, _C.RESTRAINED_HAS_VISITATION_OR_CUSTODY,
    _C.SEE_REMARKS, _C.PROTECTED_HAS_TEMPORARY_CUSTODY,
)  # fmt: skip
_AREA_CODES: Final = ("213", "310", "408", "415", "510", "559", "619", "661", "714", "805", "909", "916", "951")


def draw(restrained: Columns, rng: Rng, numbers: Numbers) -> list[Row]:
    """One order against this person, and the people that it protects."""
    kind = rng.one_of(_KIND)
    order = _order(restrained, kind, rng, numbers)
    # A gun violence order names no protected person.
    parties = 0 if kind is _K.GUN_VIOLENCE else rng.one_of((1, 1, 1, 2, 3))
    return [
        ("protective_order", order),
        *(("protected_party", _party(order["number"], rng, numbers)) for _ in range(parties)),
    ]


def _order(restrained: Columns, kind: OrderKind, rng: Rng, numbers: Numbers) -> Columns:
    issued = TODAY - int(6 * YEAR * rng.random() ** 1.5)
    expires = _expires(kind, issued, rng)
    county = county_of(restrained, rng)
    prohibits_firearms = kind is _K.GUN_VIOLENCE or rng.happens(0.9)
    # No draw of its own: one more would give every seed another world.
    is_known = prohibits_firearms or issued % 3 > 0
    return {
        "number": numbers.order.next(),
        "kind": kind.value,
        "status": _status(expires, rng).value,
        "issued_on": iso(issued),
        "expires_on": None if expires is None else iso(expires),
        **county.court,
        "conditions": _conditions(kind, rng, prohibits_firearms=prohibits_firearms),
        "firearms_prohibited": prohibits_firearms if is_known else None,
        "prohibition_basis": rng.one_of(BASES[kind]).value if prohibits_firearms else None,
        "served": rng.happens(0.85),
        "restrained_carpos": restrained["carpos_number"],
        **subject(restrained),
    }


def _expires(kind: OrderKind, issued: int, rng: Rng) -> int | None:
    """The day of expiry: after 7 days for an emergency order, else after 1 to 5 years; 3 in 100 never expire."""
    if kind is _K.EMERGENCY:
        return issued + 7
    return None if rng.happens(0.03) else issued + rng.integer(1, 5) * YEAR


def _status(expires: int | None, rng: Rng) -> OrderStatus:
    if rng.happens(0.07):
        return OrderStatus.TERMINATED
    return OrderStatus.EXPIRED if expires is not None and expires < TODAY else OrderStatus.ACTIVE


def _conditions(kind: OrderKind, rng: Rng, *, prohibits_firearms: bool) -> str:
    conditions = [_C.NO_FIREARM] if prohibits_firearms else []
    if kind is not _K.GUN_VIOLENCE:
        conditions += [_C.NO_ASSAULT_THREAT_OR_STALKING, _C.STAY_AWAY]
        conditions += [_C.NO_COMMUNICATION] if rng.happens(0.8) else []
        conditions += [condition for condition in _OPTIONAL if rng.happens(0.2)]
    return json_list([condition.value for condition in conditions])


def _party(order_number: str, rng: Rng, numbers: Numbers) -> Columns:
    sex = "F" if rng.happens(0.72) else "M"
    # 555-0100 to 555-0199 are reserved: no subscriber has them.
    phone = f"({rng.one_of(_AREA_CODES)}) 555-01{rng.integer(0, 99):02}"
    residence = address(rng) if rng.happens(0.9) else NO_ADDRESS
    return {
        "id": next(numbers.protected_party),
        "order_number": order_number,
        **name(rng, rng.one_of(ORIGINS), sex)._asdict(),
        **residence,
        "phone": phone if rng.happens(0.8) else None,
        "is_confidential": rng.happens(0.35),
    }


def _start(world: WorldDraws) -> DrawRows:
    entries = OrderEntries(world.own_rng(SOURCE))

    def draw_rows(person: RandomPerson) -> Iterator[Row]:
        for _ in range(person.counts.orders):
            rows = draw(person.columns, world.rng, world.numbers)
            ((_, order), *_) = rows
            entered = list(entries.complete(order, person.columns))
            yield from (*rows, *entered)

    return draw_rows


def _demo(number: int, person: Columns, table: DemoTable) -> Iterator[Row]:
    for place, each in enumerate(table.get("order", ())):
        own = number + 1000 * place
        order = _demo_order(own, person, each)
        entered = list(demo_order_entry(order, own))
        yield "protective_order", order
        yield from entered
    for place, each in enumerate(table.get("protected", ())):
        yield "protected_party", _demo_party(number + 1000 * place, each)


def _demo_order(number: int, restrained: Columns, table: DemoTable) -> Columns:
    """One served order. If it has a prohibition basis, firearms are prohibited.

    The numbers of a second one are a thousand higher, and it protects the second of the protected.
    """
    return {
        "number": f"H{number:09}",
        "status": "ACTIVE",
        **DEMO_COUNTY.court,
        "firearms_prohibited": None if table.get("brady") == "UNKNOWN" else "prohibition_basis" in table,
        "prohibition_basis": None,
        "served": True,
        "is_foreign": False,
        "agency_ori": DEMO_COUNTY.sheriff,
        **{name: value for name, value in table.items() if name != "brady"},
        "conditions": json_list([OrderCondition[condition].value for condition in table["conditions"]]),
        "restrained_carpos": restrained["carpos_number"],
        **subject(restrained),
    }


def _demo_party(number: int, table: DemoTable) -> Columns:
    """One person whom the order protects."""
    return {
        "id": number,
        "order_number": f"H{number:09}",
        **name_columns(table["name"]),
        "state": "CA",
        **table["address"],
        "phone": table["phone"],
        "is_confidential": table["is_confidential"],
    }


SEED: Final = SourceSeed(_start, _demo)
