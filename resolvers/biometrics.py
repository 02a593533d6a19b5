"""Biometric sets: references to fingerprints, photographs and DNA (Cal-ID, NGI), never an image nor a link to one.

People are keyed by CII number. A set of an arrest has the class of its arrest: the date of a mugshot tells of it. So a
caller who may not know of the arrest finds no set, as if there were none. An applicant's set is of no arrest.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, MetaData, and_, case, or_

from resolvers.columns import flags, number, optional_integers, optional_text, record_table, subject, text
from resolvers.fetch import by_key
from resolvers.numbers.number_format import BIOMETRIC_SET
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.table import Table, may, plain

SOURCE = "biometrics"

METADATA = MetaData()
STORED = record_table(
    "biometric_set",
    METADATA,
    number("number"),  # B and nine digits
    *text("cii_number kind taken_on agency_ori"),
    *optional_text("fingerprint_class"),  # of ten prints
    # The arrest cycle's own number in criminal histories, which no field shows; null if it is not known there.
    *optional_integers("cycle"),
    *flags("is_applicant is_sealed is_juvenile is_arrest_only"),  # the last three: of the arrest
    *subject(),
    CheckConstraint("is_applicant = 0 OR (cycle IS NULL AND is_sealed + is_juvenile + is_arrest_only = 0)"),
)
Index("biometric_set_person", STORED.c.cii_number, STORED.c.taken_on)
Index("biometric_set_cycle", STORED.c.cycle)

_set = STORED.c
# A flag that is neither 0 nor 1 hides what it flags: as in criminal histories, whose rules these are.
VISIBLE = and_(
    or_(_set.is_sealed == 0, may("sees_sealed")),
    or_(_set.is_juvenile == 0, may("sees_juvenile")),
    or_(
        _set.is_applicant == 1,
        and_(
            may("sees_arrest_biometrics"),
            case((_set.is_arrest_only == 0, may("sees_convictions")), else_=may("sees_arrests")),
        ),
    ),
)

SET = Table(
    STORED,
    plain(STORED, "number kind taken_on agency_ori fingerprint_class cycle"),
    record=RecordKind(SOURCE, "number", BIOMETRIC_SET.pattern),
    visible=VISIBLE,
    empty_scope=("sees_arrest_biometrics", "sees_convictions", "sees_arrests", "sees_sealed", "sees_juvenile"),
    order=(_set.taken_on.desc(), _set.number),
)

by_cii = by_key(SOURCE, SET, "cii", ("cii_number",), many=True)
by_cycle = by_key(SOURCE, SET, "cycle", ("cycle",), many=True)

SPEC = SourceSpec(
    SOURCE,
    "BIOMETRICS",
    tables=(SET,),
    fetches=(by_cii, by_cycle),
    schema="schema.biometrics",
    seed="seed.biometrics",
)
