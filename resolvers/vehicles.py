"""Vehicles: the DMV's registrations and the stolen vehicle system. Owners are keyed by driver licence."""

from __future__ import annotations

from resolvers.fetch import by_key
from resolvers.numbers.plate import lookalike_sql, plate_sql
from resolvers.numbers.vin import STORED_VIN
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.table import ADDRESS, Table, plain

SOURCE = "vehicles"

VEHICLE = Table(
    "vehicle",
    plain("""vin plate plate_state plate_type year make model style color registration_status registration_expires_on
        is_stolen is_confidential owner_license owner_license_state""")
    | ADDRESS,
    record=RecordKind("vehicles", "vin", STORED_VIN),
    order="year DESC, vin",
)

PLATE = plate_sql("plate")
PLATE_LOOKALIKE = lookalike_sql("plate")

by_vin = by_key(SOURCE, VEHICLE, "vin", ("vin",))
by_plate = by_key(SOURCE, VEHICLE, "plate", ("plate_state", PLATE))
by_owner = by_key(SOURCE, VEHICLE, "owner", ("owner_license_state", "owner_license"), many=True)

SPEC = SourceSpec(
    SOURCE,
    "VEHICLES",
    tables=(VEHICLE,),
    fetches=(by_vin, by_plate, by_owner),
    schema="schema.vehicles",
    seed="seed.vehicles",
)
