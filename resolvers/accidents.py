"""Accident reports of the DMV (VC 1806, 16000), with their vehicles and parties, by driver licence and by VIN.

An accident in which another was at fault is not on a driver's record: VC 1806(a). It is found by number or by vehicle.
A party of an accident, or the owner of a vehicle in it, finds no report of it, by any path.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, Index, MetaData, Subquery, exists, or_, select
from sqlalchemy import Table as StoredTable

from resolvers.codes.accident import Fault, PartyRole
from resolvers.columns import number, optional_text, record_table, reference, row_number, subject, text
from resolvers.fetch import by_key
from resolvers.numbers.number_format import ACCIDENT as ACCIDENT_NUMBER
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.subject_columns import is_own_record
from resolvers.table import Table, plain

SOURCE = "accidents"

METADATA = MetaData()
STORED = record_table(
    "accident",
    METADATA,
    number("number"),  # 12 digits: of its county, its year, and six others
    *text("occurred_at city county severity manner"),  # occurred_at: UTC, ISO 8601
)
STORED_VEHICLE = record_table(
    "accident_vehicle",
    METADATA,
    row_number("id"),
    reference("accident_number", "accident.number"),
    *optional_text("vin plate plate_state"),
    *text("damage"),
    *subject(),  # its registered owner
)
Index("accident_vehicle_accident", STORED_VEHICLE.c.accident_number)
Index("accident_vehicle_vin", STORED_VEHICLE.c.vin)
STORED_PARTY = record_table(
    "accident_party",
    METADATA,
    row_number("id"),
    reference("accident_number", "accident.number"),
    *text("role given"),
    *optional_text("middle"),
    *text("surname"),
    *optional_text("suffix license_number license_state"),
    *text("injury"),
    *optional_text("fault"),  # of a driver
    *subject(),
)
Index("accident_party_accident", STORED_PARTY.c.accident_number)
Index("accident_party_license", STORED_PARTY.c.license_state, STORED_PARTY.c.license_number)

# Few people have a user: these indexes are small, and say at once that an accident is not the caller's.
for _stored in (STORED_VEHICLE, STORED_PARTY):
    _has_user = _stored.c.subject_user.is_not(None)
    Index(f"{_stored.name}_user", _stored.c.accident_number, sqlite_where=_has_user, postgresql_where=_has_user)

COLUMNS = "number occurred_at city county severity manner"
RECORD = RecordKind(SOURCE, "number", ACCIDENT_NUMBER.pattern)
_accident, _vehicle, _party = STORED.c, STORED_VEHICLE.c, STORED_PARTY.c

# A fault that is no known code may say that another was at fault.
_IS_ON_RECORD = or_(*(_party.fault == each.value for each in Fault if each is not Fault.ANOTHER_AT_FAULT))
_OF_DRIVER = (
    select(*STORED.c, _party.license_state, _party.license_number)
    .select_from(STORED_PARTY.join(STORED, _accident.number == _party.accident_number))
    .where(_party.role == PartyRole.DRIVER.value, _IS_ON_RECORD)
    .subquery(STORED.name)
)
_OF_VEHICLE = (
    select(*STORED.c, _vehicle.vin)
    .select_from(STORED_VEHICLE.join(STORED, _accident.number == _vehicle.accident_number))
    .subquery(STORED.name)
)


def _concerns_caller(rows: FromClause, number: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the caller is a party of the accident of a row, or owns a vehicle in it."""
    conditions = []
    for each in (STORED_PARTY.alias("any_party"), STORED_VEHICLE.alias("any_vehicle")):
        is_own = [each.c.accident_number == number, each.c.subject_user.is_not(None), is_own_record(each)]
        conditions.append(exists(select(1).where(*is_own).correlate(rows)))
    return or_(*conditions)


def _accidents(rows: StoredTable | Subquery) -> Table:
    return Table(
        rows,
        plain(rows, COLUMNS),
        record=RECORD,
        order=(rows.c.occurred_at.desc(), rows.c.number),
        has_subject=False,
        own=_concerns_caller(rows, rows.c.number),
    )


ACCIDENT, OF_DRIVER, OF_VEHICLE = _accidents(STORED), _accidents(_OF_DRIVER), _accidents(_OF_VEHICLE)
VEHICLE = Table(
    STORED_VEHICLE,
    plain(STORED_VEHICLE, "vin plate plate_state damage"),
    order=(_vehicle.id,),
    own=_concerns_caller(STORED_VEHICLE, _vehicle.accident_number),
)
PARTY = Table(
    STORED_PARTY,
    plain(STORED_PARTY, "role given middle surname suffix license_number license_state injury fault"),
    order=(_party.id,),
    own=_concerns_caller(STORED_PARTY, _party.accident_number),
)

by_number = by_key(SOURCE, ACCIDENT, "number", ("number",))
by_driver = by_key(SOURCE, OF_DRIVER, "driver", ("license_state", "license_number"), many=True)
by_vehicle = by_key(SOURCE, OF_VEHICLE, "vehicle", ("vin",), many=True)
vehicles_by_accident = by_key(SOURCE, VEHICLE, "accident_vehicles", ("accident_number",), many=True)
parties_by_accident = by_key(SOURCE, PARTY, "accident_parties", ("accident_number",), many=True)

SPEC = SourceSpec(
    SOURCE,
    "ACCIDENTS",
    tables=(ACCIDENT, OF_DRIVER, OF_VEHICLE, VEHICLE, PARTY),
    fetches=(by_number, by_driver, by_vehicle, vehicles_by_accident, parties_by_accident),
    schema="schema.accidents",
    seed="seed.accidents",
)
