"""Values that demonstration records of several sources share: their county, names and cautions."""

from __future__ import annotations

from typing import Any, Final

from resolvers.codes.person import Caution
from seed.descriptors import json_list
from seed.geography import COUNTIES
from seed.row import Columns

DemoTable = dict[str, Any]
"""One person of seed/data/demo_people.toml, or one record of theirs."""

# Agencies of demonstration callers are in this county: a person who works for one of them is a colleague.
DEMO_COUNTY: Final = COUNTIES["Los Angeles"]


def name_columns(table: DemoTable) -> Columns:
    """The columns of a name."""
    return {"middle": None, "suffix": None, **table}


def caution_codes(table: DemoTable) -> str:
    """The stored cautions of a person or a warrant, as JSON."""
    return json_list([Caution[caution].value for caution in table.get("cautions", ())])
