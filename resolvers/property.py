"""Reports on property: vehicles, plates, parts, boats, articles and securities. No owner is kept."""

from __future__ import annotations

from sqlalchemy import Index, MetaData

from resolvers.columns import flags, optional_integers, optional_text, record_table, text
from resolvers.entered import ENTERED, entered
from resolvers.fetch import by_key
from resolvers.numbers.hull import hull_form
from resolvers.numbers.number_format import PROPERTY_REPORT
from resolvers.numbers.plate import plate_form
from resolvers.numbers.serial import serial_form
from resolvers.record import RecordKind
from resolvers.search_terms import HIN, OWNER_APPLIED, PLATE, SERIAL, VIN
from resolvers.source_spec import SourceSpec
from resolvers.table import Table, plain

SOURCE = "property"

METADATA = MetaData()
STORED = record_table(
    "property_report",
    METADATA,
    *entered(),  # V, P, B, A or S and nine digits
    *text("file status occurred_on"),
    *optional_text("serial owner_applied_number"),
    *flags("hold_for_prints occupants_armed"),
    *optional_text("recovered_on recovery_agency_ori recovery_condition"),
    # The thing. Each file has columns of its own, and the others are null in it.
    *optional_text("vin plate plate_state plate_type"),
    *optional_integers("year"),
    *optional_text("make model style color brand part_category article_category article_type"),
    *optional_text("registration registration_state hull_number boat_category hull_material hull_shape propulsion"),
    *optional_integers("length_feet"),
    *optional_text("boat_name security_type issuer money_use"),
    *optional_integers("denomination_cents series_year"),
)
PLATE_FORM, SERIAL_FORM = plate_form(STORED.c.plate), serial_form(STORED.c.serial)
HULL_FORM, OWNER_APPLIED_FORM = hull_form(STORED.c.hull_number), serial_form(STORED.c.owner_applied_number)
Index("property_report_vin", STORED.c.vin)
Index("property_report_plate", PLATE_FORM, STORED.c.plate_state)
Index("property_report_serial", SERIAL_FORM)
Index("property_report_hull", HULL_FORM)
Index("property_report_owner_applied", OWNER_APPLIED_FORM)

BY_VEHICLE = ("vin", "plate_state", "plate_form")
REPORT = Table(
    STORED,
    plain(
        STORED,
        f"""{ENTERED} file status occurred_on serial owner_applied_number hold_for_prints occupants_armed recovered_on
        recovery_agency_ori recovery_condition vin plate plate_state plate_type year make model style color brand
        part_category article_category article_type registration registration_state hull_number boat_category
        hull_material hull_shape propulsion length_feet boat_name security_type issuer money_use denomination_cents
        series_year""",
    ),
    record=RecordKind("property", "number", PROPERTY_REPORT.pattern),
    keys={
        "plate_form": PLATE_FORM,
        "serial_form": SERIAL_FORM,
        "hull_form": HULL_FORM,
        "owner_applied_form": OWNER_APPLIED_FORM,
    },
    # A report on a vehicle is found by its VIN, and one on its plate by the plate: either is enough.
    alternatives={BY_VEHICLE: (("vin",), ("plate_state", "plate_form"))},
    order=(STORED.c.occurred_on.desc(), STORED.c.number),
    has_subject=False,
)

by_number = by_key(SOURCE, REPORT, "number", ("number",), many=True)
by_own_number = by_key(SOURCE, REPORT, "own_number", ("number",))
by_vin = by_key(SOURCE, REPORT, "vin", ("vin",), many=True, term=VIN)
by_plate = by_key(SOURCE, REPORT, "plate", ("plate_state", "plate_form"), many=True, term=PLATE)
by_plate_of_any_state = by_key(SOURCE, REPORT, "plate_of_any_state", ("plate_form",), many=True, term=PLATE)
by_serial = by_key(SOURCE, REPORT, "serial", ("serial_form",), many=True, term=SERIAL)
by_hull = by_key(SOURCE, REPORT, "hull", ("hull_form",), many=True, term=HIN)
by_owner_applied = by_key(SOURCE, REPORT, "owner_applied", ("owner_applied_form",), many=True, term=OWNER_APPLIED)
by_vehicle = by_key(SOURCE, REPORT, "vehicle", BY_VEHICLE, many=True)

SPEC = SourceSpec(
    SOURCE,
    "STOLEN PROPERTY",
    tables=(REPORT,),
    fetches=(
        *(by_number, by_vin, by_plate, by_plate_of_any_state, by_serial, by_hull, by_owner_applied),
        *(by_vehicle, by_own_number),
    ),
    schema="schema.property",
    seed="seed.property",
)
