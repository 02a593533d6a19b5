"""The offences a charge or a warrant may name, by NCIC code.

Not an enum: offence lists grow by statute, and a client that switches on them would break.
"""

from __future__ import annotations

from typing import Final

OFFENSES: Final[dict[str, str]] = {
    "0911": "HOMICIDE - WILLFUL KILL - NONFAMILY - GUN",
    "1006": "KIDNAP - ADULT",
    "1204": "ROBBERY - STREET - GUN",
    "1212": "CARJACKING - ARMED",
    "1304": "AGGRAVATED ASSAULT - NONFAMILY - GUN",
    "1313": "SIMPLE ASSAULT",
    "1316": "STALKING",
    "2005": "ARSON - BUSINESS",
    "2202": "BURGLARY - FORCED ENTRY - RESIDENCE",
    "2303": "SHOPLIFTING",
    "2404": "VEHICLE THEFT",
    "2408": "POSSESS STOLEN VEHICLE",
    "2605": "FRAUD - CREDIT CARD",
    "2610": "IDENTITY THEFT",
    "2804": "POSSESS STOLEN PROPERTY",
    "3512": "HEROIN - POSSESS",
    "3572": "AMPHETAMINE - POSSESS",
    "3612": "FAILURE TO REGISTER AS SEX OFFENDER",
    "4801": "RESISTING OFFICER",
    "5011": "PAROLE VIOLATION",
    "5012": "PROBATION VIOLATION",
    "5015": "FAILURE TO APPEAR",
    "5016": "VIOLATION OF A COURT ORDER",
    "5202": "CARRYING CONCEALED WEAPON",
    "5212": "POSSESSION OF WEAPON",
    "5404": "DRIVING UNDER THE INFLUENCE",
    "5707": "TRESPASSING",
}
