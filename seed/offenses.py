"""How often each offence is charged, and how gravely. Knows nothing of cases."""

from __future__ import annotations

from typing import Final, NamedTuple

from resolvers.codes.history import Severity
from resolvers.codes.offenses import OFFENSES
from seed.chance import Chance, weighted


class Offense(NamedTuple):
    """What is charged, column for column."""

    code: str
    offense: str
    severity: str


def offense(code: str, severity: Severity) -> Offense:
    """The offence with this NCIC code, charged this gravely."""
    return Offense(code, OFFENSES[code], severity.value)


_F, _M, _I = Severity.FELONY, Severity.MISDEMEANOR, Severity.INFRACTION

_CHARGED: Final = weighted({
    offense("5404", _M): 190, offense("5404", _F): 12, offense("3572", _M): 130, offense("3512", _M): 45,
    offense("1313", _M): 110, offense("2303", _M): 90, offense("2303", _I): 15, offense("5707", _M): 45,
    offense("5707", _I): 15, offense("4801", _M): 60, offense("5015", _M): 55, offense("5012", _M): 50,
    offense("5012", _F): 15, offense("2804", _M): 30, offense("2804", _F): 15, offense("2404", _F): 35,
    offense("2408", _F): 18, offense("2202", _F): 32, offense("1304", _F): 16, offense("2610", _F): 14,
    offense("2605", _M): 12, offense("2605", _F): 8, offense("5202", _M): 14, offense("5212", _F): 16,
    offense("5016", _M): 28, offense("1204", _F): 12, offense("5011", _F): 18, offense("1316", _M): 5,
    offense("1316", _F): 4, offense("3612", _F): 5, offense("1212", _F): 3, offense("2005", _F): 2,
    offense("1006", _F): 2, offense("0911", _F): 2,
})  # fmt: skip
_WANTED: Final = weighted({
    offense("5015", _M): 300, offense("5404", _M): 110, offense("5012", _M): 70, offense("5012", _F): 60,
    offense("5011", _F): 70, offense("3572", _M): 60, offense("1313", _M): 60, offense("2303", _M): 40,
    offense("2404", _F): 45, offense("2202", _F): 40, offense("2610", _F): 20, offense("1304", _F): 35,
    offense("1204", _F): 30, offense("1212", _F): 10, offense("5016", _M): 25, offense("1316", _F): 8,
    offense("3612", _F): 10, offense("0911", _F): 8, offense("1006", _F): 4, offense("5212", _F): 15,
})  # fmt: skip


def charged(chance: Chance) -> Offense:
    """What somebody was arrested for."""
    return chance.one_of(_CHARGED)


def wanted(chance: Chance) -> Offense:
    """What somebody is wanted for: graver, and more often for not having come to court."""
    return chance.one_of(_WANTED)
