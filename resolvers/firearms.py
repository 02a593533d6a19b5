"""Firearms: guns with their reports and transfers, and people who are armed and prohibited, by driver licence.

A permit to carry is never served, and nothing that is known from one alone: neither a holder nor a gun.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Index, MetaData, and_, exists, or_, select

from resolvers.codes.firearm import FirearmTransferKind
from resolvers.columns import flags, number, optional_text, record_table, reference, row_number, subject, text
from resolvers.entered import ENTERED, entered
from resolvers.fetch import by_key
from resolvers.numbers.number_format import FIREARM as FIREARM_NUMBER
from resolvers.numbers.number_format import GUN
from resolvers.numbers.serial import serial_form
from resolvers.presence import presence
from resolvers.record import RecordKind
from resolvers.search_terms import SERIAL
from resolvers.source_spec import SourceSpec
from resolvers.subject_columns import is_own_record, is_related
from resolvers.table import Table, is_of_demonstration, may, plain

SOURCE = "firearms"

METADATA = MetaData()
# Its subject is its holder, also one who is known from a permit alone: nobody reads of their own gun.
STORED = record_table(
    "firearm",
    METADATA,
    number("firearm_id"),
    *text("serial make"),
    *optional_text("model caliber"),
    *text("category"),
    *subject(),
)
SERIAL_FORM = serial_form(STORED.c.serial)
Index("firearm_serial", SERIAL_FORM, STORED.c.make)

STORED_REPORT = record_table(
    "firearm_report",
    METADATA,
    *entered(),
    reference("firearm_id", "firearm.firearm_id"),
    *text("status"),
    *optional_text("occurred_on"),
)
Index("firearm_report_firearm", STORED_REPORT.c.firearm_id)

STORED_TRANSFER = record_table(
    "firearm_transfer",
    METADATA,
    row_number("id"),
    reference("firearm_id", "firearm.firearm_id"),
    *text("kind transferred_on owner_license owner_license_state"),
    *flags("is_current is_permit"),  # whether this owner still has it; whether it is a permit to carry
    *subject(),
)
Index("firearm_transfer_firearm", STORED_TRANSFER.c.firearm_id)
Index("firearm_transfer_owner", STORED_TRANSFER.c.owner_license_state, STORED_TRANSFER.c.owner_license)

# The file has a row for each person whom it flags.
STORED_PROHIBITED = record_table(
    "prohibited_person", METADATA, row_number("id"), *text("license_number license_state"), *subject()
)
Index("prohibited_person_license", STORED_PROHIBITED.c.license_state, STORED_PROHIBITED.c.license_number)

_report, _transfer = STORED_REPORT.c, STORED_TRANSFER.c
IS_NO_PERMIT = _transfer.is_permit == 0
# A kind that is not known may be a permit too.
IS_SERVED = and_(IS_NO_PERMIT, or_(*(_transfer.kind == kind.value for kind in FirearmTransferKind)))
IS_KNOWN = or_(
    exists(select(1).where(_report.firearm_id == STORED.c.firearm_id).correlate(STORED)),
    exists(select(1).where(_transfer.firearm_id == STORED.c.firearm_id, IS_NO_PERMIT).correlate(STORED)),
)
"""Whether a gun is known from anything but permits."""

DESCRIPTION = "firearm_id serial make model caliber category"
RECORD = RecordKind("firearms", "firearm_id", FIREARM_NUMBER.pattern)
_GUN = [STORED.c[name] for name in f"{DESCRIPTION} subject_surname subject_user subject_ori".split()]

_REPORTED = (
    select(*_GUN, _report.number)
    .select_from(STORED_REPORT.join(STORED, STORED.c.firearm_id == _report.firearm_id))
    .subquery(STORED.name)
)
_HELD = (
    select(*_GUN, _transfer.id, _transfer.owner_license, _transfer.owner_license_state, _transfer.transferred_on)
    .select_from(STORED_TRANSFER.join(STORED, STORED.c.firearm_id == _transfer.firearm_id))
    .where(
        _transfer.is_current == 1,
        IS_SERVED,
        ~is_own_record(STORED_TRANSFER),
        or_(may("sees_related"), ~is_related(STORED_TRANSFER)),
    )
    .subquery(STORED.name)
)

FIREARM = Table(
    STORED,
    plain(STORED, DESCRIPTION),
    record=RECORD,
    keys={"serial_form": SERIAL_FORM},
    visible=IS_KNOWN,
    order=(STORED.c.make, STORED.c.serial, STORED.c.firearm_id),
)
REPORTED = Table(
    _REPORTED,
    plain(_REPORTED, DESCRIPTION),
    record=RECORD,
    order=(_REPORTED.c.firearm_id,),
    marked=and_(
        is_of_demonstration(STORED, _REPORTED.c.firearm_id), is_of_demonstration(STORED_REPORT, _REPORTED.c.number)
    ),
)
HELD = Table(
    _HELD,
    plain(_HELD, DESCRIPTION),
    record=RECORD,
    order=(_HELD.c.transferred_on.desc(), _HELD.c.firearm_id),
    marked=and_(is_of_demonstration(STORED, _HELD.c.firearm_id), is_of_demonstration(STORED_TRANSFER, _HELD.c.id)),
)
REPORT = Table(
    STORED_REPORT,
    plain(STORED_REPORT, f"{ENTERED} status occurred_on"),
    record=RecordKind("firearm_reports", "number", GUN.pattern),
    order=(_report.entered_at.desc(), _report.number),
    has_subject=False,
)
TRANSFER = Table(
    STORED_TRANSFER,
    plain(STORED_TRANSFER, "kind transferred_on owner_license owner_license_state"),
    visible=IS_SERVED,
    order=(_transfer.transferred_on.desc(), _transfer.id),
)
PROHIBITED = Table(STORED_PROHIBITED, plain(STORED_PROHIBITED, "license_number license_state"))

by_serial = by_key(SOURCE, FIREARM, "serial", ("serial_form",), many=True, term=SERIAL)
by_serial_and_make = by_key(SOURCE, FIREARM, "serial_and_make", ("make", "serial_form"), many=True, term=SERIAL)
# The journal names the report before it is read.
by_report = replace(by_key(SOURCE, REPORTED, "report", ("number",), many=True), record=REPORT.record)
by_owner = by_key(SOURCE, HELD, "owner", ("owner_license_state", "owner_license"), many=True)
reports_by_firearm = by_key(SOURCE, REPORT, "firearm_reports", ("firearm_id",), many=True)
transfers_by_firearm = by_key(SOURCE, TRANSFER, "firearm_transfers", ("firearm_id",), many=True)
prohibited_by_license = presence(by_key(SOURCE, PROHIBITED, "prohibited_person", ("license_state", "license_number")))

SPEC = SourceSpec(
    SOURCE,
    "FIREARMS",
    tables=(FIREARM, REPORTED, HELD, REPORT, TRANSFER, PROHIBITED),
    fetches=(
        by_serial,
        by_serial_and_make,
        by_report,
        by_owner,
        reports_by_firearm,
        transfers_by_firearm,
        prohibited_by_license,
    ),
    schema="schema.firearms",
    seed="seed.firearms",
)
