"""Order entries: how an order came into the order file, its service, and reports of its violation.

They are drawn from random numbers of their own, after the order itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Final

from resolvers.codes.order import OrderStatus, ServiceMethod
from seed.calendar import TODAY, ordinal
from seed.data import toml, weighted_codes
from seed.entered import Entries, demo_entry, moment
from seed.geography import agency, county_of
from seed.names import ORIGINS, name
from seed.numbers import FIRST_ROW
from seed.rng import Rng
from seed.row import Columns, Row

FOREIGN: Final = 0.09
"""Share of orders that another state made."""

_WEIGHTS: Final = toml("weights")["order_entries"]
_METHOD: Final = weighted_codes(ServiceMethod, _WEIGHTS["method"])
_COURTS: Final[list[Columns]] = _WEIGHTS["courts"]
ENTRY: Final = ("agency_ori", "entered_at", "version", "fcn", "case_number")


class OrderEntries:
    """The entries of one world."""

    def __init__(self, rng: Rng) -> None:
        self._rng = rng
        self._entries = Entries(rng)
        self._services, self._violations = count(FIRST_ROW), count(FIRST_ROW)

    def complete(self, order: Columns, restrained: Columns) -> Iterator[Row]:
        """Complete an order, and give the rows of its service and violations."""
        rng, issued = self._rng, ordinal(order["issued_on"])
        entered_by = agency(county_of(restrained, rng), rng)
        entry = self._entries.columns(order["number"], entered_by, min(TODAY, issued + rng.integer(0, 1)))
        is_foreign = rng.happens(FOREIGN)
        order.update({name: entry[name] for name in ENTRY} | {"is_foreign": is_foreign})
        if is_foreign:
            order.update(rng.one_of(_COURTS))
        if order["served"]:
            yield "order_service", self._service(order, issued)
        if order["status"] != OrderStatus.TERMINATED.value and rng.happens(0.12):
            for _ in range(rng.one_of((1, 1, 2))):
                yield "order_violation", self._violation(order, issued)

    def _service(self, order: Columns, issued: int) -> Columns:
        rng = self._rng
        server = name(rng, rng.one_of(ORIGINS), rng.one_of("FM"))
        return {
            "id": next(self._services),
            "order_number": order["number"],
            "served_at": moment(min(TODAY, issued + rng.integer(0, 20)), rng.integer(6 * 60, 22 * 60)),
            "method": rng.one_of(_METHOD),
            "served_by": f"{server.given} {server.surname}",
            "agency_ori": order["agency_ori"] if rng.happens(0.9) else None,
        }

    def _violation(self, order: Columns, issued: int) -> Columns:
        day = issued + self._rng.integer(0, TODAY - issued)
        return {
            "id": next(self._violations),
            "order_number": order["number"],
            "at": moment(day, self._rng.integer(0, 24 * 60 - 1)),
            "agency_ori": order["agency_ori"],
            "case_number": f"{order['case_number'][:3]}{self._rng.integer(10_000, 99_999)}",
        }


def demo_order_entry(order: Columns, place: int) -> Iterator[Row]:
    """Complete a demonstration order, and give the row of its service if it was served."""
    entry = demo_entry(order["number"], order["agency_ori"], ordinal(order["issued_on"]))
    order.update({name: entry[name] for name in ENTRY})
    if order["served"]:
        yield (
            "order_service",
            {
                "id": place,
                "order_number": order["number"],
                "served_at": moment(ordinal(order["issued_on"]) + 1, 10 * 60),
                "method": ServiceMethod.PERSONAL.value,
                "served_by": "Deputy Ines Quarrington",
                "agency_ori": order["agency_ori"],
            },
        )
