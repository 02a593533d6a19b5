"""Issuers of plates and licences: states, provinces and the federal government, each by its two letters."""

from __future__ import annotations

_UNITED_STATES = """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY
    NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI AA AE AP US"""
_CANADA = "AB BC MB NB NF NL NS NT NU ON PE PQ QC SK YT"
_MEXICO = """AG BA BJ CE CH CI CL CU DF DO GR GT GU HL JA JL MC MH MM MR MX NA NL NX OA OX PB PU QA QU QR SI SL SO SP TA
    TB TL TM VC VL YC YU ZA ZT"""

NEARBY_ISSUERS = frozenset(f"{_UNITED_STATES} {_CANADA}".split())
ISSUERS = NEARBY_ISSUERS | frozenset(_MEXICO.split())
