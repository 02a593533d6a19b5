"""Vehicles: the DMV's registrations. Owners are keyed by driver licence."""

from __future__ import annotations

from sqlalchemy import Index, MetaData

from resolvers.columns import address, flags, integers, number, optional_text, record_table, subject, text
from resolvers.fetch import by_key
from resolvers.numbers.plate import lookalike_plate_form, plate_form
from resolvers.numbers.vin import SHORTEST_VIN_END, STORED_VIN
from resolvers.record import RecordKind
from resolvers.search_terms import PLATE as PLATE_NUMBER
from resolvers.search_terms import VIN
from resolvers.source_spec import SourceSpec
from resolvers.subject_columns import user_index
from resolvers.table import Table, plain
from resolvers.table import address as shown_address
from sources.sql.functions import Ending

SOURCE = "vehicles"
LOOKS_COLUMNS = "make vin year color model is_stolen plate_state subject_surname subject_user subject_ori"

METADATA = MetaData()
STORED = record_table(
    "vehicle",
    METADATA,
    number("vin"),
    *optional_text("plate plate_state plate_type"),
    *integers("year"),
    *text("make model style"),
    *optional_text("color"),
    *text("registration_status"),
    *optional_text("registration_expires_on"),
    *flags("is_stolen"),  # a copy of what the reports say, by which a search narrows its hits
    *optional_text("owner_license owner_license_state"),
    *address(),
    *subject(),
)
PLATE, PLATE_LOOKALIKE = plate_form(STORED.c.plate), lookalike_plate_form(STORED.c.plate)
Index("vehicle_plate_number", PLATE, STORED.c.plate_state, unique=True)
# The same with letters as the digits that they are taken for, and the ends of VINs.
Index("vehicle_plate_lookalike", PLATE_LOOKALIKE)
Index("vehicle_vin_end", Ending(STORED.c.vin, SHORTEST_VIN_END), STORED.c.vin)
Index("vehicle_owner", STORED.c.owner_license_state, STORED.c.owner_license)
LOOKS = Index("vehicle_looks", *(STORED.c[name] for name in LOOKS_COLUMNS.split()))
user_index("vehicle_subject_user", STORED)

VEHICLE = Table(
    STORED,
    plain(
        STORED,
        """vin plate plate_state plate_type year make model style color registration_status registration_expires_on
        is_confidential owner_license owner_license_state""",
    )
    | shown_address(STORED),
    record=RecordKind("vehicles", "vin", STORED_VIN),
    keys={"plate_form": PLATE},
    order=(STORED.c.year.desc(), STORED.c.vin),
)

by_vin = by_key(SOURCE, VEHICLE, "vin", ("vin",), term=VIN)
by_plate = by_key(SOURCE, VEHICLE, "plate", ("plate_state", "plate_form"), term=PLATE_NUMBER)
by_plate_of_any_state = by_key(SOURCE, VEHICLE, "plate_of_any_state", ("plate_form",), many=True, term=PLATE_NUMBER)
by_owner = by_key(SOURCE, VEHICLE, "owner", ("owner_license_state", "owner_license"), many=True)

SPEC = SourceSpec(
    SOURCE,
    "VEHICLES",
    tables=(VEHICLE,),
    fetches=(by_vin, by_plate, by_plate_of_any_state, by_owner),
    schema="schema.vehicles",
    seed="seed.vehicles",
    searches="resolvers.vehicle_search",
)
